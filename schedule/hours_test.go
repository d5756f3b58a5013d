package schedule

import (
	"fmt"
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	tests := map[string]struct {
		window             Window
		tasks, balancer    int
		tasksMonth, months string
	}{
		"the default window":           {defaultWindow, 32, 41, "139.05", "178.15"},
		"no lead":                      {Window{Days: weekend, StartHour: 6, EndHour: 22}, 32, 40, "139.05", "173.81"},
		"all week":                     {Window{Days: everyDay, StartHour: 0, EndHour: 24, LeadMinutes: 15}, 168, 168, "730.00", "730.00"},
		"every day, nights off":        {Window{Days: everyDay, StartHour: 8, EndHour: 18, LeadMinutes: 15}, 70, 168, "304.17", "730.00"},
		"across midnight":              {Window{Days: []time.Weekday{time.Saturday}, StartHour: 20, EndHour: 2, LeadMinutes: 61}, 6, 8, "26.07", "34.76"},
		"two spans, two leads":         {Window{Days: []time.Weekday{time.Tuesday, time.Thursday}, StartHour: 9, EndHour: 12, LeadMinutes: 60}, 6, 8, "26.07", "34.76"},
		"Sunday and Monday neighbours": {Window{Days: []time.Weekday{time.Monday, time.Sunday}, StartHour: 9, EndHour: 12}, 6, 27, "26.07", "117.32"},
		"single dates do not count":    {Window{Extra: []Date{{2026, time.May, 1}}, StartHour: 9, EndHour: 12}, 0, 0, "0.00", "0.00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.window.Timezone = "UTC"
			s := newSchedule(t, test.window)
			tasks, balancer := s.Week().Hours(), s.LoadBalancerWeek().Hours()
			got := fmt.Sprintf("%d %d %s %s", tasks, balancer, PerMonth(tasks).FloatString(2), PerMonth(balancer).FloatString(2))
			want := fmt.Sprintf("%d %d %s %s", test.tasks, test.balancer, test.tasksMonth, test.months)
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestWeekMatchesAwake compares every five minutes of a week without exceptions.
func TestWeekMatchesAwake(t *testing.T) {
	for name, window := range allWindows(t) {
		window.Skip, window.Timezone = nil, "UTC"
		s := newSchedule(t, window)
		var awake, present Week
		monday := at(t, "2030-06-03T00:00:00Z")
		for step := range 7 * 24 * 12 {
			now, hour := monday.Add(time.Duration(step)*5*time.Minute), step/12
			awake[hour] = awake[hour] || s.Awake(now)
			// AWS bills a partial hour as an hour.
			present[hour] = present[hour] || s.LoadBalancerPresent(now)
		}
		for hour := range awake {
			if awake[hour] != s.Week()[hour] || present[hour] != s.LoadBalancerWeek()[hour] {
				t.Errorf("%s: in hour %d of the week tasks are awake %v, want %v, and the load balancer exists %v, want %v",
					name, hour, awake[hour], s.Week()[hour], present[hour], s.LoadBalancerWeek()[hour])
			}
		}
	}
}

func TestSpans(t *testing.T) {
	s := newSchedule(t, Window{Days: []time.Weekday{time.Monday, time.Sunday}, StartHour: 22, EndHour: 2, Timezone: "UTC", LeadMinutes: 30})
	if got := fmt.Sprint(s.Week().Spans()); got != "[[0 2] [22 26] [166 168]]" {
		t.Errorf("tasks run at %s", got)
	}
	if got := fmt.Sprint(s.LoadBalancerWeek().Spans()); got != "[[0 26] [165 168]]" {
		t.Errorf("the load balancer exists at %s", got)
	}
	if got := fmt.Sprint(WholeWeek().Spans(), Week{}.Spans()); got != "[[0 168]] []" {
		t.Errorf("the whole and the empty week are %s", got)
	}
}
