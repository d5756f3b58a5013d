package schedule

import (
	"testing"
	"time"
)

func TestLoadBalancerPresent(t *testing.T) {
	tests := map[string]struct {
		window  Window
		answers []answer
	}{
		"it comes before the window and stays through the night between": {usual, []answer{
			{"2026-01-02T12:00:00Z", false},
			{"2026-01-03T05:45:00Z", true},
			{"2026-01-04T22:00:00Z", false},
			{"2026-01-10T05:45:00Z", true},
		}},
		"it goes where the next day's window is skipped": {
			Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "UTC", LeadMinutes: 15, Skip: dates(t, "2026-12-27")}, []answer{
				{"2026-12-26T05:45:00Z", true},
				{"2026-12-26T22:00:00Z", false},
				{"2027-01-02T05:45:00Z", true},
			}},
		"it stays where an extra date follows": {
			Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "UTC", Extra: dates(t, "2026-12-25")}, []answer{
				{"2026-12-25T06:00:00Z", true},
				{"2026-12-27T22:00:00Z", false},
			}},
		"Friday and Sunday are no neighbours": {
			Window{Days: []time.Weekday{time.Friday, time.Sunday}, StartHour: 20, EndHour: 4, Timezone: "UTC"}, []answer{
				{"2026-01-02T20:00:00Z", true},
				{"2026-01-03T04:00:00Z", false},
				{"2026-01-04T20:00:00Z", true},
				{"2026-01-05T04:00:00Z", false},
			}},
		"Saturday and Sunday are, and so is the last day of a month and the first": {
			Window{Days: weekend, StartHour: 20, EndHour: 4, Timezone: "UTC"}, []answer{
				{"2026-01-31T20:00:00Z", true},
				{"2026-02-02T04:00:00Z", false},
			}},
		"the lead is real time, whatever the clocks do": {
			Window{Days: []time.Weekday{time.Sunday}, StartHour: 3, EndHour: 9, Timezone: "Europe/Berlin", LeadMinutes: 90}, []answer{
				{"2026-03-28T00:00:00Z", false},
				{"2026-03-28T23:30:00Z", true}, // 00:30, and 03:00 follows upon 02:00
				{"2026-03-29T07:00:00Z", false},
			}},
		"a lead longer than the window": {
			Window{Days: []time.Weekday{time.Sunday}, StartHour: 1, EndHour: 2, Timezone: "UTC", LeadMinutes: 720}, []answer{
				{"2026-01-02T00:00:00Z", false},
				{"2026-01-03T13:00:00Z", true},
				{"2026-01-04T02:00:00Z", false},
			}},
		"with windows every day it never goes": {
			Window{Days: everyDay, StartHour: 9, EndHour: 10, Timezone: "UTC"}, []answer{{"2026-01-02T12:00:00Z", true}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSchedule(t, test.window)
			holds(t, s.LoadBalancerPresent, test.answers)
			for i, next := range test.answers[1:] {
				change, changes := s.NextLoadBalancerChange(at(t, test.answers[i].from))
				if !changes || change.On != next.on || !change.At.Equal(at(t, next.from)) {
					t.Errorf("after %s comes %v, %t; want %v", test.answers[i].from, change, changes, next)
				}
			}
		})
	}
}

func TestALoadBalancerIsThereWheneverTasksRun(t *testing.T) {
	for name, window := range allUnderTest(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			for _, each := range tellingSpans(s) {
				findUnreachableTasks(t, s, each)
			}
		})
	}
}

// findUnreachableTasks looks for tasks that run without their load balancer.
func findUnreachableTasks(t *testing.T, s *Schedule, over span) {
	t.Helper()
	for now := over.from; now.Before(over.to); now = now.Add(step) {
		if s.Awake(now) && !s.LoadBalancerPresent(now) {
			t.Fatalf("at %s", now)
		}
	}
}
