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
		"the usual window":             {usual, 32, 41, "139.05", "178.15"},
		"no lead":                      {Window{Days: weekend, StartHour: 6, EndHour: 22}, 32, 40, "139.05", "173.81"},
		"all week":                     {Window{Days: everyDay, StartHour: 0, EndHour: 24, LeadMinutes: 15}, 168, 168, "730.00", "730.00"},
		"every day, nights off":        {Window{Days: everyDay, StartHour: 8, EndHour: 18, LeadMinutes: 15}, 70, 168, "304.17", "730.00"},
		"across midnight":              {Window{Days: []time.Weekday{time.Saturday}, StartHour: 20, EndHour: 2, LeadMinutes: 61}, 6, 8, "26.07", "34.76"},
		"two stretches, two leads":     {Window{Days: []time.Weekday{time.Tuesday, time.Thursday}, StartHour: 9, EndHour: 12, LeadMinutes: 60}, 6, 8, "26.07", "34.76"},
		"Sunday and Monday neighbours": {Window{Days: []time.Weekday{time.Monday, time.Sunday}, StartHour: 9, EndHour: 12}, 6, 27, "26.07", "117.32"},
		"single dates do not count":    {Window{Extra: []Date{{2026, time.May, 1}}, StartHour: 9, EndHour: 12}, 0, 0, "0.00", "0.00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.window.Timezone = "UTC"
			s := newSchedule(t, test.window)
			got := fmt.Sprintf("%d %d %.2f %.2f", s.HoursPerWeek(), s.LoadBalancerHoursPerWeek(), s.HoursPerMonth(), s.LoadBalancerHoursPerMonth())
			want := fmt.Sprintf("%d %d %s %s", test.tasks, test.balancer, test.tasksMonth, test.months)
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestHoursAreThoseOfAWeek counts the quarters of an hour of a week without exceptions.
func TestHoursAreThoseOfAWeek(t *testing.T) {
	for name, window := range allUnderTest(t) {
		window.Skip, window.Timezone = nil, "UTC"
		s := newSchedule(t, window)
		quarters := 0
		from := at(t, "2030-06-03T00:00:00Z")
		for now := from; now.Before(from.Add(7 * 24 * time.Hour)); now = now.Add(15 * time.Minute) {
			if s.Awake(now) {
				quarters++
			}
		}
		if quarters != 4*s.HoursPerWeek() {
			t.Errorf("%s: %d quarters are not %d hours", name, quarters, s.HoursPerWeek())
		}
	}
}
