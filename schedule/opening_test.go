package schedule

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestNextOpening(t *testing.T) {
	weekend := Window{Days: []time.Weekday{time.Saturday, time.Sunday}, StartHour: 6, EndHour: 22, Timezone: "Europe/London"}
	for name, each := range map[string]struct {
		change func(*Window)
		at     string
		want   string
	}{
		"before the weekend":         {nil, "2026-07-01T12:00:00Z", "2026-07-04T05:00:00Z"},
		"at the opening":             {nil, "2026-07-04T05:00:00Z", "2026-07-05T05:00:00Z"},
		"across a clock change":      {nil, "2026-10-24T12:00:00Z", "2026-10-25T06:00:00Z"},
		"a skipped date":             {func(w *Window) { w.Skip = []Date{{2026, time.July, 4}} }, "2026-07-01T12:00:00Z", "2026-07-05T05:00:00Z"},
		"an extra date":              {func(w *Window) { w.Extra = []Date{{2026, time.July, 2}} }, "2026-07-01T12:00:00Z", "2026-07-02T05:00:00Z"},
		"an extra date years away":   {func(w *Window) { w.Days, w.Extra = nil, []Date{{2030, time.July, 2}} }, "2026-07-01T12:00:00Z", ""},
		"an hour that is skipped":    {func(w *Window) { w.StartHour, w.EndHour = 1, 3 }, "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
		"an hour that is repeated":   {func(w *Window) { w.StartHour, w.EndHour = 1, 3 }, "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"},
		"a zone without any changes": {func(w *Window) { w.Timezone = "Asia/Kolkata" }, "2026-07-01T12:00:00Z", "2026-07-04T00:30:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			window := weekend
			if each.change != nil {
				each.change(&window)
			}
			opening, found := newSchedule(t, window).NextOpening(at(t, each.at))
			if found != (each.want != "") || found && !opening.Equal(at(t, each.want)) {
				t.Errorf("got %s, %t", opening, found)
			}
		})
	}
}

// TestTerraformAgreesOnOpenings compares the local with NextOpening at the critical minutes in which the region sleeps.
func TestTerraformAgreesOnOpenings(t *testing.T) {
	windows := allWindows(t)
	var names []string
	var source, results []string
	var evaluations []evaluation
	for _, name := range slices.Sorted(maps.Keys(windows)) {
		e := evaluation{schedule: newSchedule(t, windows[name]), ahead: openingDays * 24 * time.Hour}
		asleep := slices.DeleteFunc(criticalMinutes(e.schedule), e.schedule.LoadBalancerPresent)
		if len(asleep) == 0 {
			continue // its load balancer is always there
		}
		i := len(names)
		names = append(names, name)
		var instants []string
		for _, instant := range beforeOpenings(e.schedule, asleep) {
			e.instants = append(e.instants, instant)
			instants = append(instants, strconv.Quote(instant.UTC().Format(time.RFC3339)))
		}
		evaluations = append(evaluations, e)
		table, result := e.inlined(i, `local.weekend_opening == null ? "never" : local.weekend_opening`)
		source = append(source, fmt.Sprintf("locals {\n%s  openings_%d = join(\" \", [for instant in [%s] :\n %s])\n}\n", table, i, strings.Join(instants, ", "), result))
		results = append(results, fmt.Sprintf("local.openings_%d", i))
	}
	output := askTerraform(t, strings.Join(source, ""), `join(",", [`+strings.Join(results, ", ")+"])")
	for i, openings := range strings.Split(strings.Trim(output, `"`), ",") {
		t.Run(names[i], func(t *testing.T) {
			got := strings.Fields(openings)
			if len(got) != len(evaluations[i].instants) {
				t.Fatalf("got %d results for %d instants", len(got), len(evaluations[i].instants))
			}
			for j, instant := range evaluations[i].instants {
				want := "never"
				if opening, found := evaluations[i].schedule.NextOpening(instant); found {
					want = opening.UTC().Format(time.RFC3339)
				}
				if got[j] != want {
					t.Errorf("%s: got %s, want %s", instant.UTC().Format(time.RFC3339), got[j], want)
				}
			}
		})
	}
}

// beforeOpenings returns one of the instants before each opening, but no more than eight: Terraform looks a year ahead from
// each.
func beforeOpenings(s *Schedule, instants []time.Time) (kept []time.Time) {
	var last time.Time
	for _, instant := range instants {
		opening, _ := s.NextOpening(instant)
		if kept == nil || !opening.Equal(last) {
			kept, last = append(kept, instant), opening
		}
	}
	step := (len(kept) + 7) / 8
	for i := range kept {
		if i%step == 0 {
			kept[i/step] = kept[i]
		}
	}
	return kept[:(len(kept)+step-1)/step]
}
