package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/semaphore"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/internal/terraform"
	"github.com/cdtait/mcpfleet/internal/view"
	"github.com/cdtait/mcpfleet/schedule"
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

// window is when a region is awake, for a table.
func window(region config.Region) string {
	weekend := region.Weekend
	if !weekend.Enabled {
		return "-"
	}
	return fmt.Sprintf("%s %02d:00-%02d:00 %s", strings.Join(weekend.Days, ","), weekend.StartHour, weekend.EndHour, weekend.Timezone)
}

func (a *App) weekendStatus() *cobra.Command {
	command := &cobra.Command{
		Use:   "status",
		Short: "Show each region's window, and whether it is awake",
		Long: `Show each region's window, and whether it is awake.

MODE is off (always on), keep (tasks sleep, load balancers stay) or destroy (load balancers go too).
The schedule is the fleet file's, and shown without credentials too; then, or where a region cannot
be seen, RUNNING says why. The exit status is 1 where a region is not deployed or could not be seen,
and 3 without credentials, as nobody has looked. Whether all is well, mcpfleet status says.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if errors.Is(err, session.ErrNoCredentials) {
				return a.weekendUnseen(err)
			}
			if err != nil {
				return err
			}
			work := func(ctx context.Context, region *ops.Region) ops.Status { return region.Status(ctx) }
			render := func(known []*ops.Status) string { return a.weekendText(fleet, known, nil) }
			return a.printWeekend(fleet, look(command.Context(), a, connected.Regions, work, render))
		},
	}
	a.timeoutFlag(command, lookTimeout, "how long one region may take to answer")
	a.wideFlag(command.Flags())
	return command
}

// weekendUnseen shows the schedule, which needs no credentials, and ends as every command does that
// finds none.
func (a *App) weekendUnseen(reason error) error {
	fleet, _, err := config.Load(a.file) // its warnings have been printed
	if err != nil {
		return err
	}
	a.narrow(fleet)
	problem := ops.Problem{Code: ops.NoCredentials, Message: "not seen: " + session.ErrNoCredentials.Error()}
	var statuses []ops.Status
	for _, region := range fleet.Regions {
		statuses = append(statuses, ops.Status{Region: region.Name, Schedule: ops.TimingAt(region, a.Now()), Problems: []ops.Problem{problem}})
	}
	if err := a.printWeekend(fleet, statuses); err != nil && !errors.Is(err, errWrong) {
		return err
	}
	return reason
}

// weekendReport is a region's schedule, and what is there of it, as a script reads it.
type weekendReport struct {
	verdict
	Mode         string     `json:"mode"`
	Window       string     `json:"window"`
	Schedule     ops.Timing `json:"schedule"`
	HoursPerWeek int        `json:"hours_per_week"`
	// What is there; absent where it could not be seen, or is not.
	Desired      *int   `json:"desired,omitempty"`
	Running      *int   `json:"running,omitempty"`
	LoadBalancer string `json:"load_balancer,omitempty"`
}

func (a *App) printWeekend(fleet *config.Fleet, statuses []ops.Status) error {
	var result error
	var reports []weekendReport
	var known []*ops.Status
	var remarks []string
	for i, status := range statuses {
		region, problems := fleet.Regions[i], unseen(status.Problems)
		report := weekendReport{
			verdict: a.verdict(region.Name, problems), Mode: region.Weekend.Mode(), Window: window(region),
			Schedule: status.Schedule, HoursPerWeek: region.TaskWeek().Hours(),
		}
		if service := status.Service; service != nil {
			report.Desired, report.Running = &service.Desired, &service.Running
			for _, problem := range problems {
				remarks = append(remarks, region.Name+": "+a.problemText(problem))
			}
		}
		if status.LoadBalancer != nil {
			report.LoadBalancer = status.LoadBalancer.State
		}
		if len(problems) > 0 {
			result = errWrong
		}
		known = append(known, &status)
		reports = append(reports, report)
	}
	if a.json {
		return printReport(a, fleet, reports)
	}
	a.printf("%s", a.weekendText(fleet, known, remarks))
	return result
}

// unseen are the problems of what could not be seen.
func unseen(problems []ops.Problem) (found []ops.Problem) {
	for _, problem := range problems {
		if problem.Code.Unseen() {
			found = append(found, problem)
		}
	}
	return found
}

// weekendText shows what is known. The schedule is, before any region has answered.
func (a *App) weekendText(fleet *config.Fleet, known []*ops.Status, remarks []string) string {
	var rows [][]string
	for i, status := range known {
		region := fleet.Regions[i]
		state, balancer, running := ops.TimingAt(region, a.Now()).Text, "-", "…"
		if status != nil {
			state, balancer, running = status.Schedule.Text, balancerCell(*status), runningCell(*status)
		}
		rows = append(rows, []string{region.Name, region.Weekend.Mode(), window(region), state, fmt.Sprint(region.TaskWeek().Hours()), balancer, running})
	}
	header := []string{"REGION", "MODE", "WINDOW", "STATE", "HOURS/WEEK", "LOAD BALANCER", "RUNNING"}
	table := view.Block{
		Align: strings.Repeat("l", len(header)), Header: header, Rows: rows, Expendable: []string{"HOURS/WEEK", "LOAD BALANCER", "WINDOW", "MODE"},
	}
	return table.WithRemarks(remarks).Text(a.width())
}

func balancerCell(status ops.Status) string {
	if status.LoadBalancer == nil {
		return "-"
	}
	return status.LoadBalancer.State
}

// runningCell has the reason where there is no service, or none to be seen.
func runningCell(status ops.Status) string {
	if service := status.Service; service != nil {
		return fmt.Sprintf("%d of %d", service.Running, service.Desired)
	}
	var reasons []string
	for _, problem := range unseen(status.Problems) {
		reasons = append(reasons, problem.Message)
	}
	return strings.Join(reasons, "; ")
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
wakes them. A region outside weekend mode, or one that is not active, has no such edge: no schedule
wakes it again. Where load balancers are destroyed, Terraform plans with -var weekend_state=down; once
the plan is confirmed, the tasks are scaled to 0, and the load balancer goes when the last has left.`},
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
	terraforms := semaphore.NewWeighted(terraform.Concurrency)
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
	return a.act(ctx, fleet, connected, func(region *ops.Region, o *outcome) error {
		each, destroys := plans[region.Name]
		switch {
		case a.leavesAsleep(region, state):
			o.note = "left asleep, as it is not active; --region " + region.Name + " wakes it all the same"
			return nil
		case !destroys && state == "up":
			return scaleRegion(ctx, region, region.Service.DesiredCount, wait, o)
		case !destroys:
			return a.keptDown(ctx, region, wait, o)
		case each.err != nil:
			return each.err
		case state == "up":
			return destroyedUp(ctx, region, each.plan, terraforms, wait, o)
		}
		return destroyedDown(ctx, region, each.plan, terraforms, o)
	})
}

// leavesAsleep spares the regions that the fleet file says never wake, unless they are named.
func (a *App) leavesAsleep(region *ops.Region, state string) bool {
	return state == "up" && region.Weekend.Enabled && !region.Weekend.Active && len(a.regions) == 0
}

// keptDown stops the tasks of a region whose load balancer stays.
func (a *App) keptDown(ctx context.Context, region *ops.Region, wait bool, o *outcome) error {
	if err := scaleRegion(ctx, region, 0, wait, o); err != nil || wakesByItself(region) {
		return err
	}
	o.note = "no schedule wakes it, but " + a.command(ops.Fix{Verb: ops.VerbWeekendUp, Region: region.Name}) + " does; " + o.note
	return nil
}

// wakesByItself says whether AWS starts a region's tasks at an edge of its window.
func wakesByItself(region *ops.Region) bool {
	return slices.ContainsFunc(region.ScheduledActions(), func(action schedule.Action) bool { return action.Up })
}

func weekendQuestion(fleet *ops.Fleet, plans map[string]planned, state string) string {
	changes := false
	for _, each := range plans {
		changes = changes || (each.plan != nil && each.plan.Changes)
	}
	switch {
	case state == "down" && changes:
		return "Stop every task in " + regionNames(fleet) + stayingDown(fleet) + ", and apply the plans above?"
	case state == "down":
		return "Stop every task in " + regionNames(fleet) + stayingDown(fleet) + "?"
	case changes:
		return "Apply the plans above?"
	}
	return ""
}

// stayingDown names the regions that no schedule and no apply at the edges of a window wakes.
func stayingDown(fleet *ops.Fleet) string {
	var names []string
	for _, region := range fleet.Regions {
		if region.Weekend.Mode() != config.Destroy && !wakesByItself(region) {
			names = append(names, region.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (no schedule wakes " + strings.Join(names, ", ") + " again)"
}

// plans asks Terraform what it would do in the regions that destroy their load balancers, and shows it.
func (a *App) plans(ctx context.Context, fleet *ops.Fleet, state string, terraforms *semaphore.Weighted) map[string]planned {
	all := ops.Each(ctx, fleet.Regions, 0, func(ctx context.Context, region *ops.Region) (each planned) {
		if region.Weekend.Mode() != config.Destroy || a.leavesAsleep(region, state) {
			return planned{}
		}
		if err := terraforms.Acquire(ctx, 1); err != nil {
			return planned{err: err}
		}
		defer terraforms.Release(1)
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
func destroyedUp(ctx context.Context, region *ops.Region, plan *ops.Plan, terraforms *semaphore.Weighted, wait bool, o *outcome) error {
	if err := apply(ctx, plan, terraforms, "up", o); err != nil {
		return err
	}
	if err := scaleRegion(ctx, region, region.Service.DesiredCount, wait, o); err != nil {
		return err
	}
	o.note = "stays up until an apply outside the window, with weekend_state=auto"
	return nil
}

// destroyedDown takes the load balancer after the last task has left it.
func destroyedDown(ctx context.Context, region *ops.Region, plan *ops.Plan, terraforms *semaphore.Weighted, o *outcome) error {
	if err := scaleRegion(ctx, region, 0, true, o); err != nil {
		return err
	}
	if err := apply(ctx, plan, terraforms, "down", o); err != nil {
		return err
	}
	o.note = "stays down until an apply inside the window, with weekend_state=auto"
	return nil
}

func apply(ctx context.Context, plan *ops.Plan, terraforms *semaphore.Weighted, state string, o *outcome) error {
	if !plan.Changes {
		return nil
	}
	if err := terraforms.Acquire(ctx, 1); err != nil {
		return err
	}
	defer terraforms.Release(1)
	o.say("terraform apply")
	quiet := context.AfterFunc(ctx, func() { o.say(terraform.Interrupted) })
	defer quiet()
	if err := plan.Apply(ctx); err != nil {
		return err
	}
	o.did("applied with weekend_state=%s", state)
	return nil
}
