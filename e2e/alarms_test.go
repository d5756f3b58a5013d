//go:build e2e

package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAlarmsComeAndGoWithTheLoadBalancer puts a region with alarms and dashboards to sleep in destroy mode, wakes it, and
// takes the alarms away.
func TestAlarmsComeAndGoWithTheLoadBalancer(t *testing.T) {
	t.Parallel()
	const alarms = "  alarms: {email: oncall@example.com}\n  dashboard: true\n"
	w := newWorkspace(t, "../examples/weekend-destroy.yaml")
	w.edit(t, "regions:\n", alarms+"regions:\n")
	s := w.initialize(t, w.sampleStacks(t)[0])
	if w.aws != nil {
		s.killApply(t, []string{"events.PutTargets"}, awake)
	}
	s.apply(t, awake)
	s.checkNoChanges(t, awake)
	shown := func(from map[string]string) map[string]string {
		of := map[string]string{}
		for address, action := range from {
			switch address {
			case "aws_cloudwatch_metric_alarm.tasks", "aws_cloudwatch_metric_alarm.target_errors[0]", "aws_cloudwatch_dashboard.region", "aws_sns_topic.alarms", "aws_budgets_budget.main", "aws_kms_key.alarms":
				of[address] = action
			}
		}
		return of
	}
	const tasks, errors, dashboard = "aws_cloudwatch_metric_alarm.tasks", "aws_cloudwatch_metric_alarm.target_errors[0]", "aws_cloudwatch_dashboard.region"
	for _, step := range []struct {
		state string
		want  map[string]string
	}{
		{asleep, map[string]string{tasks: "update", errors: "delete", dashboard: "update"}},
		{awake, map[string]string{tasks: "update", errors: "create", dashboard: "update"}},
	} {
		if difference := cmp.Diff(step.want, shown(s.apply(t, step.state))); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", step.state, difference)
		}
		s.checkNoChanges(t, step.state)
	}
	w.edit(t, alarms, "")
	planned := s.apply(t, awake)
	want := map[string]string{tasks: "delete", errors: "delete", dashboard: "delete", "aws_sns_topic.alarms": "delete", "aws_budgets_budget.main": "delete", "aws_kms_key.alarms": "delete"}
	if difference := cmp.Diff(want, shown(planned)); difference != "" {
		t.Errorf("without alarms (- want, + got)\n%s", difference)
	}
	if planned[service] != "" {
		t.Errorf("the service: %s", planned[service])
	}
	s.checkNoChanges(t, awake)
	s.destroy(t)
}
