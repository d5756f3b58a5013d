package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

// mostTasks is ECS's own limit for a service.
const mostTasks = 5000

func (a *App) scale() *cobra.Command {
	var noWait bool
	command := &cobra.Command{
		Use:   "scale N",
		Short: "Set how many tasks run, in every region",
		Long: `Set how many tasks run, in every region or in those that --region names, and wait until it is so.

The number holds until the next edge of the schedule or the next apply; the command says which. To
change it for good, write service.desired_count in the fleet file and deploy. mcpfleet scale 0 is the
emergency stop; it asks first, unless --yes is given.`,
		Example: "  mcpfleet scale 4 --region eu-west-1\n  mcpfleet scale 0 --yes",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return usagef("say how many tasks: mcpfleet scale 2")
			}
			return nil
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			count, err := strconv.Atoi(arguments[0])
			if err != nil || count < 0 || count > mostTasks {
				return usagef("%q is not a number of tasks; write 0 to %d", arguments[0], mostTasks)
			}
			_, fleet, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			if count == 0 {
				if err := a.confirm("Stop every task in " + regionNames(fleet) + "?"); err != nil {
					return err
				}
			}
			return a.act(command.Context(), fleet, func(region *ops.Region, d *deed) error {
				return scaleRegion(command.Context(), region, count, !noWait, d)
			})
		},
	}
	command.Flags().BoolVar(&noWait, "no-wait", false, "do not wait until the tasks run")
	return command
}

func regionNames(fleet *ops.Fleet) string {
	var names []string
	for _, region := range fleet.Regions {
		names = append(names, region.Name)
	}
	return strings.Join(names, ", ")
}

func scaleRegion(ctx context.Context, region *ops.Region, count int, wait bool, d *deed) error {
	if err := region.Scale(ctx, count); err != nil {
		return err
	}
	d.did("set to %s", tasks(count))
	d.Note = ops.UndoneBy(region.Region, count, region.Now())
	if !wait {
		return nil
	}
	if err := region.WaitSteady(ctx, count, d.say); err != nil {
		return err
	}
	d.did("%s", steady(count))
	return nil
}

func tasks(count int) string {
	if count == 1 {
		return "1 task"
	}
	return fmt.Sprintf("%d tasks", count)
}

func steady(count int) string {
	if count == 0 {
		return "stopped"
	}
	return "steady"
}
