//go:build sweep

package schedule

import (
	"maps"
	"testing"
	"time"
)

// These tests are exhaustive, whereas those in the other files check selected instants. They take minutes and
// run with make sweep.

func twoYears(t *testing.T) span {
	t.Helper()
	return span{at(t, "2026-01-01T00:00:00Z"), at(t, "2028-01-01T00:00:00Z")}
}

func TestActionsMatchAwakeForTwoYears(t *testing.T) {
	windows := randomWindows(30)
	maps.Copy(windows, allWindows(t))
	for name, window := range windows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			followActions(t, newSchedule(t, window), twoYears(t))
		})
	}
}

func TestActionsMatchAwakeAroundEveryClockChange(t *testing.T) {
	for name, window := range allWindows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			for _, change := range s.changes {
				followActions(t, s, span{change.at.Add(-48 * time.Hour), change.at.Add(48 * time.Hour)})
			}
		})
	}
}

func TestNextChangeMissesNoChangeInTwoYears(t *testing.T) {
	for name, window := range allWindows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walkChanges(t, newSchedule(t, window), twoYears(t))
		})
	}
}

func TestLoadBalancerExistsWhileTasksRunForTwoYears(t *testing.T) {
	for name, window := range allWindows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findUnreachableTasks(t, newSchedule(t, window), twoYears(t))
		})
	}
}

// instants returns the instants of a span at an interval.
func instants(over span, interval time.Duration) (instants []time.Time) {
	for now := over.from; now.Before(over.to); now = now.Add(interval) {
		instants = append(instants, now)
	}
	return instants
}

func TestTerraformAgreesAtEveryHourOfTwoYears(t *testing.T) {
	years := instants(twoYears(t), time.Hour)
	winter := instants(span{at(t, "2026-12-10T00:00:00Z"), at(t, "2027-01-20T00:00:00Z")}, time.Hour)
	evaluations := map[string]evaluation{}
	for name, window := range commonWindows(t) {
		evaluations[name] = evaluation{schedule: newSchedule(t, window), decisions: []string{LocalOpen}, instants: years}
	}
	for name, window := range allWindows(t) {
		evaluations[name+" in winter"] = evaluation{schedule: newSchedule(t, window), decisions: allDecisions, instants: winter}
	}
	compareWithTerraform(t, evaluations)
}

func TestTerraformAgreesAtEveryMinuteAroundEveryClockChange(t *testing.T) {
	evaluations := map[string]evaluation{}
	for name, window := range allWindows(t) {
		s := newSchedule(t, window)
		for _, change := range s.changes {
			around := instants(span{change.at.Add(-20 * time.Minute), change.at.Add(65 * time.Minute)}, time.Minute)
			evaluations[name+change.at.Format(", 2006-01-02")] = evaluation{schedule: s, decisions: allDecisions, instants: around}
		}
	}
	compareWithTerraform(t, evaluations)
}
