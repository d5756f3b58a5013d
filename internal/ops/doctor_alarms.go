package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (e *examination) hasAlarms() bool { return len(e.Service.Deployment.Alarms.Watched()) > 0 }

// checkAlarms checks the alarms that the next deployment depends on, and names those that failed the last one.
func checkAlarms(ctx context.Context, e *examination) (found []Problem, err error) {
	states, err := e.alarms(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range e.Service.Deployment.Alarms.Watched() {
		switch state, exists := states[name]; {
		case !exists:
			found = append(found, Problem{AlarmMissing, fmt.Sprintf("alarm %s does not exist in %s, so it cannot fail a deployment", name, e.Name),
				advice("create it, or correct service.deployment.alarms.names, then deploy")})
		// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
		// That an alarm goes off because the region sleeps is no problem.
		case state == cloudwatchtypes.StateValueAlarm && e.expected.Awake:
			found = append(found, Problem{AlarmActive, fmt.Sprintf("alarm %s is in ALARM: ECS watches no alarm during a deployment that begins now", name),
				e.fix(VerbLogs, anHour...).withAdvice("deploy once the alarm is OK, or now if the deployment is to mend its cause")})
		}
	}
	triggered, err := e.triggeredAlarms(ctx)
	if len(triggered) > 0 {
		found = append(found, Problem{AlarmTriggered, "the last deployment failed by " + strings.Join(triggered, ", "),
			e.fix(VerbLogs, anHour...).withAdvice("correct the cause, or the alarm, then deploy again")})
	}
	return found, err
}

// maxAlarms is the largest number of alarms in a request.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
const maxAlarms = 100

// alarms returns the states of the alarms that exist, by name.
func (e *examination) alarms(ctx context.Context) (map[string]cloudwatchtypes.StateValue, error) {
	states := map[string]cloudwatchtypes.StateValue{}
	for names := range slices.Chunk(e.Service.Deployment.Alarms.Watched(), maxAlarms) {
		output, err := e.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			// Without types, CloudWatch omits composite alarms.
			AlarmNames: names, AlarmTypes: cloudwatchtypes.AlarmType("").Values(), MaxRecords: new(int32(maxAlarms)),
		})
		if err != nil {
			return nil, err
		}
		for _, alarm := range output.MetricAlarms {
			states[value(alarm.AlarmName)] = alarm.StateValue
		}
		for _, alarm := range output.CompositeAlarms {
			states[value(alarm.AlarmName)] = alarm.StateValue
		}
	}
	return states, nil
}

// triggeredAlarms returns the alarms that failed the last deployment.
func (e *examination) triggeredAlarms(ctx context.Context) ([]string, error) {
	last := e.observed.deployment
	if last == nil || last.Status == ecstypes.ServiceDeploymentStatusSuccessful {
		return nil, nil
	}
	output, err := e.ecs.DescribeServiceDeployments(ctx, &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{value(last.ServiceDeploymentArn)}})
	if err != nil {
		return nil, err
	}
	var triggered []string
	for _, deployment := range output.ServiceDeployments {
		if deployment.Alarms == nil {
			continue
		}
		for _, name := range deployment.Alarms.TriggeredAlarmNames {
			triggered = append(triggered, "alarm "+name)
		}
	}
	return triggered, nil
}
