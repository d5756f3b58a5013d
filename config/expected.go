package config

import (
	"time"

	"github.com/cdtait/mcpfleet/schedule"
)

// Override is the variable weekend_state of a region's stack: whether the last apply followed the
// schedule, or went against it.
type Override string

// Overrides.
const (
	Auto Override = "auto"
	Up   Override = "up"
	Down Override = "down"
)

// Expected is what belongs in a region at an instant.
type Expected struct {
	// Awake is whether tasks run, Tasks is how many.
	Awake bool
	Tasks int
	// LoadBalancer is whether there is one.
	LoadBalancer bool
	// Lead is whether the instant is in the lead before a window: an apply may have woken the region
	// already, and until then it is as right that it sleeps.
	Lead bool
}

// ExpectedAt is what an apply at an instant makes of a region, and what AWS makes of it by itself where
// no apply has to. Everybody asks here: status and doctor, scale, smoke, cost; the stacks write the
// same rules down for Terraform.
func (r Region) ExpectedAt(t time.Time, override Override) Expected {
	rules := r.Rules()
	expected := Expected{Awake: rules.Tasks.holds(r.Schedule, t, override), LoadBalancer: r.LoadBalancer.Enabled}
	if expected.Awake {
		expected.Tasks = r.Service.DesiredCount
	}
	if rules.Overridable {
		expected.LoadBalancer = expected.LoadBalancer && rules.LoadBalancer.holds(r.Schedule, t, override)
	}
	expected.Lead = override == Auto && rules.Tasks == Rule(schedule.LocalOpenAhead) && expected.Awake && !r.Schedule.Awake(t)
	return expected
}

// Rule says when something is in a region: always, never, or when the local of the schedule's holds
// that it names.
type Rule string

// The rules that ask no window.
const (
	Always Rule = "always"
	Never  Rule = "never"
)

// Rules are when a region has its tasks, and its load balancer.
type Rules struct {
	Tasks, LoadBalancer Rule
	// Overridable is whether weekend_state also adds and removes the load balancer; the tasks it
	// always wakes and puts to sleep.
	Overridable bool
}

// Rules follow from the fleet file.
func (r Region) Rules() Rules {
	rules := Rules{Tasks: Always, LoadBalancer: Always, Overridable: r.Weekend.DestroyALBs}
	switch {
	case !r.Weekend.Enabled:
	case !r.Weekend.Active:
		rules.Tasks = Never
		if r.Weekend.DestroyALBs {
			rules.LoadBalancer = Never
		}
	case r.Weekend.DestroyALBs:
		// No scheduled action wakes the tasks, so the apply that brings the load balancer back before
		// the window opens has to.
		rules.Tasks, rules.LoadBalancer = Rule(schedule.LocalOpenAhead), Rule(schedule.LocalLoadBalancer)
	default:
		rules.Tasks = Rule(schedule.LocalOpen)
	}
	return rules
}

func (r Rule) holds(s *schedule.Schedule, t time.Time, override Override) bool {
	switch {
	case override != Auto:
		return override == Up
	case r == Always, r == Never:
		return r == Always
	}
	return s.Holds(string(r), t)
}

// week is the rule's weekly pattern, for a schedule's answer to a rule that asks its window.
func (r Rule) week(window func() schedule.Week) schedule.Week {
	switch r {
	case Always:
		return schedule.WholeWeek()
	case Never:
		return schedule.Week{}
	}
	return window()
}
