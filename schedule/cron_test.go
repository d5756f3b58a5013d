package schedule

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// cron is a parsed AWS cron expression. The parser shares no code with the formatter.
type cron struct {
	minutes, hours, days, months, weekdays, years map[int]bool // nil: any
}

func parseCron(expression string) (c cron, err error) {
	inner, closed := strings.CutSuffix(strings.TrimPrefix(expression, "cron("), ")")
	fields := strings.Split(inner, " ")
	if !closed || len(fields) != 6 || (fields[2] == "?") == (fields[4] == "?") {
		return c, fmt.Errorf("%s is not an AWS cron expression", expression)
	}
	months, weekdays := map[string]int{}, map[string]int{}
	for i := range 12 {
		months[strings.ToUpper(time.Month(i + 1).String()[:3])] = i + 1
	}
	for i := range 7 {
		weekdays[strings.ToUpper(time.Weekday(i).String()[:3])] = i
	}
	for i, field := range []struct {
		values   *map[int]bool
		names    map[string]int
		from, to int
		optional bool
	}{
		{&c.minutes, nil, 0, 59, false}, {&c.hours, nil, 0, 23, false}, {&c.days, nil, 1, 31, true},
		{&c.months, months, 1, 12, false}, {&c.weekdays, weekdays, 0, 6, true}, {&c.years, nil, 1970, 2199, false},
	} {
		if fields[i] == "*" || (field.optional && fields[i] == "?") {
			continue
		}
		*field.values = map[int]bool{}
		for part := range strings.SplitSeq(fields[i], ",") {
			first, last, isRange := strings.Cut(part, "-")
			if !isRange {
				last = first
			}
			from, err := value(first, field.names)
			to, err2 := value(last, field.names)
			if err != nil || err2 != nil || from < field.from || to > field.to || from > to {
				return c, fmt.Errorf("%s: %q is invalid", expression, part)
			}
			for v := from; v <= to; v++ {
				(*field.values)[v] = true
			}
		}
	}
	return c, nil
}

func value(text string, names map[string]int) (int, error) {
	if names == nil {
		return strconv.Atoi(text)
	}
	v, known := names[text]
	if !known {
		return 0, fmt.Errorf("%q is not a name", text)
	}
	return v, nil
}

// matches reports whether the expression runs at a local time.
func (c cron) matches(reading time.Time) bool {
	year, month, day := reading.Date()
	for _, each := range []struct {
		values map[int]bool
		value  int
	}{
		{c.minutes, reading.Minute()}, {c.hours, reading.Hour()}, {c.days, day},
		{c.months, int(month)}, {c.weekdays, int(reading.Weekday())}, {c.years, year},
	} {
		if each.values != nil && !each.values[each.value] {
			return false
		}
	}
	return true
}

// policies are the possible behaviors of AWS in hours that a clock change skips or repeats. Each returns the
// local times for which actions run, given the latest and the current local time.
var policies = map[string]func(latest, now time.Time) []time.Time{
	"omits skipped times, runs twice in repeated hours": func(_, now time.Time) []time.Time {
		return []time.Time{now}
	},
	"omits skipped times, runs once in repeated hours": func(latest, now time.Time) []time.Time {
		if now.After(latest) {
			return []time.Time{now}
		}
		return nil
	},
	"catches up on skipped times, runs once in repeated hours": func(latest, now time.Time) (readings []time.Time) {
		for r := latest.Add(step); !r.After(now); r = r.Add(step) {
			readings = append(readings, r)
		}
		return readings
	},
}

// step divides every offset and every edge.
const step = 15 * time.Minute

// followActions simulates the actions of a schedule over a span and compares the result with Awake.
func followActions(t *testing.T, s *Schedule, over span) {
	t.Helper()
	type action struct {
		Action
		cron
	}
	var actions []action
	names := map[string]bool{}
	for _, a := range s.Actions() {
		c, err := parseCron(a.Expression)
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
	for policy := range policies {
		awake[policy] = s.Awake(over.from)
	}
	latest := localTime(over.from, s)
	for now := over.from.Add(step); now.Before(over.to); now = now.Add(step) {
		reading, want := localTime(now, s), s.Awake(now)
		for policy, readings := range policies {
			for _, r := range readings(latest, reading) {
				var run []Action
				for _, a := range actions {
					if a.matches(r) {
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

// localTime returns the local time in a schedule's zone according to the standard library.
func localTime(t time.Time, s *Schedule) time.Time {
	local := t.In(s.zone)
	return time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)
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
