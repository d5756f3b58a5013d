package cli

import (
	"bytes"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) weekendEnable() *cobra.Command {
	var destroy bool
	command := &cobra.Command{
		Use:   "enable",
		Short: "Write weekend mode into the fleet file",
		Long: `Write weekend mode into the fleet file, for the whole fleet or for the regions that --region names.

Comments and layout stay. Nothing happens in AWS before you deploy; the command says what to deploy.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return a.editWeekend(ops.Weekend{Enabled: true, DestroyALBs: destroy})
		},
	}
	command.Flags().BoolVar(&destroy, "destroy-albs", false, "destroy the load balancers too while a region sleeps")
	return command
}

func (a *App) weekendDisable() *cobra.Command {
	return &cobra.Command{
		Use:   "disable",
		Short: "Turn weekend mode off in the fleet file",
		Long: `Turn weekend mode off in the fleet file, for the whole fleet or for the regions that --region names.

Comments and layout stay. Nothing happens in AWS before you deploy; the command says what to deploy.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.editWeekend(ops.Weekend{}) },
	}
}

func (a *App) editWeekend(weekend ops.Weekend) error {
	if _, err := a.fleet(); err != nil {
		return err
	}
	before, err := os.ReadFile(a.file)
	if err != nil {
		return err
	}
	after, _, err := ops.EditWeekend(a.file, before, a.regions, weekend)
	if err != nil {
		return err
	}
	changed := !bytes.Equal(before, after)
	if changed {
		if err := ops.WriteFile(a.file, after); err != nil {
			return err
		}
	}
	return a.printEdit(before, after, changed)
}

func (a *App) printEdit(before, after []byte, changed bool) error {
	was, _, err := config.Parse(a.file, before)
	if err != nil {
		return err
	}
	is, warnings, err := config.Parse(a.file, after)
	if err != nil {
		return err
	}
	var stacks []string
	for i, region := range is.Regions {
		if w := was.Regions[i].Weekend; w.Enabled != region.Weekend.Enabled || w.DestroyALBs != region.Weekend.DestroyALBs {
			stacks = append(stacks, region.Names.Stack())
		}
	}
	if a.json {
		return a.printJSON(map[string]any{"file": a.file, "changed": changed, "deploy": slices.Concat([]string{}, stacks)})
	}
	if !changed {
		a.printf("%s says so already\n", a.file)
		return nil
	}
	a.printChangedLines(string(before), string(after))
	for _, warning := range warnings {
		a.progressf("warning: %s", warning)
	}
	if len(stacks) > 0 {
		a.printf("\nNothing has changed in AWS yet. Deploy it:\n  %s\n", a.deployCommand(stacks...))
	}
	return nil
}

// printChangedLines shows the lines that went and those that came; an edit changes single lines only.
func (a *App) printChangedLines(before, after string) {
	a.printf("%s\n", a.file)
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i, j := 0, 0; i < len(old) || j < len(now); {
		switch {
		case i < len(old) && j < len(now) && old[i] == now[j]:
			i, j = i+1, j+1
		case j < len(now) && len(now)-j > len(old)-i:
			a.printf("+ %s\n", strings.TrimRight(now[j], "\r"))
			j++
		default:
			a.printf("- %s\n+ %s\n", strings.TrimRight(old[i], "\r"), strings.TrimRight(now[j], "\r"))
			i, j = i+1, j+1
		}
	}
}
