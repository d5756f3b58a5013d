package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) rollback() *cobra.Command {
	var to int
	r := &rollout{app: a, skip: notChanged(ops.VerbRollback)}
	r.work = func(ctx context.Context, region *ops.Region, o *outcome) error {
		return a.rollBackTo(ctx, region, to, !r.noWait, o)
	}
	command := &cobra.Command{
		Use:   "rollback",
		Short: "Run the revision that ran before, or another earlier one",
		Long: `Make the service of every region, or of the regions that --region names, run the revision of its task
definition that last ran successfully before the current one. --to names another one by its number, which
mcpfleet history shows; numbers differ between regions.

All regions are changed at once; --parallel=1 changes one at a time. The command waits until the tasks run,
their targets are healthy and the server answers an MCP session. Secrets are not rolled back: tasks read
their current values. If the earlier revision does not become healthy either, the region stays with it.

Terraform does not know of the change: the next apply sets the image and the settings of the fleet file
again. Correct those first.`,
		Example:     "  mcpfleet rollback\n  mcpfleet rollback --region eu-west-1 --to 41",
		Annotations: map[string]string{confirms: "yes"},
		Args:        noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if command.Flags().Changed("to") && to < 1 {
				return usagef("--to: %d is not a revision; mcpfleet history shows the revisions", to)
			}
			what := "the revision before the current one"
			if to > 0 {
				what = fmt.Sprintf("revision %d", to)
				r.skip = notChanged(ops.VerbRollback, "--to", strconv.Itoa(to))
			}
			return r.runConfirmed(command.Context(), "Run "+what+" in %s?")
		},
	}
	command.Flags().IntVar(&to, "to", 0, "Run this `revision` of the task definition")
	r.flags(command, 0, "Do not wait for the tasks to run")
	return command
}

func (a *App) rollBackTo(ctx context.Context, region *ops.Region, number int, wait bool, o *outcome) error {
	change, cancel := a.withChangeTimeout(ctx)
	defer cancel()
	replaced, err := region.RollBack(change, number)
	if err != nil {
		o.undo = undoReplacement(region, replaced)
		return err
	}
	if replaced.Changed() {
		o.addStep("revision %d instead of %d, with %s", replaced.To.Number, replaced.From.Number, replaced.To.Image)
	} else {
		o.addStep("already runs revision %d", replaced.To.Number)
	}
	if err := a.follow(ctx, region, replaced, wait, o); err != nil {
		// Not back to the revision that somebody wanted to leave.
		o.undo = undoReplacement(region, replaced)
		return err
	}
	return nil
}
