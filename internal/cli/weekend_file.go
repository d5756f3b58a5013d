package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) weekendEnable() *cobra.Command {
	var dryRun bool
	weekend := ops.Weekend{Enabled: true}
	command := &cobra.Command{
		Use:   "enable",
		Short: "Write weekend mode into the fleet file",
		Long: `Write weekend mode into the fleet file, for the whole fleet or for the regions that --region names.

It shows the difference, asks, and writes; with --yes it does not ask. Comments and layout stay, and
what no flag names stays as the file has it. Where the whole fleet is meant, regions that have the
same key themselves are changed too. Nothing happens in AWS before you deploy; the command says what
to deploy.`,
		Example: "  mcpfleet weekend enable --days sat,sun --start 6 --end 22 --timezone Europe/London\n  mcpfleet weekend enable --destroy-albs --region eu-west-1 --dry-run",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.editWeekend(command.Context(), weekend, dryRun)
		},
		Annotations: map[string]string{asks: "yes"},
	}
	flags := command.Flags()
	flags.BoolFunc("destroy-albs", "destroy the load balancers too while a region sleeps; --destroy-albs=false keeps them", func(text string) error {
		destroy, err := strconv.ParseBool(text)
		weekend.DestroyALBs = &destroy
		return err
	})
	flags.Func("days", "`weekdays` on which the window opens, such as sat,sun", func(text string) error {
		weekend.Days = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	})
	flags.Func("start", "`number` of the hour at which it opens, 0 to 23", hour(&weekend.StartHour))
	flags.Func("end", "`number` of the hour at which it closes, 0 to 24; at or before the start it is the next day's", hour(&weekend.EndHour))
	flags.Func("timezone", "IANA `name` of the hours' time zone, such as Europe/London", func(text string) error {
		weekend.Timezone = &text
		return nil
	})
	flags.BoolVar(&dryRun, "dry-run", false, "show the difference, and write nothing")
	return command
}

// hour takes a flag's value where it is given; whether there is such an hour, the fleet file's own
// check says.
func hour(into **int) func(string) error {
	return func(text string) error {
		number, err := strconv.Atoi(text)
		if err != nil {
			return errors.New("it is not a whole number; write a whole number, such as 6")
		}
		*into = &number
		return nil
	}
}

func (a *App) weekendDisable() *cobra.Command {
	var dryRun bool
	command := &cobra.Command{
		Use:   "disable",
		Short: "Turn weekend mode off in the fleet file",
		Long: `Turn weekend mode off in the fleet file, for the whole fleet or for the regions that --region names.

It shows the difference, asks, and writes; with --yes it does not ask. Comments and layout stay, and
so does the window, for when weekend mode is turned on again. Nothing happens in AWS before you
deploy; the command says what to deploy.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.editWeekend(command.Context(), ops.Weekend{}, dryRun)
		},
		Annotations: map[string]string{asks: "yes"},
	}
	command.Flags().BoolVar(&dryRun, "dry-run", false, "show the difference, and write nothing")
	return command
}

// weekendEdit is a change of the fleet file, and what came of it.
type weekendEdit struct {
	envelope
	File string `json:"file"`
	// Changed is whether the file does not say so already, Written whether it does now.
	Changed    bool   `json:"changed"`
	Written    bool   `json:"written"`
	Difference string `json:"difference,omitempty"`
	// Deploy are the stacks that the change is about.
	Deploy []string `json:"deploy"`
}

func (a *App) editWeekend(ctx context.Context, weekend ops.Weekend, dryRun bool) error {
	if _, err := a.fleet(); err != nil {
		return err
	}
	before, err := os.ReadFile(a.file)
	if err != nil {
		return err
	}
	edited, err := ops.EditWeekend(a.file, before, a.regions, weekend)
	if err != nil {
		return err
	}
	edit := weekendEdit{
		envelope: envelope{schemaVersion, true}, File: a.file, Changed: !bytes.Equal(before, edited.Text),
		Difference: string(diff.Diff(a.file, before, a.file, edited.Text)), Deploy: changedStacks(edited.Before, edited.After),
	}
	if edit.Changed {
		a.showDifference(edit.Difference)
		for _, warning := range edited.Warnings {
			a.progressf("warning: %s", warning)
		}
	}
	if edit.Changed && !dryRun {
		if err := a.writeEdit(ctx, before, edited.Text); err != nil {
			return err
		}
		edit.Written = true
	}
	return a.printEdit(edit, needsPipeline(edited.Before, edited.After))
}

// showDifference keeps standard output to the JSON where that is asked for.
func (a *App) showDifference(difference string) {
	if a.json {
		a.ask(difference)
		return
	}
	a.printf("%s", difference)
}

// writeEdit asks first, and does not undo what somebody has written meanwhile.
func (a *App) writeEdit(ctx context.Context, before, after []byte) error {
	if err := a.confirm(ctx, "Write this to "+a.file+"?"); err != nil {
		return err
	}
	now, err := os.ReadFile(a.file)
	if err != nil {
		return err
	}
	if !bytes.Equal(before, now) {
		return fmt.Errorf("%s has been changed meanwhile, and is left as it is; give the command again", a.file)
	}
	return ops.WriteFile(a.file, after)
}

func changedStacks(was, is *config.Fleet) []string {
	stacks := []string{}
	for i, region := range is.Regions {
		if !reflect.DeepEqual(was.Regions[i].Weekend, region.Weekend) {
			stacks = append(stacks, region.Names.Stack())
		}
	}
	return stacks
}

// needsPipeline says whether load balancers now come and go that used to stay: only an apply brings
// them back.
func needsPipeline(was, is *config.Fleet) bool {
	destroys := func(region config.Region) bool { return region.Weekend.Mode() == config.Destroy }
	return slices.ContainsFunc(is.Regions, destroys) && !slices.ContainsFunc(was.Regions, destroys)
}

func (a *App) printEdit(edit weekendEdit, pipeline bool) error {
	if a.json {
		return a.printDocument(edit)
	}
	if !edit.Changed {
		a.printf("%s says so already\n", a.file)
		return nil
	}
	if !edit.Written {
		a.progressf("nothing is written")
		return nil
	}
	if len(edit.Deploy) > 0 {
		a.printf("\nNothing has changed in AWS yet. Deploy it:\n  %s\n", a.deployCommand(edit.Deploy...))
	}
	if pipeline {
		a.printf("Only an apply brings a load balancer back. What has to run, and when:\n  %s\n", a.command(ops.Fix{Verb: ops.VerbWeekendCron}))
	}
	return nil
}
