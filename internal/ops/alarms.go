package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/span"
	"github.com/cdtait/mcpfleet/internal/text"
)

// AlarmState is the state of one of the region's alarms.
type AlarmState struct {
	// Alarm is the last part of the alarm's name, such as target-errors.
	Alarm string `json:"alarm"`
	// State is OK, ALARM or INSUFFICIENT_DATA.
	State string `json:"state"`
	// Since is when the alarm got the state.
	Since time.Time `json:"since"`
	// Reason is CloudWatch's own.
	Reason string `json:"reason"`
}

// AlarmReport is what the alarms of a region say.
type AlarmReport struct {
	Region string       `json:"-"`
	Alarms []AlarmState `json:"alarms"`
	// Problems are the alarms that are firing or missing, or why they could not be read.
	Problems []Problem `json:"-"`
}

// firingFixes are how to go on when an alarm is firing, by alarm. The others are for doctor.
var firingFixes = map[config.AlarmID]Verb{config.AlarmTargetErrors: VerbLogs, config.AlarmResponseTime: VerbLogs}

// AlarmStates reads the alarms of the region.
func (r *Region) AlarmStates(ctx context.Context) AlarmReport {
	report := AlarmReport{Region: r.Name, Alarms: []AlarmState{}}
	if !r.Alarms.Enabled() {
		return report
	}
	found, err := r.ownAlarms(ctx)
	if err != nil {
		report.Problems = []Problem{ProblemOf(err)}
		return report
	}
	for _, alarm := range found {
		report.Alarms = append(report.Alarms, AlarmState{
			Alarm: r.alarmOf(alarm), State: string(alarm.StateValue), Since: value(alarm.StateUpdatedTimestamp).UTC(), Reason: oneLine(value(alarm.StateReason)),
		})
	}
	report.Problems = r.alarmProblems(report.Alarms, r.ExpectedAt(r.Now(), config.OverrideAuto))
	return report
}

// ownAlarms returns the alarms of the stack, sorted by name.
func (r *Region) ownAlarms(ctx context.Context) ([]cloudwatchtypes.MetricAlarm, error) {
	pages := cloudwatch.NewDescribeAlarmsPaginator(r.cloudwatch, &cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: new(r.Names.AlarmPrefix())})
	found, err := collect(ctx, pages, func(page *cloudwatch.DescribeAlarmsOutput) []cloudwatchtypes.MetricAlarm { return page.MetricAlarms })
	slices.SortFunc(found, func(a, b cloudwatchtypes.MetricAlarm) int {
		return strings.Compare(value(a.AlarmName), value(b.AlarmName))
	})
	return found, err
}

func (r *Region) alarmOf(alarm cloudwatchtypes.MetricAlarm) string {
	return strings.TrimPrefix(value(alarm.AlarmName), r.Names.AlarmPrefix())
}

// alarmProblems returns a problem for each alarm that is firing or missing. Whether those of the load balancer exist is
// not certain in the lead, and where someone has overridden the schedule.
func (r *Region) alarmProblems(states []AlarmState, expected config.Expected) (found []Problem) {
	always, withLoadBalancer := r.AlarmIDs()
	wanted := always
	if expected.LoadBalancer && !expected.Lead && !r.Rules().Overridable {
		wanted = slices.Concat(always, withLoadBalancer)
	}
	for _, id := range slices.Concat(always, withLoadBalancer) {
		name := strings.TrimPrefix(r.Names.Alarm(string(id)), r.Names.AlarmPrefix())
		at := slices.IndexFunc(states, func(state AlarmState) bool { return state.Alarm == name })
		switch {
		case at < 0 && slices.Contains(wanted, id):
			found = append(found, Problem{AlarmMissing, "the alarm " + name + " does not exist", r.deploy()})
		case at >= 0 && states[at].State == string(cloudwatchtypes.StateValueAlarm):
			message := fmt.Sprintf("%s has been firing for %s", name, span.Format(r.Now().Sub(states[at].Since)))
			found = append(found, Problem{AlarmFiring, text.JoinNonEmpty(": ", message, states[at].Reason), r.firingFix(id)})
		}
	}
	return found
}

func (r *Region) firingFix(id config.AlarmID) Fix {
	if firingFixes[id] == VerbLogs {
		return r.fix(VerbLogs, anHour...)
	}
	return r.fix(VerbDoctor)
}

func (e *examination) hasOwnAlarms() bool { return e.Alarms.Enabled() }

// checkOwnAlarms reports the alarms of the stack. That an alarm is firing is a reason to look at the other findings.
func checkOwnAlarms(ctx context.Context, e *examination) ([]Problem, error) {
	report := e.AlarmStates(ctx)
	for i, problem := range report.Problems {
		if problem.Fix.Verb == VerbDoctor {
			report.Problems[i].Fix = advice("see the other findings; if there are none, the cause is over, and the alarm follows within minutes")
		}
	}
	return report.Problems, nil
}
