package ops

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

const alarmed = "  alarms: {email: oncall@example.com}"

// described is the DescribeAlarms response with an alarm for each state by name.
func described(t *testing.T, states map[string]string) response {
	t.Helper()
	var alarms []object
	for name, state := range states {
		alarms = append(alarms, object{"AlarmName": prefix + "-alarm-" + name, "StateValue": state, "StateReason": "Threshold\nCrossed", "StateUpdatedTimestamp": saturday.Add(-2 * time.Hour)})
	}
	return body(mustJSON(t, object{"MetricAlarms": alarms}))
}

var allOK = map[string]string{"tasks": "OK", "unhealthy-targets": "OK", "target-errors": "OK", "load-balancer-errors": "OK", "response-time": "OK"}

func TestAlarmStates(t *testing.T) {
	for name, each := range map[string]struct {
		settings string
		states   map[string]string
		want     []Code
		text     string
		fix      Fix
	}{
		"all OK":                {alarmed, allOK, nil, "", Fix{}},
		"no data yet":           {alarmed, with(allOK, "response-time", "INSUFFICIENT_DATA"), nil, "", Fix{}},
		"too few tasks":         {alarmed, with(allOK, "tasks", "ALARM"), []Code{AlarmFiring}, "tasks has been firing for 2 h: Threshold Crossed", Fix{Verb: VerbDoctor}},
		"errors":                {alarmed, with(allOK, "target-errors", "ALARM"), []Code{AlarmFiring}, "target-errors has been firing", Fix{Verb: VerbLogs, Arguments: anHour}},
		"one missing":           {alarmed, with(allOK, "tasks", ""), []Code{AlarmMissing}, "the alarm tasks does not exist", Fix{Verb: VerbDeploy, Arguments: []string{"dev-eu-west-1"}}},
		"another one":           {alarmed, with(allOK, "of-someone", "ALARM"), nil, "", Fix{}},
		"destroyed, maybe":      {alarmed + "\n" + destroyMode, map[string]string{"tasks": "OK"}, nil, "", Fix{}},
		"no load balancer":      {alarmed + "\n  load_balancer: {enabled: false}", map[string]string{"tasks": "OK"}, nil, "", Fix{}},
		"not in the fleet file": {"", with(allOK, "tasks", "ALARM"), nil, "", Fix{}},
	} {
		t.Run(name, func(t *testing.T) {
			report := newFakeAWS(t, map[string]response{"DescribeAlarms": described(t, each.states)}).region(each.settings, saturday).AlarmStates(t.Context())
			wantProblems(t, report.Problems, each.text, each.want...)
			if len(report.Problems) == 0 {
				return
			}
			if fix := report.Problems[0].Fix; fix.Verb != each.fix.Verb || !slices.Equal(fix.Arguments, each.fix.Arguments) || !strings.Contains(fix.Advice, each.fix.Advice) {
				t.Errorf("the fix is %+v", fix)
			}
		})
	}
}

// with returns the states with another state for one alarm, or without it.
func with(states map[string]string, alarm, state string) map[string]string {
	changed := map[string]string{}
	for name, each := range states {
		changed[name] = each
	}
	if changed[alarm] = state; state == "" {
		delete(changed, alarm)
	}
	return changed
}

func TestAlarmsThatCannotBeReadAreAProblem(t *testing.T) {
	denied := map[string]response{"DescribeAlarms": refuse(400, "AccessDenied", "no")}
	report := newFakeAWS(t, denied).region(alarmed, saturday).AlarmStates(t.Context())
	wantProblems(t, report.Problems, "not allowed", NotAllowed)
}

// TestDoctorReportsFiringAlarms holds that doctor does not advise to run doctor.
func TestDoctorReportsFiringAlarms(t *testing.T) {
	aws := map[string]response{"DescribeAlarms": described(t, with(with(allOK, "tasks", "ALARM"), "target-errors", "ALARM"))}
	problems := found(t, newFakeAWS(t, aws).region(alarmed, saturday).Doctor(t.Context()), "alarms")
	wantProblems(t, problems, "tasks has been firing", AlarmFiring, AlarmFiring)
	for _, problem := range problems {
		if problem.Fix.Verb == VerbDoctor {
			t.Errorf("got %+v", problem)
		}
	}
}

// TestAlarmsOfTheFleetFile compares the names that the stack gives alarms with those that are looked for. A test of the
// stacks holds that these are all.
func TestAlarmsOfTheFleetFile(t *testing.T) {
	always, balancer := fleet(t, alarmed).AlarmIDs()
	if !slices.Equal(always, []config.AlarmID{config.AlarmTasks}) || len(balancer) != 4 {
		t.Errorf("got %v and %v", always, balancer)
	}
}
