package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) capacity() *cobra.Command {
	r := &rollout{app: a, skip: notChanged(ops.VerbCapacity)}
	r.work = func(ctx context.Context, region *ops.Region, o *outcome) error {
		return moveCapacity(ctx, region, !r.noWait, o)
	}
	command := &cobra.Command{
		Use:   "capacity",
		Short: "Move running services to the capacity in the fleet file",
		Long: `Move the services of all regions, or of the regions that --region names, to the capacity that
service.capacity sets in the fleet file, and wait until the new tasks are running. All regions are changed
at once; with --parallel, as many as it says, and none after one that fails.

The services stay: ECS starts the new tasks before it stops the old ones. Run the command after a change
of service.capacity. Terraform could only replace the service, so it leaves it as it is, and plans warn
until then. A service that already runs on the capacity is left alone. New regions do not need the
command.`,
		Example:     "  mcpfleet capacity --region eu-west-1\n  mcpfleet capacity --yes",
		Annotations: map[string]string{confirms: "yes"},
		Args:        cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return r.runConfirmed(command.Context(), "Move the services in %s to the capacity in the fleet file? ECS starts the new tasks before it stops the old ones.")
		},
	}
	r.flags(command, 0, "Do not wait for the new tasks to run")
	return command
}

func moveCapacity(ctx context.Context, region *ops.Region, wait bool, o *outcome) error {
	change, cancel := o.app.withChangeTimeout(ctx)
	defer cancel()
	move, err := region.MoveCapacity(change)
	if err != nil {
		return err
	}
	if move.From == move.To {
		o.addStep("already runs on %s", move.To)
		return nil
	}
	o.addStep("moved from %s to %s", move.From, move.To)
	o.note = "an apply now changes no service"
	if !wait {
		return nil
	}
	return o.waitSteady(ctx, region, move.Tasks)
}
