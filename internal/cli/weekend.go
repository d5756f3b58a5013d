package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/terraform"
)

func (a *App) weekend() *cobra.Command {
	command := &cobra.Command{
		Use:   "weekend",
		Short: "See the weekend schedule, act now, or turn it on and off",
		Long: `See the weekend schedule, act now, or turn it on and off.

Without a verb, and on a terminal, it shows a menu.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if !a.canChoose() {
				return command.Help()
			}
			return a.menu(command)
		},
	}
	command.AddCommand(a.weekendStatus(), a.weekendNow("up"), a.weekendNow("down"), a.weekendEnable(), a.weekendDisable(), a.weekendCron())
	return command
}

// modes are how a region sleeps.
func window(region config.Region) string {
	weekend := region.Weekend
	if !weekend.Enabled {
		return "-"
	}
	return fmt.Sprintf("%s %02d:00-%02d:00 %s", strings.Join(weekend.Days, ","), weekend.StartHour, weekend.EndHour, weekend.Timezone)
}

func (a *App) weekendStatus() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show each region's window, and whether it is awake",
		Long: `Show each region's window, and whether it is awake.

MODE is off (always on), keep (tasks sleep, load balancers stay) or destroy (load balancers go too).`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			return a.printWeekend(fleet, ops.Each(command.Context(), connected.Regions, lookTimeout, func(ctx context.Context, region *ops.Region) ops.Status { return region.Status(ctx) }))
		},
	}
}

// weekendRow is a region's schedule, and what is there of it.
type weekendRow struct {
	Region       string        `json:"region"`
	Mode         string        `json:"mode"`
	Window       string        `json:"window"`
	Schedule     ops.Timing    `json:"schedule"`
	HoursPerWeek int           `json:"hours_per_week"`
	Desired      *int          `json:"desired,omitempty"`
	Running      *int          `json:"running,omitempty"`
	LoadBalancer bool          `json:"load_balancer"`
	Problems     []ops.Problem `json:"-"`
}

func (a *App) printWeekend(fleet *config.Fleet, statuses []ops.Status) error {
	var result error
	var all []weekendRow
	var rows [][]string
	for i, status := range statuses {
		region := fleet.Regions[i]
		row := weekendRow{Region: region.Name, Mode: region.Weekend.Mode(), Window: window(region), Schedule: status.Schedule,
			HoursPerWeek: region.TaskWeek().Hours(), LoadBalancer: status.LoadBalancer != nil, Problems: status.Problems}
		running, balancer := "", "-"
		if service := status.Service; service != nil {
			row.Desired, row.Running = &service.Desired, &service.Running
			running = fmt.Sprintf("%d of %d", service.Running, service.Desired)
		}
		if status.LoadBalancer != nil {
			balancer = status.LoadBalancer.State
		}
		if status.Service == nil {
			result = errWrong
		}
		all = append(all, row)
		rows = append(rows, []string{row.Region, row.Mode, row.Window, row.Schedule.Text, fmt.Sprint(row.HoursPerWeek), balancer, running})
	}
	if a.json {
		if err := a.printJSON(all); err != nil {
			return err
		}
		return result
	}
	a.printTable([]string{"REGION", "MODE", "WINDOW", "STATE", "HOURS/WEEK", "LOAD BALANCER", "RUNNING"}, rows)
	return result
}

var nowWords = map[string]struct{ short, long string }{
	"up": {"Wake the fleet now, whatever the schedule says", `Wake the fleet now, whatever the schedule says.

Where load balancers stay, the tasks are scaled up through the API, and the next edge of the window
puts them to sleep again. Where they are destroyed, Terraform runs in cdktf.out/stacks with
-var weekend_state=up: the plan is shown and has to be confirmed, then the load balancer comes first
and the tasks after it. The region then stays up until the next apply with the schedule outside the
window. Regions that are not active are left asleep, unless --region names them.`},
	"down": {"Put the fleet to sleep now, whatever the schedule says", `Put the fleet to sleep now, whatever the schedule says. It asks first, unless --yes is given.

Where load balancers stay, the tasks are scaled to 0 through the API, and the next edge of the window
wakes them. Where they are destroyed, Terraform plans with -var weekend_state=down; once the plan is
confirmed, the tasks are scaled to 0, and the load balancer goes when the last has left.`},
}

func (a *App) weekendNow(state string) *cobra.Command {
	var noWait bool
	command := &cobra.Command{
		Use:         state,
		Short:       nowWords[state].short,
		Long:        nowWords[state].long,
		Args:        noArguments,
		Annotations: map[string]string{asks: "yes"},
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			return a.weekendAct(command.Context(), fleet, connected, state, !noWait)
		},
	}
	command.Flags().BoolVar(&noWait, "no-wait", false, "do not wait until the tasks run; a load balancer is still waited for")
	a.timeoutFlag(command, ops.Patience, "how long to wait for the tasks of a region")
	return command
}

// planned is a region whose plan is shown before it is touched.
type planned struct {
	plan *ops.Plan
	err  error
}

func (a *App) weekendAct(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet, state string, wait bool) error {
	terraforms := terraform.NewSlots()
	plans := a.plans(ctx, connected, state, terraforms)
	defer func() {
		for _, each := range plans {
			if each.plan != nil {
				each.plan.Close()
			}
		}
	}()
	if question := weekendQuestion(connected, plans, state); question != "" && ctx.Err() == nil {
		if err := a.confirm(ctx, a.subject+": "+question); err != nil {
			return err
		}
	}
	return a.act(ctx, fleet, connected, func(region *ops.Region, d *deed) error {
		each, destroys := plans[region.Name]
		switch {
		case a.leavesAsleep(region, state):
			d.note = "left asleep, as it is not active; --region " + region.Name + " wakes it all the same"
			return nil
		case !destroys && state == "up":
			return scaleRegion(ctx, region, region.Service.DesiredCount, wait, d)
		case !destroys:
			return scaleRegion(ctx, region, 0, wait, d)
		case each.err != nil:
			return each.err
		case state == "up":
			return destroyedUp(ctx, region, each.plan, terraforms, wait, d)
		}
		return destroyedDown(ctx, region, each.plan, terraforms, d)
	})
}

// leavesAsleep spares the regions that the fleet file says never wake, unless they are named.
func (a *App) leavesAsleep(region *ops.Region, state string) bool {
	return state == "up" && region.Weekend.Enabled && !region.Weekend.Active && len(a.regions) == 0
}

func weekendQuestion(fleet *ops.Fleet, plans map[string]planned, state string) string {
	changes := false
	for _, each := range plans {
		changes = changes || (each.plan != nil && each.plan.Changes)
	}
	switch {
	case state == "down" && changes:
		return "Stop every task in " + regionNames(fleet) + ", and apply the plans above?"
	case state == "down":
		return "Stop every task in " + regionNames(fleet) + "?"
	case changes:
		return "Apply the plans above?"
	}
	return ""
}

// plans asks Terraform what it would do in the regions that destroy their load balancers, and shows it.
func (a *App) plans(ctx context.Context, fleet *ops.Fleet, state string, terraforms terraform.Slots) map[string]planned {
	all := ops.Each(ctx, fleet.Regions, 0, func(ctx context.Context, region *ops.Region) (each planned) {
		if region.Weekend.Mode() != config.Destroy || a.leavesAsleep(region, state) {
			return planned{}
		}
		defer terraforms.Take()()
		each.plan, each.err = ops.PlanWeekend(ctx, region.Region, state, func(text string) { a.progressf("%s: %s", region.Name, text) })
		return each
	})
	plans := map[string]planned{}
	for i, region := range fleet.Regions {
		if all[i].plan == nil && all[i].err == nil {
			continue
		}
		plans[region.Name] = all[i]
		if plan := all[i].plan; plan != nil {
			a.progressf("%s: the plan\n%s", region.Name, strings.TrimRight(plan.Text, "\n"))
		}
	}
	return plans
}

// destroyedUp brings the load balancer before the tasks.
func destroyedUp(ctx context.Context, region *ops.Region, plan *ops.Plan, terraforms terraform.Slots, wait bool, d *deed) error {
	if err := apply(ctx, plan, terraforms, "up", d); err != nil {
		return err
	}
	if err := scaleRegion(ctx, region, region.Service.DesiredCount, wait, d); err != nil {
		return err
	}
	d.note = "stays up until an apply outside the window, with weekend_state=auto"
	return nil
}

// destroyedDown takes the load balancer after the last task has left it.
func destroyedDown(ctx context.Context, region *ops.Region, plan *ops.Plan, terraforms terraform.Slots, d *deed) error {
	if err := scaleRegion(ctx, region, 0, true, d); err != nil {
		return err
	}
	if err := apply(ctx, plan, terraforms, "down", d); err != nil {
		return err
	}
	d.note = "stays down until an apply inside the window, with weekend_state=auto"
	return nil
}

func apply(ctx context.Context, plan *ops.Plan, terraforms terraform.Slots, state string, d *deed) error {
	if !plan.Changes {
		return nil
	}
	defer terraforms.Take()()
	d.say("terraform apply")
	quiet := context.AfterFunc(ctx, func() { d.say(terraform.Interrupted) })
	defer quiet()
	if err := plan.Apply(ctx); err != nil {
		return err
	}
	d.did("applied with weekend_state=%s", state)
	return nil
}
