package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) restart() *cobra.Command {
	r := &rollout{app: a, skip: notChanged(ops.VerbRestart)}
	r.work = func(ctx context.Context, region *ops.Region, o *outcome) error {
		return restartRegion(ctx, region, !r.noWait, o)
	}
	command := &cobra.Command{
		Use:   "restart",
		Short: "Replace the tasks, region by region, without a change",
		Long: `Replace the tasks of every region, or of the regions that --region names, by new ones of the same
revision. ECS starts the new tasks before it stops the old ones, so the service stays up.

Regions are changed one at a time, ordered by name or as --order says; with --parallel, as many at once as
it says. The command waits until the new tasks run and their targets are healthy, and stops at the first
region that fails; ECS keeps its old tasks. An image tag that moved is pulled again, and secrets are read
again. An apply afterwards changes nothing.`,
		Example:     "  mcpfleet restart --region eu-west-1\n  mcpfleet restart --order us-east-1 --yes",
		Annotations: map[string]string{confirms: "yes"},
		Args:        noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return r.runConfirmed(command.Context(), "Replace the tasks in %s?")
		},
	}
	r.flags(command, 1, "Do not wait for the new tasks to run")
	return command
}

func restartRegion(ctx context.Context, region *ops.Region, wait bool, o *outcome) error {
	count, err := o.redeploy(ctx, region)
	if err != nil || count == 0 {
		return err
	}
	o.note = "an apply now changes nothing"
	if !wait {
		return nil
	}
	return o.waitSteady(ctx, region, region.RangeOf(count))
}

// redeploy replaces the tasks of a region, if there are any, and returns how many it should have.
func (o *outcome) redeploy(ctx context.Context, region *ops.Region) (count int, err error) {
	ctx, cancel := o.app.withChangeTimeout(ctx)
	defer cancel()
	if count, err = region.DesiredCount(ctx); err != nil {
		return 0, err
	}
	if count == 0 {
		o.note = "no tasks are running"
		return 0, nil
	}
	if err := region.Redeploy(ctx); err != nil {
		return count, err
	}
	o.addStep("new deployment")
	return count, nil
}
