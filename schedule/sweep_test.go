//go:build sweep

package schedule

import (
	"maps"
	"testing"
	"time"
)

// The tests of this file look everywhere, where those of the others look at what tells. They take
// minutes: make sweep.

func twoYears(t *testing.T) span {
	t.Helper()
	return span{at(t, "2026-01-01T00:00:00Z"), at(t, "2028-01-01T00:00:00Z")}
}

func TestActionsKeepAwakeForTwoYears(t *testing.T) {
	windows := windowsOfAllKinds(30)
	maps.Copy(windows, allUnderTest(t))
	for name, window := range windows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			followActions(t, newSchedule(t, window), twoYears(t))
		})
	}
}

func TestActionsKeepAwakeAroundEveryChangeOfTheClocks(t *testing.T) {
	for name, window := range allUnderTest(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			for _, change := range s.changes {
				followActions(t, s, span{change.at.Add(-48 * time.Hour), change.at.Add(48 * time.Hour)})
			}
		})
	}
}

func TestNextChangesAreAllChangesOfTwoYears(t *testing.T) {
	for name, window := range allUnderTest(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walkChanges(t, newSchedule(t, window), twoYears(t))
		})
	}
}

func TestALoadBalancerIsThereWheneverTasksRunInTwoYears(t *testing.T) {
	for name, window := range allUnderTest(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findUnreachableTasks(t, newSchedule(t, window), twoYears(t))
		})
	}
}

// instants are those of a span, one every so often.
func instants(over span, every time.Duration) (instants []time.Time) {
	for now := over.from; now.Before(over.to); now = now.Add(every) {
		instants = append(instants, now)
	}
	return instants
}

func TestTerraformAgreesAtEveryHourOfTwoYears(t *testing.T) {
	years := instants(twoYears(t), time.Hour)
	winter := instants(span{at(t, "2026-12-10T00:00:00Z"), at(t, "2027-01-20T00:00:00Z")}, time.Hour)
	questions := map[string]question{}
	for name, window := range windowsUnderTest(t) {
		questions[name] = question{newSchedule(t, window), []string{LocalOpen}, years}
	}
	for name, window := range allUnderTest(t) {
		questions[name+" in winter"] = question{newSchedule(t, window), every, winter}
	}
	ask(t, questions)
}

func TestTerraformAgreesAtEveryMinuteAroundEveryChangeOfTheClocks(t *testing.T) {
	questions := map[string]question{}
	for name, window := range allUnderTest(t) {
		s := newSchedule(t, window)
		for _, change := range s.changes {
			around := instants(span{change.at.Add(-20 * time.Minute), change.at.Add(65 * time.Minute)}, time.Minute)
			questions[name+change.at.Format(", 2006-01-02")] = question{s, every, around}
		}
	}
	ask(t, questions)
}
