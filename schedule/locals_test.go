package schedule

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLocalsWithoutSummerTime(t *testing.T) {
	want := []Local{
		{Name: "weekend_now", Expression: `plantimestamp()`},
		{Name: "weekend_ahead", Expression: `timeadd(local.weekend_now, "15m")`},
		{Name: "weekend_clock", Expression: `timeadd(local.weekend_now, "5h30m")`},
		{Name: "weekend_clock_ahead", Expression: `timeadd(local.weekend_ahead, "5h30m")`},
		{Name: "weekend_days", Expression: `[timeadd(local.weekend_clock, "-24h"), local.weekend_clock, timeadd(local.weekend_clock, "24h")]`},
		{Name: "weekend_starts", Expression: `[for day in local.weekend_days : formatdate("YYYY-MM-DD'T06:00:00Z'", day) if contains(["Sat", "Sun"], formatdate("EEE", day))]`},
		{Name: "weekend_open", Expression: `anytrue([for start in local.weekend_starts : timecmp(start, local.weekend_clock) <= 0 && timecmp(local.weekend_clock, timeadd(start, "16h")) < 0])`},
		{Name: "weekend_open_ahead", Expression: `anytrue([for start in local.weekend_starts : timecmp(start, local.weekend_clock_ahead) <= 0 && timecmp(local.weekend_clock, timeadd(start, "16h")) < 0])`},
		{Name: "weekend_load_balancer", Expression: `anytrue([for start in local.weekend_starts : timecmp(start, local.weekend_clock_ahead) <= 0 && timecmp(local.weekend_clock, timeadd(start, contains(local.weekend_starts, timeadd(start, "24h")) ? "24h" : "16h")) < 0])`},
		{Name: "weekend_next", Expression: `try([for start in [for day in [for n in range(366) : timeadd(local.weekend_clock, "${24 * n}h")] : formatdate("YYYY-MM-DD'T06:00:00Z'", day) if contains(["Sat", "Sun"], formatdate("EEE", day))] : start if timecmp(start, local.weekend_clock) > 0][0], null)`},
		{Name: "weekend_opening", Expression: `try(timeadd(local.weekend_next, "-5h30m"), null)`},
	}
	window := defaultWindow
	window.Timezone = "Asia/Kolkata"
	if got := newSchedule(t, window).Locals("plantimestamp()"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func local(t *testing.T, window Window, name string) Local {
	t.Helper()
	locals := newSchedule(t, window).Locals("plantimestamp()")
	i := slices.IndexFunc(locals, func(l Local) bool { return l.Name == name })
	if i < 0 {
		t.Fatalf("%s is not in %v", name, locals)
	}
	return locals[i]
}

func TestOffsetsAreListedThrough2040(t *testing.T) {
	window := defaultWindow
	window.Timezone = "Europe/London"
	table := local(t, window, "weekend_offsets").Table
	if len(table) != 31 {
		t.Errorf("got %d offsets, want the first and two per year", len(table))
	}
	keys := slices.Sorted(maps.Keys(table))
	for i, want := range map[int]string{0: "1970-01-01T00:00:00Z 0h", 1: "2026-03-29T01:00:00Z 1h", 2: "2026-10-25T01:00:00Z 0h", 30: "2040-10-28T01:00:00Z 0h"} {
		if got := keys[i] + " " + table[keys[i]]; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestOffsetsStopAtARepeatedEdge(t *testing.T) {
	window := defaultWindow
	window.Timezone, window.StartHour = "Pacific/Chatham", 3
	table := local(t, window, "weekend_offsets").Table
	for from, want := range map[string]string{
		"1970-01-01T00:00:00Z": "13h45m",
		"2026-04-04T14:00:00Z": "13h",    // from 03:45 back to the edge at 03:00
		"2026-04-04T14:15:00Z": "12h45m", // second 03:00
	} {
		if table[from] != want {
			t.Errorf("from %s on: got %q, want %q", from, table[from], want)
		}
	}
}

func TestLocalsIncludeExceptions(t *testing.T) {
	const starts = "weekend_starts"
	window := defaultWindow
	window.Skip, window.Extra = dates(t, "2027-01-02", "2026-12-26", "2026-12-26"), dates(t, "2026-12-24")
	want := `if (contains(["Sat", "Sun"], formatdate("EEE", day)) || contains(["2026-12-24"], formatdate("YYYY-MM-DD", day))) && !contains(["2026-12-26", "2027-01-02"], formatdate("YYYY-MM-DD", day))]`
	if got := local(t, window, starts).Expression; !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	window.Days, window.Skip = nil, nil
	want = `if contains(["2026-12-24"], formatdate("YYYY-MM-DD", day))]`
	if got := local(t, window, starts).Expression; !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLocalsAreInOrderOfReference(t *testing.T) {
	for name, window := range allWindows(t) {
		known := map[string]bool{}
		for _, l := range newSchedule(t, window).Locals("plantimestamp()") {
			for _, after := range strings.Split(l.Expression, "local.")[1:] {
				if word := strings.FieldsFunc(after, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })[0]; !known[word] {
					t.Errorf("%s: %s refers to %s before it is defined", name, l.Name, word)
				}
			}
			known[l.Name] = true
		}
	}
}

// TestZonesDoNotDependOnTheMachine sets the variables with which Go finds another zone database.
func TestZonesDoNotDependOnTheMachine(t *testing.T) {
	t.Setenv("ZONEINFO", t.TempDir())
	t.Setenv("TZ", "Pacific/Chatham")
	s := newSchedule(t, Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "Europe/London"})
	if !s.Awake(time.Date(2026, time.March, 29, 5, 0, 0, 0, time.UTC)) {
		t.Error("Europe/London has no daylight saving time")
	}
}
