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
	"github.com/cdtait/mcpfleet/internal/atomicfile"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) weekendEnable() *cobra.Command {
	var dryRun bool
	weekend := ops.Weekend{Enabled: true}
	command := &cobra.Command{
		Use:   "enable",
		Short: "Enable weekend mode in the fleet file",
		Long: `Enable weekend mode in the fleet file, for the whole fleet or for the regions that --region names.

It shows the diff and asks for confirmation before it writes the file; --yes skips the prompt. Comments,
layout and settings without a flag are kept. Without --region, regions that override a changed setting are
changed too. AWS does not change until you deploy; the command prints what to deploy.`,
		Example: "  mcpfleet weekend enable --days sat,sun --start 6 --end 22 --timezone Europe/London\n  mcpfleet weekend enable --destroy-albs --region eu-west-1 --dry-run",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.editWeekend(command.Context(), weekend, dryRun)
		},
		Annotations: map[string]string{confirms: "yes"},
	}
	flags := command.Flags()
	flags.BoolFunc("destroy-albs", "Destroy the load balancers while a region is asleep; --destroy-albs=false keeps them", func(text string) error {
		destroy, err := strconv.ParseBool(text)
		weekend.DestroyALBs = &destroy
		return err
	})
	flags.Func("days", "Open the window on a `list` of weekdays, such as sat,sun", func(text string) error {
		weekend.Days = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	})
	flags.Func("start", "Opening hour of the window, a `number` from 0 to 23", hour(&weekend.StartHour))
	flags.Func("end", "Closing hour of the window, a `number` from 0 to 24; on the next day if not after the start", hour(&weekend.EndHour))
	flags.Func("timezone", "IANA `name` of the window's time zone, such as Europe/London", func(text string) error {
		weekend.Timezone = &text
		return nil
	})
	flags.BoolVar(&dryRun, "dry-run", false, "Show the diff without writing the file")
	return command
}

// hour returns a function that stores a flag's value. The fleet file's validation checks its range.
func hour(into **int) func(string) error {
	return func(text string) error {
		number, err := strconv.Atoi(text)
		if err != nil {
			return errors.New("not a whole number; write a whole number, such as 6")
		}
		*into = &number
		return nil
	}
}

func (a *App) weekendDisable() *cobra.Command {
	var dryRun bool
	command := &cobra.Command{
		Use:   "disable",
		Short: "Disable weekend mode in the fleet file",
		Long: `Disable weekend mode in the fleet file, for the whole fleet or for the regions that --region names.

It shows the diff and asks for confirmation before it writes the file; --yes skips the prompt. Comments,
layout and the window's settings are kept. AWS does not change until you deploy; the command prints what to
deploy.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.editWeekend(command.Context(), ops.Weekend{}, dryRun)
		},
		Annotations: map[string]string{confirms: "yes"},
	}
	command.Flags().BoolVar(&dryRun, "dry-run", false, "Show the diff without writing the file")
	return command
}

// weekendEdit is a change to the fleet file and its result.
type weekendEdit struct {
	envelope
	File string `json:"file"`
	// Changed reports whether the edit changes the file, Written whether the file was written.
	Changed    bool   `json:"changed"`
	Written    bool   `json:"written"`
	Difference string `json:"difference,omitempty"`
	// Deploy are the stacks that the change affects.
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
		Difference: a.difference(before, edited.Text), Deploy: changedStacks(edited.Before, edited.After),
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
	return a.printEdit(edit, startsDestroying(edited.Before, edited.After))
}

// showDifference prints the diff, to standard error if standard output is for JSON.
func (a *App) showDifference(difference string) {
	if a.json {
		a.prompt(difference)
		return
	}
	a.printf("%s", difference)
}

// writeEdit asks for confirmation and writes the fleet file.
func (a *App) writeEdit(ctx context.Context, before, after []byte) error {
	if err := a.confirm(ctx, "Write this to "+a.file+"?"); err != nil {
		return err
	}
	return a.replaceFleetFile(before, after)
}

// difference returns the difference between two texts of the fleet file, "" if they are the same.
func (a *App) difference(before, after []byte) string {
	return string(diff.Diff(a.file, before, a.file, after))
}

// replaceFleetFile writes the fleet file, unless it has changed in the meantime.
func (a *App) replaceFleetFile(before, after []byte) error {
	now, err := os.ReadFile(a.file)
	if err != nil {
		return err
	}
	if !bytes.Equal(before, now) {
		return fmt.Errorf("%s was changed in the meantime and has not been overwritten; run the command again", a.file)
	}
	return atomicfile.Write(a.file, after)
}

func changedStacks(before, after *config.Fleet) []string {
	stacks := []string{}
	for i, region := range after.Regions {
		if !reflect.DeepEqual(before.Regions[i].Weekend, region.Weekend) {
			stacks = append(stacks, region.Names.Stack())
		}
	}
	return stacks
}

// startsDestroying reports whether the fleet has a region in destroy mode for the first time. It then needs
// scheduled applies, because only an apply creates the load balancer again.
func startsDestroying(before, after *config.Fleet) bool {
	destroys := func(region config.Region) bool { return region.Weekend.Mode() == config.ModeDestroy }
	return slices.ContainsFunc(after.Regions, destroys) && !slices.ContainsFunc(before.Regions, destroys)
}

func (a *App) printEdit(edit weekendEdit, needsCron bool) error {
	if a.json {
		return a.printDocument(edit)
	}
	if !edit.Changed {
		a.printf("%s already has these settings\n", a.file)
		return nil
	}
	if !edit.Written {
		a.progressf("dry run: nothing was written")
		return nil
	}
	if len(edit.Deploy) > 0 {
		a.printf("\nNothing has changed in AWS yet. To deploy the change:\n  %s\n", a.deployCommand(edit.Deploy...))
	}
	if needsCron {
		a.printf("Only an apply creates a load balancer again. To print the applies to schedule:\n  %s\n", a.command(ops.Fix{Verb: ops.VerbWeekendCron}))
	}
	return nil
}
