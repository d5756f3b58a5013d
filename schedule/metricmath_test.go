package schedule

import (
	"slices"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/metrictest"
)

// evaluator returns a function that evaluates the expressions of MetricMath at a time.
func evaluator(t *testing.T, expressions []Expression) func(time.Time) bool {
	t.Helper()
	parsed := make([]metrictest.Expression, len(expressions))
	for i, each := range expressions {
		var err error
		if parsed[i], err = metrictest.Parse(each.Text); err != nil {
			t.Fatal(err)
		}
		if len(each.Text) > 1024 {
			t.Errorf("%s has %d characters", each.ID, len(each.Text))
		}
	}
	if len(expressions) > MaxMetricMath {
		t.Errorf("%d expressions", len(expressions))
	}
	return func(at time.Time) bool {
		values := map[string]metrictest.Value{}
		for i, each := range expressions {
			value, err := parsed[i].At(at, values)
			if err != nil || value == nil {
				t.Fatalf("%s: %v, %v", each.ID, value, err)
			}
			values[each.ID] = value
		}
		return *values[Open] != 0
	}
}

// TestMetricMathAgreesWithAwake compares the two at every critical minute of all windows.
func TestMetricMathAgreesWithAwake(t *testing.T) {
	for name, window := range allWindows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			open := evaluator(t, s.MetricMath(0))
			for _, at := range criticalMinutes(s) {
				if open(at) != s.Awake(at) {
					t.Errorf("%s: metric math says %t", at.In(s.zone), open(at))
				}
			}
		})
	}
}

// TestMetricMathIsDelayed holds that the delay is as long as it says, except after a clock change that repeats the hour in
// which the window opened.
func TestMetricMathIsDelayed(t *testing.T) {
	const delay = 15 * time.Minute
	for name, window := range allWindows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			open := evaluator(t, s.MetricMath(delay))
			for _, at := range criticalMinutes(s) {
				if open(at) && !s.Awake(at) {
					t.Errorf("%s: open while asleep", at.In(s.zone))
				}
				if slices.ContainsFunc(s.changes, func(change clockChange) bool { return at.Sub(change.at).Abs() < 3*time.Hour }) {
					continue
				}
				long := true
				for ago := time.Duration(0); ago <= delay; ago += time.Minute {
					long = long && s.Awake(at.Add(-ago))
				}
				if long && s.length() < 24 && !open(at) {
					t.Errorf("%s: not open although awake for %s", at.In(s.zone), delay)
				}
			}
		})
	}
}
