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
		Short: "Manage weekend mode",
		Long: `Manage weekend mode.

Without a subcommand, it shows a menu on a terminal.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if !a.canShowMenu() {
				return command.Help()
			}
			return a.menu(command)
		},
	}
	command.AddCommand(a.weekendStatus(), a.weekendUpDown("up"), a.weekendUpDown("down"), a.weekendEnable(), a.weekendDisable(), a.weekendCron())
	return command
}

// window formats a region's window for a table.
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
		Short: "Show each region's window and whether it is awake",
		Long: `Show each region's window and whether it is awake.

MODE is off (always on), keep (tasks stop, load balancers are kept) or destroy (load balancers are
destroyed too). The schedule comes from the fleet file and is also shown without credentials. If a region
cannot be queried, RUNNING shows the reason. If requests wake a region, BY REQUEST shows how much of
wake_budget they have used this month, in UTC. The exit status is 1 if a region is not deployed or could
not be queried, and 3 if there are no credentials. To check the regions' health, use mcpfleet status.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if errors.Is(err, session.ErrNoCredentials) {
				return a.weekendWithoutCredentials(err)
			}
			if err != nil {
				return err
			}
			work := func(ctx context.Context, region *ops.Region) ops.Status { return region.Status(ctx) }
			render := func(known []*ops.Status) string { return a.weekendText(fleet, known, nil) }
			return a.printWeekend(fleet, queryRegions(command.Context(), a, connected.Regions, work, render))
		},
	}
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	a.wideFlag(command.Flags())
	return command
}

// weekendWithoutCredentials prints the schedule, which needs no credentials, and returns reason.
func (a *App) weekendWithoutCredentials(reason error) error {
	fleet, _, err := config.Load(a.file) // connect has already printed its warnings
	if err != nil {
		return err
	}
	a.keepRequested(fleet)
	problem := ops.Problem{Code: ops.NoCredentials, Message: "unknown: " + session.ErrNoCredentials.Error()}
	var statuses []ops.Status
	for _, region := range fleet.Regions {
		statuses = append(statuses, ops.Status{Region: region.Name, Schedule: ops.TimingAt(region, a.Now()), Problems: []ops.Problem{problem}})
	}
	if err := a.printWeekend(fleet, statuses); err != nil && !errors.Is(err, errFailed) {
		return err
	}
	return reason
}

// weekendReport is the JSON form of a region's schedule and state.
type weekendReport struct {
	verdict
	Mode         string     `json:"mode"`
	Window       string     `json:"window"`
	Schedule     ops.Timing `json:"schedule"`
	HoursPerWeek int        `json:"hours_per_week"`
	// Desired and Running are absent if there is no service or it could not be queried.
	Desired      *int   `json:"desired,omitempty"`
	Running      *int   `json:"running,omitempty"`
	LoadBalancer string `json:"load_balancer,omitempty"`
	// WakeBudget is absent if no request wakes the region, or if it could not be read.
	WakeBudget *ops.WakeBudget `json:"wake_budget,omitempty"`
}

func (a *App) printWeekend(fleet *config.Fleet, statuses []ops.Status) error {
	var result error
	var reports []weekendReport
	var known []*ops.Status
	var remarks []string
	for i, status := range statuses {
		region, problems := fleet.Regions[i], queryProblems(status.Problems)
		report := weekendReport{
			verdict: a.verdict(region.Name, problems), Mode: region.Weekend.Mode(), Window: window(region),
			Schedule: status.Schedule, HoursPerWeek: region.TaskWeek().Hours(), WakeBudget: status.WakeBudget,
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
			result = errFailed
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

// queryProblems returns the problems that prevented a query.
func queryProblems(problems []ops.Problem) (found []ops.Problem) {
	for _, problem := range problems {
		if problem.Code.Unobserved() {
			found = append(found, problem)
		}
	}
	return found
}

// weekendText returns the table of results. A region that is still pending shows only its schedule.
func (a *App) weekendText(fleet *config.Fleet, known []*ops.Status, remarks []string) string {
	var rows [][]string
	for i, status := range known {
		region := fleet.Regions[i]
		state, loadBalancer, budget, running := ops.TimingAt(region, a.Now()).Text, "-", "-", "…"
		if status != nil {
			state, loadBalancer, budget, running = status.Schedule.Text, loadBalancerCell(*status), budgetCell(*status), runningCell(*status)
		}
		rows = append(rows, []string{region.Name, region.Weekend.Mode(), window(region), state, fmt.Sprint(region.TaskWeek().Hours()), loadBalancer, budget, running})
	}
	header := []string{"REGION", "MODE", "WINDOW", "STATE", "HOURS/WEEK", "LOAD BALANCER", budgetColumn, "RUNNING"}
	if !slices.ContainsFunc(fleet.Regions, config.Region.WakesOnRequest) {
		column := slices.Index(header, budgetColumn)
		header = slices.Delete(header, column, column+1)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], column, column+1)
		}
	}
	table := view.Block{
		Align: strings.Repeat("l", len(header)), Header: header, Rows: rows, Expendable: []string{"HOURS/WEEK", "LOAD BALANCER", "WINDOW", "MODE", budgetColumn},
	}
	return table.WithRemarks(remarks).Text(a.width())
}

func loadBalancerCell(status ops.Status) string {
	if status.LoadBalancer == nil {
		return "-"
	}
	return status.LoadBalancer.State
}

// budgetColumn is only in the table of a fleet in which requests wake a region.
const budgetColumn = "BY REQUEST"

// budgetCell returns how long requests have kept the region awake this month.
func budgetCell(status ops.Status) string {
	if status.WakeBudget == nil {
		return "-"
	}
	return status.WakeBudget.String()
}

// runningCell returns the number of running tasks, or the reason why it is unknown.
func runningCell(status ops.Status) string {
	if service := status.Service; service != nil {
		return fmt.Sprintf("%d of %d", service.Running, service.Desired)
	}
	var reasons []string
	for _, problem := range queryProblems(status.Problems) {
		reasons = append(reasons, problem.Message)
	}
	return strings.Join(reasons, "; ")
}

var upDownHelp = map[string]struct{ short, long string }{
	"up": {"Wake the fleet now, regardless of the schedule", `Wake the fleet now, regardless of the schedule.

In a region that keeps its load balancer, the tasks are scaled up through the API and put to sleep again
when the window closes. In destroy mode, Terraform runs in cdktf.out/stacks with -var weekend_state=up.
After you confirm the plan, the load balancer is created first and the tasks after it. The region then
stays awake until the next apply outside the window with weekend_state=auto. Regions that are not active
stay asleep unless --region names them.

In a region with autoscaling, it sets the range of the fleet file, and a number of tasks within the range
stays as it is. All regions are woken at once; with --parallel, as many as it says, and none after one that
fails.`},
	"down": {"Put the fleet to sleep now, regardless of the schedule", `Put the fleet to sleep now, regardless of the schedule. It asks for confirmation unless --yes is passed.

In a region that keeps its load balancer, the tasks are scaled to 0 through the API and started again when
the window next opens. A region that is not in weekend mode or not active is not started by any schedule.
With wake_on_request, a request outside the window may start them again, unless the region was applied with
weekend_state=down. In destroy mode, Terraform plans with -var weekend_state=down. After you confirm the
plan, the tasks are scaled to 0, and the load balancer is destroyed when the last task has stopped.`},
}

func (a *App) weekendUpDown(state string) *cobra.Command {
	r := &rollout{app: a}
	r.skip = func(region *ops.Region, o *outcome) {
		if !a.staysInactive(region, state, o) {
			notChanged(ops.Verb("weekend "+state))(region, o)
		}
	}
	command := &cobra.Command{
		Use:         state,
		Short:       upDownHelp[state].short,
		Long:        upDownHelp[state].long,
		Args:        noArguments,
		Annotations: map[string]string{confirms: "yes"},
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			if _, err := r.ordered(connected.Regions); err != nil {
				return err
			}
			return a.runUpDown(command.Context(), fleet, connected, r, state)
		},
	}
	r.flags(command, 0, "Do not wait for the tasks; it always waits for a load balancer")
	return command
}

// plannedRegion is the result of terraform plan in a region.
type plannedRegion struct {
	plan *ops.Plan
	err  error
}

func (a *App) runUpDown(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet, r *rollout, state string) error {
	terraforms := semaphore.NewWeighted(terraform.Concurrency)
	plans := a.plans(ctx, connected, state, terraforms)
	defer func() {
		for _, each := range plans {
			if each.plan != nil {
				each.plan.Close()
			}
		}
	}()
	if prompt := upDownPrompt(connected, plans, state); prompt != "" && ctx.Err() == nil {
		if err := a.confirm(ctx, a.subject+": "+prompt); err != nil {
			return err
		}
	}
	r.work = func(ctx context.Context, region *ops.Region, o *outcome) error {
		each, destroys := plans[region.Name]
		switch {
		case a.staysInactive(region, state, o):
			return nil
		case !destroys && state == "up":
			return scaleRegion(ctx, region, region.Service.TaskRange(), !r.noWait, o)
		case !destroys:
			return a.downKeepingLoadBalancer(ctx, region, !r.noWait, o)
		case each.err != nil:
			return each.err
		case state == "up":
			return upCreatingLoadBalancer(ctx, region, each.plan, terraforms, !r.noWait, o)
		}
		return downDestroyingLoadBalancer(ctx, region, each.plan, terraforms, o)
	}
	return r.run(ctx, fleet, connected)
}

// skipsInactive reports whether up skips a region because it is not active and --region is not set.
func (a *App) skipsInactive(region *ops.Region, state string) bool {
	return state == "up" && region.Weekend.Enabled && !region.Weekend.Active && len(a.regions) == 0
}

// staysInactive reports whether up skips a region, and notes why.
func (a *App) staysInactive(region *ops.Region, state string, o *outcome) bool {
	if !a.skipsInactive(region, state) {
		return false
	}
	o.note = "stays asleep because it is not active; pass --region " + region.Name + " to wake it"
	return true
}

// downKeepingLoadBalancer stops the tasks of a region that keeps its load balancer.
func (a *App) downKeepingLoadBalancer(ctx context.Context, region *ops.Region, wait bool, o *outcome) error {
	if err := scaleRegion(ctx, region, config.TaskRange{}, wait, o); err != nil || wakesOnSchedule(region) {
		return err
	}
	o.note = "no schedule wakes it; to wake it, run " + a.command(ops.Fix{Verb: ops.VerbWeekendUp, Region: region.Name}) + "; " + o.note
	return nil
}

// wakesOnSchedule reports whether a scheduled action starts a region's tasks.
func wakesOnSchedule(region *ops.Region) bool {
	return slices.ContainsFunc(region.ScheduledActions(), func(action schedule.Action) bool { return action.Up })
}

func upDownPrompt(fleet *ops.Fleet, plans map[string]plannedRegion, state string) string {
	changes := false
	for _, each := range plans {
		changes = changes || (each.plan != nil && each.plan.Changes)
	}
	switch {
	case state == "down" && changes:
		return "Stop all tasks in " + regionNames(fleet) + unscheduledNote(fleet) + " and apply the plans above?"
	case state == "down":
		return "Stop all tasks in " + regionNames(fleet) + unscheduledNote(fleet) + "?"
	case changes:
		return "Apply the plans above?"
	}
	return ""
}

// unscheduledNote names the regions that neither a schedule nor an apply in the window wakes.
func unscheduledNote(fleet *ops.Fleet) string {
	var names []string
	for _, region := range fleet.Regions {
		if region.Weekend.Mode() != config.ModeDestroy && !wakesOnSchedule(region) {
			names = append(names, region.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (no schedule wakes " + strings.Join(names, ", ") + ")"
}

// plans runs terraform plan in the regions in destroy mode and prints the plans.
func (a *App) plans(ctx context.Context, fleet *ops.Fleet, state string, terraforms *semaphore.Weighted) map[string]plannedRegion {
	all := ops.Each(ctx, fleet.Regions, 0, func(ctx context.Context, region *ops.Region) (each plannedRegion) {
		if region.Weekend.Mode() != config.ModeDestroy || a.skipsInactive(region, state) {
			return plannedRegion{}
		}
		if err := terraforms.Acquire(ctx, 1); err != nil {
			return plannedRegion{err: err}
		}
		defer terraforms.Release(1)
		each.plan, each.err = ops.PlanWeekend(ctx, region.Region, state, func(text string) { a.progressf("%s: %s", region.Name, text) })
		return each
	})
	plans := map[string]plannedRegion{}
	for i, region := range fleet.Regions {
		if all[i].plan == nil && all[i].err == nil {
			continue
		}
		plans[region.Name] = all[i]
		if plan := all[i].plan; plan != nil {
			a.progressf("%s: Terraform plan:\n%s", region.Name, strings.TrimRight(plan.Text, "\n"))
		}
	}
	return plans
}

// upCreatingLoadBalancer creates the load balancer before it starts the tasks.
func upCreatingLoadBalancer(ctx context.Context, region *ops.Region, plan *ops.Plan, terraforms *semaphore.Weighted, wait bool, o *outcome) error {
	if err := apply(ctx, plan, terraforms, "up", o); err != nil {
		return err
	}
	if err := scaleRegion(ctx, region, region.Service.TaskRange(), wait, o); err != nil {
		return err
	}
	o.note = "stays up until an apply outside the window with weekend_state=auto"
	return nil
}

// downDestroyingLoadBalancer destroys the load balancer after the last task has stopped.
func downDestroyingLoadBalancer(ctx context.Context, region *ops.Region, plan *ops.Plan, terraforms *semaphore.Weighted, o *outcome) error {
	if err := scaleRegion(ctx, region, config.TaskRange{}, true, o); err != nil {
		return err
	}
	if err := apply(ctx, plan, terraforms, "down", o); err != nil {
		return err
	}
	o.note = "stays down until an apply inside the window with weekend_state=auto"
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
	o.progress("terraform apply")
	stop := context.AfterFunc(ctx, func() { o.progress(terraform.Interrupted) })
	defer stop()
	if err := plan.Apply(ctx); err != nil {
		return err
	}
	o.addStep("applied with weekend_state=%s", state)
	return nil
}
