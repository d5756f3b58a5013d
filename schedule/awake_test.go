package schedule

import (
	"testing"
	"time"
)

// state is a state from an instant on, until the next in a list.
type state struct {
	from string
	on   bool
}

// checkStates verifies a list of states: each begins at its instant, and a second earlier the previous one
// still applies.
func checkStates(t *testing.T, decide func(time.Time) bool, states []state) {
	t.Helper()
	for i, a := range states {
		instant := at(t, a.from)
		if decide(instant) != a.on {
			t.Errorf("%s: want %t", a.from, a.on)
		}
		if i > 0 && decide(instant.Add(-time.Second)) == a.on {
			t.Errorf("a second before %s: want %t", a.from, !a.on)
		}
	}
}

func TestAwake(t *testing.T) {
	tests := map[string]struct {
		window Window
		states []state
	}{
		"the weekend, 6 to 22": {defaultWindow, []state{
			{"2026-01-02T12:00:00Z", false}, // a Friday
			{"2026-01-03T06:00:00Z", true},
			{"2026-01-03T22:00:00Z", false},
			{"2026-01-04T06:00:00Z", true},
			{"2026-01-04T22:00:00Z", false},
			{"2026-01-10T06:00:00Z", true},
		}},
		"a window across midnight belongs to the day it opens": {
			Window{Days: []time.Weekday{time.Saturday}, StartHour: 20, EndHour: 2, Timezone: "UTC"}, []state{
				{"2026-01-02T21:00:00Z", false},
				{"2026-01-03T20:00:00Z", true},
				{"2026-01-04T02:00:00Z", false},
				{"2026-01-10T20:00:00Z", true},
			}},
		"two whole days are one span": {
			Window{Days: weekend, StartHour: 0, EndHour: 24, Timezone: "UTC"}, []state{
				{"2026-01-02T00:00:00Z", false},
				{"2026-01-03T00:00:00Z", true},
				{"2026-01-05T00:00:00Z", false},
			}},
		"a skipped date": {
			Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "UTC", Skip: dates(t, "2026-12-26")}, []state{
				{"2026-12-20T22:00:00Z", false},
				{"2026-12-27T06:00:00Z", true},
			}},
		"an extra date across midnight": {
			Window{Days: weekend, StartHour: 18, EndHour: 1, Timezone: "UTC", Extra: dates(t, "2026-12-31")}, []state{
				{"2026-12-28T01:00:00Z", false},
				{"2026-12-31T18:00:00Z", true},
				{"2027-01-01T01:00:00Z", false},
				{"2027-01-02T18:00:00Z", true},
			}},
		"London: the UTC time of an edge changes with summer time": {
			Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "Europe/London"}, []state{
				{"2026-03-28T06:00:00Z", true},
				{"2026-03-28T22:00:00Z", false},
				{"2026-03-29T05:00:00Z", true},
				{"2026-03-29T21:00:00Z", false},
			}},
		"New York: an end in the skipped hour is at the change": {
			Window{Days: []time.Weekday{time.Saturday}, StartHour: 20, EndHour: 2, Timezone: "America/New_York"}, []state{
				{"2026-03-08T01:00:00Z", true},
				{"2026-03-08T07:00:00Z", false}, // 02:00 EST, which is 03:00 EDT
				{"2026-03-15T00:00:00Z", true},
				{"2026-03-15T06:00:00Z", false},
			}},
		"New York: an end in the repeated hour is at its first occurrence": {
			Window{Days: []time.Weekday{time.Saturday}, StartHour: 20, EndHour: 1, Timezone: "America/New_York"}, []state{
				{"2026-11-01T00:00:00Z", true},
				{"2026-11-01T05:00:00Z", false}, // 01:00 EDT; 01:00 EST is an hour later
				{"2026-11-08T01:00:00Z", true},
			}},
		"Sydney: summer time ends in autumn, which is April": {
			Window{Days: []time.Weekday{time.Sunday}, StartHour: 1, EndHour: 4, Timezone: "Australia/Sydney"}, []state{
				{"2026-04-03T00:00:00Z", false},
				{"2026-04-04T14:00:00Z", true},
				{"2026-04-04T18:00:00Z", false}, // four hours later
				{"2026-04-11T15:00:00Z", true},
			}},
		"Lord Howe: half an hour is skipped": {
			Window{Days: []time.Weekday{time.Sunday}, StartHour: 2, EndHour: 3, Timezone: "Australia/Lord_Howe"}, []state{
				{"2026-10-03T00:00:00Z", false},
				{"2026-10-03T15:30:00Z", true},
				{"2026-10-03T16:00:00Z", false},
			}},
		"Chatham: an edge in the repeated hour happens once": {
			Window{Days: []time.Weekday{time.Sunday}, StartHour: 3, EndHour: 5, Timezone: "Pacific/Chatham"}, []state{
				{"2026-04-04T00:00:00Z", false},
				{"2026-04-04T13:15:00Z", true},
				{"2026-04-04T16:15:00Z", false},
			}},
		"Casablanca: a window in the skipped hour does not open": {
			Window{Days: []time.Weekday{time.Sunday}, StartHour: 2, EndHour: 3, Timezone: "Africa/Casablanca"}, []state{
				{"2026-03-15T03:00:00Z", false},
				{"2026-03-29T01:00:00Z", true}, // not on 22 March
			}},
		"Kolkata": {
			Window{Days: []time.Weekday{time.Monday}, StartHour: 9, EndHour: 17, Timezone: "Asia/Kolkata"}, []state{
				{"2026-01-05T03:30:00Z", true},
				{"2026-01-05T11:30:00Z", false},
			}},
		"Kathmandu": {
			Window{Days: []time.Weekday{time.Monday}, StartHour: 0, EndHour: 24, Timezone: "Asia/Kathmandu"}, []state{
				{"2026-01-04T18:15:00Z", true},
				{"2026-01-05T18:15:00Z", false},
			}},
		"St John's": {
			Window{Days: []time.Weekday{time.Monday}, StartHour: 9, EndHour: 17, Timezone: "America/St_Johns"}, []state{
				{"2026-01-05T12:30:00Z", true},
				{"2026-01-05T20:30:00Z", false},
				{"2026-01-12T12:30:00Z", true},
			}},
		"St John's in summer": {
			Window{Days: []time.Weekday{time.Monday}, StartHour: 9, EndHour: 17, Timezone: "America/St_Johns"}, []state{
				{"2026-07-06T11:30:00Z", true},
				{"2026-07-06T19:30:00Z", false},
			}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSchedule(t, test.window)
			checkStates(t, s.Awake, test.states)
			for i, next := range test.states[1:] {
				change, changes := s.NextChange(at(t, test.states[i].from))
				if !changes || change.On != next.on || !change.At.Equal(at(t, next.from)) {
					t.Errorf("next change after %s: got %v, %t; want %v", test.states[i].from, change, changes, next)
				}
			}
		})
	}
}

func TestNextChangeUsesTheWindowsZone(t *testing.T) {
	window := defaultWindow
	window.Timezone = "Asia/Kolkata"
	change, _ := newSchedule(t, window).NextChange(at(t, "2026-01-01T00:00:00Z"))
	if got := change.At.Format(time.RFC3339); got != "2026-01-03T06:00:00+05:30" {
		t.Errorf("got %s", got)
	}
}

func TestNextChangeIfThereIsNone(t *testing.T) {
	for name, window := range map[string]Window{
		"open all week":          {Days: everyDay, StartHour: 0, EndHour: 24, Timezone: "Europe/London"},
		"open on past dates":     {Extra: dates(t, "2026-01-01"), StartHour: 6, EndHour: 22, Timezone: "UTC"},
		"all week, dates passed": {Days: everyDay, StartHour: 0, EndHour: 24, Timezone: "UTC", Skip: dates(t, "2026-01-01")},
	} {
		t.Run(name, func(t *testing.T) {
			if change, changes := newSchedule(t, window).NextChange(at(t, "2026-02-01T00:00:00Z")); changes {
				t.Errorf("changes at %s", change.At)
			}
		})
	}
}

func TestNextChangeYearsAway(t *testing.T) {
	window := Window{Days: everyDay, StartHour: 0, EndHour: 24, Timezone: "UTC", Skip: dates(t, "2030-05-01")}
	change, _ := newSchedule(t, window).NextChange(at(t, "2026-02-01T00:00:00Z"))
	if change.On || !change.At.Equal(at(t, "2030-05-01T00:00:00Z")) {
		t.Errorf("got %v", change)
	}
}

func TestNextChangeMissesNoChange(t *testing.T) {
	for name, window := range allWindows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			for _, each := range criticalSpans(s) {
				walkChanges(t, s, each)
			}
		})
	}
}

// walkChanges follows the changes over a span and checks every hour between them.
func walkChanges(t *testing.T, s *Schedule, over span) {
	t.Helper()
	for decision, walk := range map[string]struct {
		next   func(time.Time) (Change, bool)
		decide func(time.Time) bool
	}{
		"awake":         {s.NextChange, s.Awake},
		"load balancer": {s.NextLoadBalancerChange, s.LoadBalancerPresent},
	} {
		for now := over.from; now.Before(over.to); {
			change, changes := walk.next(now)
			until := change.At
			if !changes || until.After(over.to) {
				until = over.to
			}
			for hour := now; hour.Before(until); hour = hour.Add(time.Hour) {
				if walk.decide(hour) != walk.decide(now) {
					t.Fatalf("%s: after %s the next change should be at %s, but it happened by %s", decision, now, until, hour)
				}
			}
			if until.Equal(change.At) && (walk.decide(until) != change.On || walk.decide(until.Add(-1)) == change.On) {
				t.Fatalf("%s: after %s nothing changes at %s", decision, now, until)
			}
			now = until
		}
	}
}
