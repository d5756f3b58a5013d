package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
)

func (a *App) scale() *cobra.Command {
	r := &rollout{app: a}
	command := &cobra.Command{
		Use:   "scale N",
		Short: "Set the number of tasks in every region",
		Long: `Set the number of tasks in every region, or in the regions that --region names, and wait until the
tasks are running. All regions are changed at once; with --parallel, as many as it says, and none after one
that fails.

The number holds until the next scheduled change or the next apply; the command prints which comes
first. To change it permanently, set service.desired_count in the fleet file and deploy. Autoscaling cannot
change the number meanwhile; mcpfleet weekend up returns to the range of the fleet file. mcpfleet scale 0 is
the emergency stop. It asks for confirmation unless --yes is passed, and so does a number more than twice as
large as in the fleet file.`,
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
			if _, err := r.ordered(connected.Regions); err != nil {
				return err
			}
			if prompt := a.scalePrompt(connected, count); prompt != "" {
				if err := a.confirm(command.Context(), prompt); err != nil {
					return err
				}
			}
			r.skip = notChanged(ops.VerbScale, arguments[0])
			r.work = func(ctx context.Context, region *ops.Region, o *outcome) error {
				return scaleRegion(ctx, region, config.TaskRange{Min: count, Max: count}, !r.noWait, o)
			}
			return r.run(command.Context(), fleet, connected)
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
	r.flags(command, 0, "Do not wait for the tasks to run")
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
	smallest := slices.MinFunc(fleet.Regions, func(a, b *ops.Region) int {
		return cmp.Compare(a.Service.TaskRange().Max, b.Service.TaskRange().Max)
	})
	tasks := smallest.Service.TaskRange()
	if count <= 2*tasks.Max || count == 1 {
		return ""
	}
	where := regionNames(fleet)
	if len(fleet.Regions) > 1 {
		where = "each of " + where
	}
	return fmt.Sprintf("%s: The fleet file sets %s for %s. Scale %s to %d tasks?", a.subject, tasks.Describe(), smallest.Name, where, count)
}

func regionNames(fleet *ops.Fleet) string {
	var names []string
	for _, region := range fleet.Regions {
		names = append(names, region.Name)
	}
	return strings.Join(names, ", ")
}

func scaleRegion(ctx context.Context, region *ops.Region, tasks config.TaskRange, wait bool, o *outcome) error {
	change, cancel := o.app.withChangeTimeout(ctx)
	defer cancel()
	undo := undoScale(change, region, tasks)
	warning, err := region.Scale(change, tasks)
	if err != nil {
		return err
	}
	o.addStep("set to %s", tasks.Describe())
	o.note = text.JoinNonEmpty("; ", warning, heldNote(region, tasks), o.app.wakeNote(region, tasks), ops.NextCountChange(region.Region, tasks, region.Now()))
	if !wait {
		return nil
	}
	if err := o.waitSteady(ctx, region, tasks); err != nil {
		o.undo = undo
		return err
	}
	return nil
}

// undoScale returns the command that restores the number of tasks. The emergency stop does not wait for the request that
// this takes.
func undoScale(ctx context.Context, region *ops.Region, tasks config.TaskRange) []ops.Fix {
	if tasks.Max == 0 {
		return nil
	}
	count, err := region.DesiredCount(ctx)
	switch {
	case err != nil || tasks.Contains(count):
		return nil
	case count > 0 && region.Service.Autoscaling.Enabled && region.Service.TaskRange().Contains(count):
		return []ops.Fix{{Verb: ops.VerbWeekendUp, Region: region.Name}}
	}
	return []ops.Fix{{Verb: ops.VerbScale, Region: region.Name, Arguments: []string{strconv.Itoa(count)}}}
}

// wakeNote says that a request may undo the stop, and what prevents it. In the window, requests start no tasks.
func (a *App) wakeNote(region *ops.Region, tasks config.TaskRange) string {
	if tasks.Max > 0 || !region.WakesOnRequest() || region.ExpectedAt(region.Now(), config.OverrideAuto).Awake {
		return ""
	}
	down := ops.Fix{Verb: ops.VerbDeploy, Region: region.Name, Arguments: []string{region.Names.Stack(), "--var", "'weekend_state=down'"}}
	return "a request may wake it again; to prevent that, run " + a.command(down)
}

// heldNote says that autoscaling cannot change a number that was set by hand.
func heldNote(region *ops.Region, tasks config.TaskRange) string {
	if own := region.Service.TaskRange(); own.Min == own.Max || tasks == own {
		return ""
	}
	return "autoscaling holds this number"
}
