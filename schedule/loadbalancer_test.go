package schedule

import (
	"testing"
	"time"
)

func TestLoadBalancerPresent(t *testing.T) {
	tests := map[string]struct {
		window Window
		states []state
	}{
		"comes up before the window and stays between windows": {defaultWindow, []state{
			{"2026-01-02T12:00:00Z", false},
			{"2026-01-03T05:45:00Z", true},
			{"2026-01-04T22:00:00Z", false},
			{"2026-01-10T05:45:00Z", true},
		}},
		"is destroyed if the next day's window is skipped": {
			Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "UTC", LeadMinutes: 15, Skip: dates(t, "2026-12-27")}, []state{
				{"2026-12-26T05:45:00Z", true},
				{"2026-12-26T22:00:00Z", false},
				{"2027-01-02T05:45:00Z", true},
			}},
		"stays if an extra date follows": {
			Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "UTC", Extra: dates(t, "2026-12-25")}, []state{
				{"2026-12-25T06:00:00Z", true},
				{"2026-12-27T22:00:00Z", false},
			}},
		"Friday and Sunday are not consecutive": {
			Window{Days: []time.Weekday{time.Friday, time.Sunday}, StartHour: 20, EndHour: 4, Timezone: "UTC"}, []state{
				{"2026-01-02T20:00:00Z", true},
				{"2026-01-03T04:00:00Z", false},
				{"2026-01-04T20:00:00Z", true},
				{"2026-01-05T04:00:00Z", false},
			}},
		"Saturday and Sunday are consecutive, also across a month boundary": {
			Window{Days: weekend, StartHour: 20, EndHour: 4, Timezone: "UTC"}, []state{
				{"2026-01-31T20:00:00Z", true},
				{"2026-02-02T04:00:00Z", false},
			}},
		"the lead is elapsed time, regardless of clock changes": {
			Window{Days: []time.Weekday{time.Sunday}, StartHour: 3, EndHour: 9, Timezone: "Europe/Berlin", LeadMinutes: 90}, []state{
				{"2026-03-28T00:00:00Z", false},
				{"2026-03-28T23:30:00Z", true}, // 00:30; the clocks skip from 02:00 to 03:00
				{"2026-03-29T07:00:00Z", false},
			}},
		"a lead longer than the window": {
			Window{Days: []time.Weekday{time.Sunday}, StartHour: 1, EndHour: 2, Timezone: "UTC", LeadMinutes: 720}, []state{
				{"2026-01-02T00:00:00Z", false},
				{"2026-01-03T13:00:00Z", true},
				{"2026-01-04T02:00:00Z", false},
			}},
		"with windows every day it always stays": {
			Window{Days: everyDay, StartHour: 9, EndHour: 10, Timezone: "UTC"}, []state{{"2026-01-02T12:00:00Z", true}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSchedule(t, test.window)
			checkStates(t, s.LoadBalancerPresent, test.states)
			for i, next := range test.states[1:] {
				change, changes := s.NextLoadBalancerChange(at(t, test.states[i].from))
				if !changes || change.On != next.on || !change.At.Equal(at(t, next.from)) {
					t.Errorf("next change after %s: got %v, %t; want %v", test.states[i].from, change, changes, next)
				}
			}
		})
	}
}

func TestLoadBalancerExistsWhileTasksRun(t *testing.T) {
	for name, window := range allWindows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			for _, each := range criticalSpans(s) {
				findUnreachableTasks(t, s, each)
			}
		})
	}
}

// findUnreachableTasks fails if tasks run without the load balancer.
func findUnreachableTasks(t *testing.T, s *Schedule, over span) {
	t.Helper()
	for now := over.from; now.Before(over.to); now = now.Add(step) {
		if s.Awake(now) && !s.LoadBalancerPresent(now) {
			t.Fatalf("tasks run without the load balancer at %s", now)
		}
	}
}
