package ops

import (
	"slices"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// TestAnApplyIsDueAtEveryEdge covers clock changes, skipped and extra dates, and several time zones, and
// checks that few applies are superfluous.
func TestAnApplyIsDueAtEveryEdge(t *testing.T) {
	region := parseRegion(t, "{enabled: true, destroy_albs: true, timezone: Europe/London, skip: [2026-12-26], extra: [2027-01-01]}")
	for name, each := range map[string]struct {
		zone *time.Location
		most int
	}{
		"UTC":                {time.UTC, 12},
		"the window's zone":  {region.Schedule.Zone(), 6},
		"a half-hour offset": {time.FixedZone("", 5*3600+1800), 12},
	} {
		t.Run(name, func(t *testing.T) {
			dues := ApplyTimes([]config.Region{region}, saturday, each.zone)
			found := edges(region.Schedule, saturday, each.zone)
			if len(found) < 4*50 {
				t.Errorf("a year has only %d edges", len(found))
			}
			for _, edge := range found {
				if !slices.ContainsFunc(dues, func(due Due) bool {
					return due.Hour == edge.Hour() && due.Minute == edge.Minute() &&
						(slices.Contains(due.Weekdays, edge.Weekday()) || due.Month == edge.Month() && due.Day == edge.Day())
				}) {
					t.Errorf("no apply is due at %s: %v", edge, dues)
				}
			}
			if len(dues) > each.most {
				t.Errorf("got %d times, want at most %d: %v", len(dues), each.most, dues)
			}
		})
	}
}

func TestDueCron(t *testing.T) {
	for want, due := range map[string]Due{
		"45 5 * * 0,6": {Hour: 5, Minute: 45, Weekdays: []time.Weekday{time.Sunday, time.Saturday}},
		"45 5 27 12 *": {Hour: 5, Minute: 45, Month: time.December, Day: 27},
	} {
		if got := due.Cron(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
