package schedule

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/crontest"
)

// step divides every offset and every edge.
const step = 15 * time.Minute

// followActions simulates the actions of a schedule over a span and compares the result with Awake.
func followActions(t *testing.T, s *Schedule, over span) {
	t.Helper()
	type action struct {
		Action
		crontest.Expression
	}
	var actions []action
	names := map[string]bool{}
	for _, a := range s.Actions() {
		c, err := crontest.Parse(a.Expression)
		if err != nil {
			t.Fatal(err)
		}
		if names[a.Name] {
			t.Fatalf("two actions are named %s", a.Name)
		}
		names[a.Name] = true
		actions = append(actions, action{a, c})
	}
	awake := map[string]bool{}
	for policy := range crontest.Policies {
		awake[policy] = s.Awake(over.from)
	}
	latest := crontest.Reading(over.from, s.zone)
	for now := over.from.Add(step); now.Before(over.to); now = now.Add(step) {
		reading, want := crontest.Reading(now, s.zone), s.Awake(now)
		for policy, readings := range crontest.Policies {
			for _, r := range readings(latest, reading, step) {
				var run []Action
				for _, a := range actions {
					if a.Matches(r) {
						run = append(run, a.Action)
						awake[policy] = a.Up
					}
				}
				if slices.ContainsFunc(run, func(a Action) bool { return a.Up != awake[policy] }) {
					t.Fatalf("if AWS %s: actions in both directions run at %s: %v", policy, r, run)
				}
			}
			if awake[policy] != want {
				t.Fatalf("if AWS %s: the actions leave awake %t at %s, %s", policy, awake[policy], now.Format(time.RFC3339), now.In(s.zone))
			}
		}
		if reading.After(latest) {
			latest = reading
		}
	}
}

func TestActionsMatchAwake(t *testing.T) {
	windows := randomWindows(10)
	maps.Copy(windows, allWindows(t))
	for name, window := range windows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			for _, each := range criticalSpans(s) {
				followActions(t, s, each)
			}
		})
	}
}

// randomWindows returns random windows from a fixed seed.
func randomWindows(count int) map[string]Window {
	random := rand.New(rand.NewPCG(4, 0))
	zones := []string{"UTC", "Europe/London", "America/New_York", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe",
		"Australia/Sydney", "Pacific/Chatham", "America/Santiago", "Africa/Cairo", "America/Havana", "Asia/Beirut"}
	windows := map[string]Window{}
	for range count {
		window := Window{StartHour: random.IntN(24), EndHour: random.IntN(25), Timezone: zones[random.IntN(len(zones))]}
		for _, day := range everyDay {
			if random.IntN(2) == 0 {
				window.Days = append(window.Days, day)
			}
		}
		first := Date{2026, time.January, 1}
		for range random.IntN(4) {
			window.Skip = append(window.Skip, first.plus(random.IntN(365)))
			window.Extra = append(window.Extra, first.plus(random.IntN(365)))
		}
		if _, err := New(window); err != nil {
			continue // an empty window, or a date that is both skipped and extra
		}
		windows[fmt.Sprint(window)] = window
	}
	return windows
}
