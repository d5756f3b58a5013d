package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
emergency stop. It asks first, unless --yes is given, and so does more than twice the number that the
fleet file names.`,
		Example:     "  mcpfleet scale 4 --region eu-west-1\n  mcpfleet scale 0 --yes",
		Annotations: map[string]string{asks: "yes"},
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return usagef("say how many tasks: mcpfleet scale 2")
			}
			return nil
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			count, err := strconv.Atoi(arguments[0])
			if err != nil || count < 0 || count > mostTasks {
				return notTasks(arguments[0])
			}
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			if question := a.scaleQuestion(connected, count); question != "" {
				if err := a.confirm(command.Context(), question); err != nil {
					return err
				}
			}
			return a.act(command.Context(), fleet, connected, func(region *ops.Region, o *outcome) error {
				return scaleRegion(command.Context(), region, count, !noWait, o)
			})
		},
	}
	// A negative number looks like a flag.
	command.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
			if letters := unknown.GetSpecifiedShortnames(); strings.Trim(letters, "0123456789") == "" && letters != "" {
				return notTasks("-" + letters)
			}
		}
		return flagError(command, err)
	})
	command.Flags().BoolVar(&noWait, "no-wait", false, "do not wait until the tasks run")
	a.timeoutFlag(command, ops.Patience, "how long to wait for the tasks of a region")
	return command
}

func notTasks(text string) error {
	return usagef("%q is not a number of tasks; write 0 to %d", text, mostTasks)
}

// scaleQuestion asks before what stops the fleet, and before what is probably a slip of the finger.
func (a *App) scaleQuestion(fleet *ops.Fleet, count int) string {
	if count == 0 {
		return fmt.Sprintf("%s: stop every task in %s?", a.subject, regionNames(fleet))
	}
	most := fleet.Regions[0]
	for _, region := range fleet.Regions {
		if region.Service.DesiredCount < most.Service.DesiredCount {
			most = region
		}
	}
	if count <= 2*most.Service.DesiredCount || count == 1 {
		return ""
	}
	return fmt.Sprintf("%s: run %d tasks in each of %s, where the fleet file says %d for %s?", a.subject, count, regionNames(fleet), most.Service.DesiredCount, most.Name)
}

func regionNames(fleet *ops.Fleet) string {
	var names []string
	for _, region := range fleet.Regions {
		names = append(names, region.Name)
	}
	return strings.Join(names, ", ")
}

func scaleRegion(ctx context.Context, region *ops.Region, count int, wait bool, o *outcome) error {
	change, cancel := o.app.changing(ctx)
	defer cancel()
	warning, err := region.Scale(change, count)
	if err != nil {
		return err
	}
	o.did("set to %s", tasks(count))
	o.note = strings.TrimPrefix(warning+"; "+ops.UndoneBy(region.Region, count, region.Now()), "; ")
	if !wait {
		return nil
	}
	if err := region.WaitSteady(ctx, count, o.app.timeout, o.say); err != nil {
		return err
	}
	o.did("%s", steady(count))
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
