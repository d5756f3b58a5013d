package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
)

func (a *App) scale() *cobra.Command {
	var noWait bool
	command := &cobra.Command{
		Use:   "scale N",
		Short: "Set the number of tasks in every region",
		Long: `Set the number of tasks in every region, or in the regions that --region names, and wait until the
tasks are running.

The number holds until the next scheduled change or the next apply; the command prints which comes
first. To change it permanently, set service.desired_count in the fleet file and deploy. mcpfleet scale 0
is the emergency stop. It asks for confirmation unless --yes is passed, and so does a number more than
twice as large as in the fleet file.`,
		Example:     "  mcpfleet scale 4 --region eu-west-1\n  mcpfleet scale 0 --yes",
		Annotations: map[string]string{confirms: "yes"},
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return usagef("pass one number of tasks, such as mcpfleet scale 2")
			}
			return nil
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			count, err := strconv.Atoi(arguments[0])
			if err != nil || count < 0 || count > config.MaxTasks {
				return notTasks(arguments[0])
			}
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			if prompt := a.scalePrompt(connected, count); prompt != "" {
				if err := a.confirm(command.Context(), prompt); err != nil {
					return err
				}
			}
			return a.runInRegions(command.Context(), fleet, connected, func(region *ops.Region, o *outcome) error {
				return scaleRegion(command.Context(), region, count, !noWait, o)
			})
		},
	}
	// pflag parses a negative number as a flag.
	command.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
			if letters := unknown.GetSpecifiedShortnames(); strings.Trim(letters, "0123456789") == "" && letters != "" {
				return notTasks("-" + letters)
			}
		}
		return flagError(command, err)
	})
	command.Flags().BoolVar(&noWait, "no-wait", false, "Do not wait for the tasks to run")
	a.timeoutFlag(command, ops.DefaultWaitTimeout, "Wait at most this long for the tasks of a region")
	return command
}

func notTasks(text string) error {
	return usagef("%q is not a number of tasks; write 0 to %d", text, config.MaxTasks)
}

// scalePrompt returns the confirmation prompt for a number that stops the fleet or is probably a typo.
func (a *App) scalePrompt(fleet *ops.Fleet, count int) string {
	if count == 0 {
		return fmt.Sprintf("%s: Stop all tasks in %s?", a.subject, regionNames(fleet))
	}
	smallest := fleet.Regions[0]
	for _, region := range fleet.Regions {
		if region.Service.DesiredCount < smallest.Service.DesiredCount {
			smallest = region
		}
	}
	if count <= 2*smallest.Service.DesiredCount || count == 1 {
		return ""
	}
	where := regionNames(fleet)
	if len(fleet.Regions) > 1 {
		where = "each of " + where
	}
	return fmt.Sprintf("%s: The fleet file sets %s for %s. Scale %s to %d tasks?", a.subject, text.Count(smallest.Service.DesiredCount, "task"), smallest.Name, where, count)
}

func regionNames(fleet *ops.Fleet) string {
	var names []string
	for _, region := range fleet.Regions {
		names = append(names, region.Name)
	}
	return strings.Join(names, ", ")
}

func scaleRegion(ctx context.Context, region *ops.Region, count int, wait bool, o *outcome) error {
	change, cancel := o.app.withChangeTimeout(ctx)
	defer cancel()
	warning, err := region.Scale(change, count)
	if err != nil {
		return err
	}
	o.addStep("set to %s", text.Count(count, "task"))
	o.note = strings.TrimPrefix(warning+"; "+ops.NextCountChange(region.Region, count, region.Now()), "; ")
	if !wait {
		return nil
	}
	if err := region.WaitSteady(ctx, count, o.app.timeout, o.progress); err != nil {
		return err
	}
	o.addStep("%s", steady(count))
	return nil
}

func steady(count int) string {
	if count == 0 {
		return "stopped"
	}
	return "steady"
}
