package main

import (
	"slices"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/schedule"
)

// terraformRun is an apply, with what becomes of it.
type terraformRun struct {
	override config.Override
	// byHand is whether someone runs mcpfleet weekend up or down, which does not wait for a pipeline.
	byHand bool
	// extra is whether no schedule needs the run, so that it does no harm if it is refused.
	extra bool
	// failed is whether the plan fails. killedAfter is the step after which the apply is killed, of those taken; 0 is
	// none.
	failed             bool
	killedAfter, taken int
	began              minute
}

// dueTimes returns the minutes at which the runs of some regions are due, from what mcpfleet weekend cron prints at
// the beginning of each year for a time zone.
func dueTimes(regions []config.Region, zone *time.Location) (minutes []minute) {
	var windows []*schedule.Schedule
	for _, region := range regions {
		windows = append(windows, region.Schedule)
	}
	for year := range 2 {
		printed := simulatedFrom.AddDate(year, 0, 0)
		dues := map[[2]int][]schedule.Due{}
		for _, due := range schedule.ApplyTimes(windows, printed, printed.AddDate(1, 0, 0), zone) {
			dues[[2]int{due.Hour, due.Minute}] = append(dues[[2]int{due.Hour, due.Minute}], due)
		}
		const step = 15 // divides every offset
		for quarter := minuteOf(printed); quarter < minuteOf(printed.AddDate(1, 0, 0)); quarter += step {
			local := quarter.time().In(zone)
			for after := range step {
				if slices.ContainsFunc(dues[[2]int{local.Hour(), local.Minute() + after}], func(due schedule.Due) bool {
					return slices.Contains(due.Weekdays, local.Weekday()) || (due.Month == local.Month() && due.Day == local.Day())
				}) {
					minutes = append(minutes, quarter+minute(after))
				}
			}
		}
	}
	return minutes
}

// scheduleRuns adds a run of some regions at every due time, and what goes wrong with it.
func (w *simulatedWorld) scheduleRuns(regions []*simulatedRegion, dues []minute) {
	for _, due := range dues {
		if due >= w.now {
			w.at(due, func() { w.dueRun(regions) })
		}
	}
}

func (w *simulatedWorld) dueRun(regions []*simulatedRegion) {
	disturb := func() {
		for _, region := range regions {
			region.disturb()
		}
	}
	start := func(after minute, r terraformRun) { w.at(w.now+after, func() { w.start(regions, r) }) }
	delay := minute(w.random.IntN(runDelay + 1))
	auto := terraformRun{override: config.OverrideAuto}
	chance := w.random.IntN(100)
	if w.calm {
		chance = 0
	}
	switch {
	case chance < 70:
		w.report.runs["on time"]++
		start(delay, auto)
	case chance < 75:
		w.report.runs["skipped"]++
		disturb()
	case chance < 82:
		w.report.runs["late"]++
		disturb()
		start(runDelay+1+minute(w.random.IntN(178)), auto)
	case chance < 86:
		w.report.runs["failed"]++
		disturb()
		auto.failed = true
		start(delay, auto)
	case chance < 93:
		w.report.runs["killed"]++
		auto.killedAfter = 1 + w.random.IntN(len(parts))
		start(delay, auto)
	default:
		w.report.runs["doubled"]++
		again := auto
		again.extra = true
		start(delay, auto)
		start(delay+1+minute(w.random.IntN(20)), again)
	}
}

// scheduleChances adds deploys, about one a week, and overrides, about one in three weeks, at random times.
func (w *simulatedWorld) scheduleChances(to minute) {
	if w.calm {
		return
	}
	const week = 7 * 24 * 60
	for now := w.now; now < to; now += week {
		deploy := terraformRun{override: config.OverrideAuto, extra: true}
		if w.random.IntN(8) == 0 {
			deploy.killedAfter = 1 + w.random.IntN(len(parts))
		}
		w.at(now+minute(w.random.IntN(week)), func() {
			w.report.runs["deploys"]++
			w.start(w.regions, deploy)
		})
		if w.random.IntN(3) == 0 {
			w.at(now+minute(w.random.IntN(week)), w.overrideForHours)
		}
	}
}

// overrideForHours runs mcpfleet weekend up or down, and in most cases an apply that ends the override.
func (w *simulatedWorld) overrideForHours() {
	override := terraformRun{override: config.OverrideUp, byHand: true, extra: true}
	if w.random.IntN(2) == 0 {
		override.override = config.OverrideDown
	}
	if w.random.IntN(10) == 0 {
		override.killedAfter = 1 + w.random.IntN(len(parts))
	}
	w.report.runs["overrides"]++
	w.start(w.regions, override)
	if w.random.IntN(10) < 7 {
		w.at(w.now+minute(60+w.random.IntN(11*60)), func() { w.start(w.regions, terraformRun{override: config.OverrideAuto, extra: true}) })
	}
}

// start begins a run in some regions.
func (w *simulatedWorld) start(regions []*simulatedRegion, each terraformRun) {
	for _, region := range regions {
		if !each.byHand {
			region.start(each)
			continue
		}
		// mcpfleet weekend scales a region that keeps its load balancer, and leaves one alone that is not active.
		switch {
		case !region.Weekend.Enabled || (each.override == config.OverrideUp && !region.Weekend.Active):
		case region.Weekend.Mode() == config.ModeDestroy:
			region.start(each)
		default:
			region.overrideKeeping(each.override)
		}
	}
}

// overrideKeeping scales a region that keeps its load balancer, until a scheduled action scales it again.
func (r *simulatedRegion) overrideKeeping(override config.Override) {
	if r.applying != nil {
		return
	}
	bounds := config.TaskRange{}
	if override == config.OverrideUp {
		bounds = r.Service.TaskRange()
	}
	r.override = override
	r.scale(bounds)
	r.changed()
}

// start begins a run, unless another holds the lock of the state.
func (r *simulatedRegion) start(each terraformRun) {
	switch {
	case r.applying == nil:
		r.apply(each)
	case r.world.queues && !each.byHand && !r.applying.byHand:
		// A pipeline keeps one run waiting, the latest.
		r.queued = &each
		if !each.extra {
			r.disturb()
		}
	default:
		r.world.report.runs["refused"]++
		if !each.extra {
			r.disturb()
		}
	}
}

func (r *simulatedRegion) apply(each terraformRun) {
	w := r.world
	each.began = w.now
	r.applying = &each
	w.report.runs["applies"]++
	planned := r.planner().plan(w.t, w.now, each.override)
	refreshed := r.deployed
	steps := r.planner().steps(refreshed, planned, w.random.IntN)
	w.at(w.now+planMinutes, func() {
		if each.failed {
			r.end(false)
			return
		}
		if each.override != config.OverrideAuto {
			r.override = each.override
		}
		if each.byHand && each.override == config.OverrideDown {
			r.scale(config.TaskRange{}) // and it waits until they have stopped
			r.changed()
		}
		r.step(steps, refreshed, planned)
	})
}

// step takes the next step of an apply, unless it is killed.
func (r *simulatedRegion) step(steps []int, refreshed, planned deployed) {
	if len(steps) == 0 {
		r.end(true)
		return
	}
	r.world.at(r.world.now+minutesOf(steps[0], refreshed, planned), func() {
		attached := r.attached
		parts[steps[0]].change(&r.deployed, planned)
		switch {
		case r.attached:
			r.detachedAt = -1
		case attached && planned.bounds.Max == 0:
			r.detachedAt = r.world.now
		}
		r.scale(r.bounds)
		r.changed()
		if r.applying.taken++; r.applying.taken == r.applying.killedAfter {
			r.end(false)
			return
		}
		r.step(steps[1:], refreshed, planned)
	})
}

// end ends an apply, and begins the one that waits for it.
func (r *simulatedRegion) end(succeeded bool) {
	ended := r.applying
	r.applying = nil
	switch {
	case !succeeded:
		r.disturb()
	case ended.override == config.OverrideAuto:
		if r.disturbed || r.override != config.OverrideAuto {
			r.recoveredAt = r.world.now
		}
		r.override = config.OverrideAuto
		r.disturbed = r.disturbed && ended.began < r.disturbedAt
	}
	if next := r.queued; next != nil {
		r.queued = nil
		r.start(*next)
	}
}
