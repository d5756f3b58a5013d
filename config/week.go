package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/schedule"
)

// TaskWeek is when tasks run in a week, by the clock on the wall of the window's zone. The lead, in
// which an early apply may wake them, is left out.
func (r Region) TaskWeek() schedule.Week {
	return r.Rules().Tasks.week(func() schedule.Week { return r.Schedule.Week() })
}

// LoadBalancerWeek is when the region has its load balancer.
func (r Region) LoadBalancerWeek() schedule.Week {
	if !r.LoadBalancer.Enabled {
		return schedule.Week{}
	}
	return r.Rules().LoadBalancer.week(func() schedule.Week { return r.Schedule.LoadBalancerWeek() })
}

// ScheduledActions are those by which AWS scales the region's tasks by itself. A region that destroys
// its load balancer is woken by an apply only, as tasks may come up only after it: a pipeline that
// fails then costs a late start, never a running fleet that nobody can reach.
func (r Region) ScheduledActions() []schedule.Action {
	if !r.Weekend.Enabled {
		return nil
	}
	wakes := r.Weekend.Active && !r.Weekend.DestroyALBs
	return slices.DeleteFunc(r.Schedule.Actions(), func(action schedule.Action) bool { return action.Up && !wakes })
}

// WeekInWords is the same for a reader: Sat, Sun 06:00 to 22:00 UTC, load balancer destroyed outside.
func (r Region) WeekInWords() string {
	if !r.Weekend.Enabled {
		return "always on"
	}
	text, without := "asleep, not active", ", without its load balancer"
	if r.Weekend.Active {
		without = ", load balancer destroyed outside"
		var days []string
		for _, day := range r.Weekend.Days {
			days = append(days, strings.ToUpper(day[:1])+day[1:])
		}
		if len(days) == 0 {
			days = []string{"single dates"}
		}
		text = fmt.Sprintf("%s %02d:00 to %02d:00 %s", strings.Join(days, ", "), r.Weekend.StartHour, r.Weekend.EndHour, r.Weekend.Timezone)
	}
	if r.LoadBalancer.Enabled && r.LoadBalancerWeek() != schedule.WholeWeek() {
		text += without
	}
	return text
}
