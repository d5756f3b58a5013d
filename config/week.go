package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/schedule"
)

// TaskWeek returns the hours of the week in which tasks run, in the window's time zone. It excludes the lead,
// although an early apply may start the tasks in it.
func (r Region) TaskWeek() schedule.Week {
	return r.Rules().Tasks.week(func() schedule.Week { return r.Schedule.Week() })
}

// LoadBalancerWeek returns the hours of the week in which the load balancer exists.
func (r Region) LoadBalancerWeek() schedule.Week {
	if !r.LoadBalancer.Enabled {
		return schedule.Week{}
	}
	return r.presentWeek()
}

// EgressWeek returns the hours of the week in which the NAT gateways or interface endpoints of private tasks exist.
func (r Region) EgressWeek() schedule.Week {
	if !r.CreatesEgress() {
		return schedule.Week{}
	}
	return r.presentWeek()
}

// presentWeek returns the hours of the week in which what is destroyed in destroy mode exists.
func (r Region) presentWeek() schedule.Week {
	return r.Rules().LoadBalancer.week(func() schedule.Week { return r.Schedule.LoadBalancerWeek() })
}

// ScheduledActions returns the actions by which AWS scales the region's tasks without an apply. In destroy
// mode no action scales up, because tasks must not start before the load balancer exists. If the pipeline
// fails, the region starts late, but tasks never run without a way to reach them.
func (r Region) ScheduledActions() []schedule.Action {
	if !r.Weekend.Enabled {
		return nil
	}
	wakes := r.Weekend.Active && !r.Weekend.DestroyALBs
	return slices.DeleteFunc(r.Schedule.Actions(), func(action schedule.Action) bool { return action.Up && !wakes })
}

// WeekDescription describes the region's week, such as "Sat, Sun 06:00 to 22:00 UTC, load balancer destroyed
// while asleep".
func (r Region) WeekDescription() string {
	if !r.Weekend.Enabled {
		return "always on"
	}
	destroyed := strings.Join(r.destroyedAsleep(), " and ")
	text, suffix := "inactive, always asleep", ", no "+destroyed
	if r.Weekend.Active {
		suffix = ", " + destroyed + " destroyed while asleep"
		var days []string
		for _, day := range r.Weekend.Days {
			days = append(days, strings.ToUpper(day[:1])+day[1:])
		}
		if len(days) == 0 {
			days = []string{"single dates"}
		}
		text = fmt.Sprintf("%s %02d:00 to %02d:00 %s", strings.Join(days, ", "), r.Weekend.StartHour, r.Weekend.EndHour, r.Weekend.Timezone)
	}
	if destroyed != "" {
		text += suffix
	}
	return text
}

// destroyedAsleep names what is destroyed while the region is asleep.
func (r Region) destroyedAsleep() (names []string) {
	if r.presentWeek() == schedule.WholeWeek() {
		return nil
	}
	if r.LoadBalancer.Enabled {
		names = append(names, "load balancer")
	}
	switch zones := r.NATZones(); {
	case len(zones) == 1:
		names = append(names, "NAT gateway")
	case len(zones) > 1:
		names = append(names, "NAT gateways")
	case len(r.InterfaceEndpoints()) > 0:
		names = append(names, "interface endpoints")
	}
	return names
}
