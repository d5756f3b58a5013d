package main

import (
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/crontest"
	"github.com/cdtait/mcpfleet/internal/tfjson"
	"github.com/cdtait/mcpfleet/schedule"
)

// minute is a time, in minutes since the simulated years begin.
type minute int

var simulatedFrom = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// simulatedMinutes are two years.
const simulatedMinutes minute = 2 * 365 * 24 * 60

func (m minute) time() time.Time { return simulatedFrom.Add(time.Duration(m) * time.Minute) }

func minuteOf(t time.Time) minute { return minute(t.Sub(simulatedFrom) / time.Minute) }

const (
	// healthyMinutes is how long tasks take to start and to pass their health checks.
	healthyMinutes = 2
	// runDelay is how late a run that is on time may begin.
	runDelay = 2
	// wakeMinutes is the longest that a run on time takes to wake a region, from when it is due: the plan, the load
	// balancer (3), listener, record, service, scalable target and scheduled action.
	wakeMinutes = runDelay + planMinutes + 3 + 5 + healthyMinutes
	// sleepMinutes is the longest that a run on time takes to put a region to sleep.
	sleepMinutes = runDelay + planMinutes + 6
)

// blueprint is a region as all simulations share it: its stack, and what its schedule says about every minute.
type blueprint struct {
	config.Region
	asIs, answering *planner
	firings         map[minute][]firing
	// window is when the region is to be awake, and present when its load balancer may exist.
	window, present timeline
}

// timeline holds the minute of the last change for every minute, negative while off.
type timeline []minute

func (l timeline) on(m minute) bool { return l[m] >= 0 }

// since returns how long a state has lasted.
func (l timeline) since(m minute) minute {
	if l[m] >= 0 {
		return m - l[m]
	}
	return m + l[m] + 1
}

// newTimeline follows the changes that a schedule announces.
func newTimeline(on bool, next func(time.Time) (schedule.Change, bool)) timeline {
	line := make(timeline, simulatedMinutes)
	at := minute(0)
	for at < simulatedMinutes {
		until := simulatedMinutes
		change, changes := next(at.time())
		if changes {
			until = min(until, minuteOf(change.At))
		}
		for m := at; m < until; m++ {
			line[m] = at
			if !on {
				line[m] = -at - 1
			}
		}
		at, on = until, change.On
	}
	return line
}

func constantly(on bool) timeline {
	return newTimeline(on, func(time.Time) (schedule.Change, bool) { return schedule.Change{}, false })
}

func newBlueprint(t *testing.T, region config.Region, stack, answering *tfjson.Stack, policy crontest.Policy) *blueprint {
	t.Helper()
	decisions := &decider{locals: parseLocals(t, stack)} // the answer changes none
	b := &blueprint{Region: region, asIs: newPlanner(t, stack, decisions), answering: newPlanner(t, answering, decisions), firings: firings(t, stack, region.Schedule.Zone(), policy)}
	rules := region.Rules()
	follow := func(rule config.Rule, on func(time.Time) bool, next func(time.Time) (schedule.Change, bool)) timeline {
		if rule == config.Always || rule == config.Never {
			return constantly(rule == config.Always)
		}
		return newTimeline(on(simulatedFrom), next)
	}
	b.window = follow(rules.Tasks, region.Schedule.Awake, region.Schedule.NextChange)
	b.present = follow(rules.LoadBalancer, region.Schedule.LoadBalancerPresent, region.Schedule.NextLoadBalancerChange)
	return b
}

// allowance is how late a region may be awake although the run was on time: not at all, except where its lead is too
// short, or where AWS starts the tasks when the window opens.
func (b *blueprint) allowance() minute {
	if b.Weekend.Mode() == config.ModeDestroy {
		return max(0, wakeMinutes-minute(b.Weekend.LeadMinutes))
	}
	return actionDelay + healthyMinutes
}

// simulatedRegion is a region of one simulation.
type simulatedRegion struct {
	*blueprint
	world  *simulatedWorld
	answer bool

	deployed
	desired int
	// reachableSince is when the tasks could first be reached, if they can.
	reachableSince minute
	// expectedAt is the last minute at which no task ran that should not.
	expectedAt minute

	// override is the override in force. disturbedAt is when a run was last skipped, late, refused, failed or killed;
	// what follows from that is not the schedule's fault until an apply succeeds.
	override    config.Override
	disturbed   bool
	disturbedAt minute
	// recoveredAt is when an apply last succeeded after a disturbance or an override.
	recoveredAt minute

	// detachedAt is when an apply detached the service that planned to stop its tasks; negative while it is attached.
	detachedAt minute

	applying *terraformRun
	queued   *terraformRun
}

func (r *simulatedRegion) planner() *planner {
	if r.answer {
		return r.answering
	}
	return r.asIs
}

// reachable reports whether requests arrive at the tasks.
func (r *simulatedRegion) reachable() bool { return r.balancer && r.listener && r.attached }

// serving reports whether healthy tasks can be reached.
func (r *simulatedRegion) serving(now minute) bool {
	return r.desired > 0 && r.reachable() && now >= r.reachableSince+healthyMinutes
}

// changed notes a change of the region in AWS.
func (r *simulatedRegion) changed() {
	w := r.world
	w.dirty = true
	if r.desired == 0 {
		r.detachedAt = -1
	}
	if r.desired == 0 || !r.reachable() {
		r.reachableSince = -1
		return
	}
	if r.reachableSince < 0 {
		r.reachableSince = w.now
		w.at(w.now+healthyMinutes, func() { w.dirty = true })
	}
}

func (r *simulatedRegion) disturb() { r.disturbed, r.disturbedAt = true, r.world.now }

// check compares the region with its schedule at this minute.
func (r *simulatedRegion) check() {
	w, now := r.world, r.world.now
	if r.desired > 0 && !r.reachable() {
		r.checkUnreachable()
	}
	excused := r.disturbed || r.override != config.OverrideAuto || now < r.recoveredAt+healthyMinutes
	if r.balancer && !r.present.on(now) && r.override != config.OverrideUp {
		over := r.present.since(now) + 1
		w.report.expect(r, idleBalancer, over, sleepMinutes, r.disturbed)
	}
	switch {
	case r.desired == 0, r.override == config.OverrideUp, r.window.on(now), r.ExpectedAt(now.time(), config.OverrideAuto).Awake: // in the lead
		r.expectedAt = now
	default:
		w.report.expect(r, idleTasks, now-r.expectedAt, actionDelay, excused)
	}
	if r.window.on(now) && r.Weekend.Enabled && r.override != config.OverrideDown {
		r.checkAwake(excused)
	}
}

// checkUnreachable allows one case: an apply that ends an override detaches the service before it stops the tasks,
// because the scalable target refers to the service. An apply that is killed between the two leaves that to the next.
func (r *simulatedRegion) checkUnreachable() {
	w := r.world
	if r.detachedAt < 0 {
		w.report.violate(r, unreachable, 1)
		return
	}
	w.report.expect(r, detached, w.now-r.detachedAt+1, minute(len(parts)), r.applying == nil || r.disturbed)
}

// checkAwake checks in the window that the region serves.
func (r *simulatedRegion) checkAwake(excused bool) {
	w, now := r.world, r.world.now
	woken, late := wokenAtOpening, r.window.since(now)
	if r.allowance() == 0 {
		woken = wokenAhead
	}
	if !r.serving(now) {
		w.report.expect(r, woken, late+1, r.allowance(), excused)
		return
	}
	// The tasks of a run in this lead were ready so long before the window. Others run since the window before.
	lead := minute(r.Weekend.LeadMinutes)
	if early := now - r.reachableSince - healthyMinutes; late == 0 && early < lead {
		w.report.expect(r, woken, -early, r.allowance(), excused || now-r.recoveredAt <= lead)
	}
}
