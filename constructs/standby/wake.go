package standby

import (
	"strconv"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchmetricalarm"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssmparameter"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Wake configures how a request wakes the region.
type Wake struct {
	// BudgetName is the name of the parameter that counts how long requests have kept the region awake.
	BudgetName string
	// AlarmName is the name of the alarm that goes off if nobody uses the region.
	AlarmName string
	// ActionName is the name of the scheduled action that stops the tasks at the latest.
	ActionName string
	// ScalableTargetARN is the scalable target of the tasks.
	ScalableTargetARN string
	// Tasks and MaxTasks are HCL expressions for the number of tasks to start, and for the most that autoscaling may add.
	Tasks, MaxTasks string
	// IdleMinutes is how long the region stays awake without use.
	IdleMinutes int
	// BudgetHours is how long requests may keep the region awake in a month.
	BudgetHours int
	// StartHour and EndHour are the hours of the day in which they may, in the time zone.
	StartHour, EndHour int
	Timezone           string
	// BalancerSuffix and TargetGroupSuffix name the load balancer and the target group of the tasks in CloudWatch.
	BalancerSuffix, TargetGroupSuffix string
}

// environment returns what the function needs to wake the region.
func (w *Wake) environment() map[string]string {
	return map[string]string{
		"WAKE_PARAMETER":    hcl.Attribute(wakeBudget, "name"),
		"WAKE_ACTION":       w.ActionName,
		"WAKE_TASKS":        hcl.Expression(w.Tasks),
		"WAKE_MAX_TASKS":    hcl.Expression(w.MaxTasks),
		"WAKE_BUDGET_HOURS": strconv.Itoa(w.BudgetHours),
		"WAKE_START_HOUR":   strconv.Itoa(w.StartHour),
		"WAKE_END_HOUR":     strconv.Itoa(w.EndHour),
		"WAKE_TIMEZONE":     w.Timezone,
	}
}

// newBudget creates the parameter in which the function counts. Standard parameters are free.
func newBudget(scope constructs.Construct, cfg *Wake) {
	parameter := ssmparameter.NewSsmParameter(scope, new("budget"), &ssmparameter.SsmParameterConfig{
		Name:        &cfg.BudgetName,
		Description: new("How long requests have kept the region awake this month, in seconds"),
		Type:        new("String"),
		Value:       new("{}"),
		Overwrite:   true, // one that a killed apply has left
		Tags:        pointer.NameTag(cfg.BudgetName),
		Lifecycle:   &cdktf.TerraformResourceLifecycle{IgnoreChanges: pointer.Strings("value")},
	})
	parameter.OverrideLogicalId(new("wake_budget"))
}

// Metrics of load balancers are a few minutes late, and an alarm can look back for a day.
const (
	lateMinutes = 3
	mostMinutes = 24 * 60
)

// newIdleAlarm creates the alarm that calls the function when nobody has used the region for a while. Only responses of the
// server without an error count as use: a scan of the internet gets errors. Requests to the function count too, so that the
// alarm begins anew when one wakes the region.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
func newIdleAlarm(scope constructs.Construct, cfg Config) {
	type query = cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery
	metric := func(id, name, targetGroup string) *query {
		return &query{Id: &id, Metric: &cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQueryMetric{
			Namespace: new("AWS/ApplicationELB"), MetricName: &name, Stat: new("Sum"), Period: new(60.0),
			Dimensions: pointer.Map(map[string]string{"LoadBalancer": cfg.Wake.BalancerSuffix, "TargetGroup": targetGroup}),
		}}
	}
	alarm := cloudwatchmetricalarm.NewCloudwatchMetricAlarm(scope, new("idle"), &cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		AlarmName:        &cfg.Wake.AlarmName,
		AlarmDescription: new(cfg.Region + ": nobody uses the region. Not a problem: if a request has woken it, it goes back to sleep"),
		MetricQuery: []*query{
			metric("used", "HTTPCode_Target_2XX_Count", cfg.Wake.TargetGroupSuffix),
			metric("asked", "RequestCount", hcl.Attribute(targetGroup, "arn_suffix")),
			{Id: new("requests"), Expression: new("SUM([FILL(used, 0), FILL(asked, 0), TIME_SERIES(0)])"), Label: new("Requests"), ReturnData: true},
		},
		ComparisonOperator: new("LessThanThreshold"),
		Threshold:          new(1.0),
		EvaluationPeriods:  new(float64(min(cfg.Wake.IdleMinutes+lateMinutes, mostMinutes))),
		TreatMissingData:   new("breaching"),
		AlarmActions:       pointer.Strings(hcl.Attribute(function, "arn")),
		Tags:               pointer.NameTag(cfg.Wake.AlarmName),
	})
	alarm.OverrideLogicalId(new("idle"))
	permit(scope, "alarm", "lambda.alarms.cloudwatch.amazonaws.com", hcl.Attribute(idleAlarm, "arn"))
}
