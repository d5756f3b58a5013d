package main

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

// scenario is a way to run a fleet.
type scenario struct {
	name string
	// answer is whether regions in destroy mode answer while they are asleep.
	answer bool
	// ownZones is whether the runs are due in the windows' time zones, as in GitLab, rather than in UTC.
	ownZones bool
	// queues is whether a run waits for the one before it, as in a pipeline, rather than being refused by the lock of
	// the state, as in a crontab.
	queues bool
	// calm is whether nothing goes wrong.
	calm bool
	seed uint64
}

func (s scenario) String() string {
	name := s.name
	if s.answer {
		name += ", answer"
	}
	return fmt.Sprintf("%s, seed %d", name, s.seed)
}

// simulatedWorld is a simulation: the regions of a fleet, and what is yet to happen.
type simulatedWorld struct {
	scenario
	t       *testing.T
	random  *rand.Rand
	now     minute
	agenda  map[minute][]func()
	regions []*simulatedRegion
	// dirty is whether a region has changed since the name was last looked up.
	dirty  bool
	report *report
	// nothingSince is when the name began to lead to nothing, for a client near each region; negative if it does not.
	nothingSince []minute
	answers      []outcome
}

func newWorld(t *testing.T, s scenario, blueprints []*blueprint, from minute) *simulatedWorld {
	t.Helper()
	w := &simulatedWorld{
		scenario: s, t: t, random: rand.New(rand.NewPCG(s.seed, 0)), now: from, agenda: map[minute][]func(){}, dirty: true,
		report: newReport(s), nothingSince: make([]minute, len(blueprints)), answers: make([]outcome, len(blueprints)),
	}
	for i, each := range blueprints {
		w.nothingSince[i] = -1
		region := &simulatedRegion{
			blueprint: each, world: w, answer: s.answer && each.Weekend.Mode() == config.ModeDestroy, override: config.OverrideAuto, reachableSince: -1, detachedAt: -1,
		}
		w.regions = append(w.regions, region)
		region.deployed = region.planner().plan(t, from, config.OverrideAuto)
		region.scale(region.bounds)
		region.changed()
		if region.reachableSince >= 0 {
			region.reachableSince = from - healthyMinutes
		}
	}
	return w
}

// at adds an event.
func (w *simulatedWorld) at(when minute, event func()) {
	w.agenda[when] = append(w.agenda[when], event)
}

// run simulates minute by minute, and checks every one.
func (w *simulatedWorld) run(to minute) {
	for ; w.now < to; w.now++ {
		for _, region := range w.regions {
			for _, action := range region.firings[w.now] {
				w.at(w.now+minute(w.random.IntN(actionDelay+1)), func() { region.fire(action) })
			}
		}
		for events := w.agenda[w.now]; len(events) > 0; events = w.agenda[w.now] {
			delete(w.agenda, w.now)
			for _, event := range events {
				event()
			}
		}
		for _, region := range w.regions {
			region.check()
		}
		w.checkName()
		w.report.minutes += minute(len(w.regions))
	}
}

// checkName checks what a client near each region gets.
func (w *simulatedWorld) checkName() {
	if w.dirty {
		w.dirty = false
		for i, near := range w.regions {
			if w.answers[i] = w.lookUp(near); w.answers[i] != nothing {
				w.nothingSince[i] = -1
			} else if w.nothingSince[i] < 0 {
				w.nothingSince[i] = w.now
			}
		}
	}
	for i, near := range w.regions {
		switch {
		case w.answers[i] == nothing && w.answer:
			w.report.violate(near, deadName, 1)
		case w.answers[i] == nothing:
			w.report.note(near, deadNameUnanswered, w.now-w.nothingSince[i]+1)
		case w.answers[i] == unavailable && w.anyServing():
			w.report.violate(near, asleepAnswers, 1)
		}
	}
}

func (w *simulatedWorld) anyServing() bool {
	for _, region := range w.regions {
		if region.record == toBalancer && region.serving(w.now) {
			return true
		}
	}
	return false
}
