package config

import (
	"time"

	"github.com/cdtait/mcpfleet/schedule"
)

// Override is the value of a stack's weekend_state variable: whether the last apply followed the schedule or
// overrode it.
type Override string

// Overrides.
const (
	OverrideAuto Override = "auto"
	OverrideUp   Override = "up"
	OverrideDown Override = "down"
)

// Expected is the expected state of a region at an instant.
type Expected struct {
	// Awake reports whether tasks run.
	Awake bool
	// Tasks is the range of their number, 0 while the region is asleep.
	Tasks TaskRange
	// LoadBalancer reports whether the load balancer exists.
	LoadBalancer bool
	// Answer reports whether the region answers because it has no load balancer.
	Answer bool
	// Egress reports whether the NAT gateways or interface endpoints of private tasks exist. In mode public, there
	// are none.
	Egress bool
	// Lead reports whether the instant is in the lead before a window. An apply may already have woken the
	// region; until then, asleep is just as correct.
	Lead bool
}

// ExpectedAt returns the state that an apply at an instant brings about, and that AWS's scheduled actions
// bring about if no apply is needed. The commands (status, doctor, scale, smoke and cost) all use it; the
// stacks express the same rules in Terraform.
func (r Region) ExpectedAt(t time.Time, override Override) Expected {
	rules := r.Rules()
	expected := Expected{Awake: rules.Tasks.holds(r.Schedule, t, override)}
	if expected.Awake {
		expected.Tasks = r.Service.TaskRange()
	}
	present := !rules.Overridable || rules.LoadBalancer.holds(r.Schedule, t, override)
	expected.LoadBalancer = present && r.LoadBalancer.Enabled
	expected.Answer = !present && r.Answers()
	expected.Egress = present && r.CreatesEgress()
	expected.Lead = override == OverrideAuto && rules.Tasks == Rule(schedule.LocalOpenAhead) && expected.Awake && !r.Schedule.Awake(t)
	return expected
}

// Rule is the condition under which tasks or a load balancer exist in a region: always, never, or the name of
// a schedule local that must be true.
type Rule string

// Rules that do not depend on the window.
const (
	Always Rule = "always"
	Never  Rule = "never"
)

// Rules are the conditions for a region's tasks and its load balancer. What private tasks need to reach AWS and the
// internet, NAT gateways or interface endpoints, comes and goes with the load balancer, also in a region without
// one.
type Rules struct {
	Tasks, LoadBalancer Rule
	// Overridable reports whether weekend_state also controls the load balancer. It always controls the
	// tasks.
	Overridable bool
}

// Rules returns the region's rules according to the fleet file.
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
		// No scheduled action wakes the tasks, so the apply that brings up the load balancer before the
		// window opens must start them too.
		rules.Tasks, rules.LoadBalancer = Rule(schedule.LocalOpenAhead), Rule(schedule.LocalLoadBalancer)
	default:
		rules.Tasks = Rule(schedule.LocalOpen)
	}
	return rules
}

func (r Rule) holds(s *schedule.Schedule, t time.Time, override Override) bool {
	switch {
	case override != OverrideAuto:
		return override == OverrideUp
	case r == Always, r == Never:
		return r == Always
	}
	return s.Decision(string(r), t)
}

// week returns the rule's weekly pattern. It calls window for a rule that depends on the window.
func (r Rule) week(window func() schedule.Week) schedule.Week {
	switch r {
	case Always:
		return schedule.WholeWeek()
	case Never:
		return schedule.Week{}
	}
	return window()
}
