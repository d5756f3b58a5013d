package alarms

import (
	"slices"
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchmetricalarm"

	"github.com/cdtait/mcpfleet/internal/pointer"
	"github.com/cdtait/mcpfleet/schedule"
)

// query is a metric or an expression of an alarm. Exactly one of an alarm's queries is its result.
type query = cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery

// setQueries sets the queries of an alarm, with those of the schedule if one of them needs it.
func (cfg Config) setQueries(alarm cloudwatchmetricalarm.CloudwatchMetricAlarm, queries ...*query) {
	var all []*query
	if slices.ContainsFunc(queries, needsSchedule) {
		for _, each := range cfg.Schedule {
			all = append(all, expression(each.ID, each.Text))
		}
		all = append(all, expression(schedule.Open, cfg.Open))
	}
	alarm.PutMetricQuery(append(all, queries...))
}

func needsSchedule(each *query) bool {
	return each.Expression != nil && strings.Contains(*each.Expression, schedule.Open+" == 1")
}

func metric(id, namespace, name, statistic string, period int, dimensions map[string]string) *query {
	return &query{Id: &id, Metric: &cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQueryMetric{
		Namespace: &namespace, MetricName: &name, Stat: &statistic, Period: new(float64(period)), Dimensions: pointer.Map(dimensions),
	}}
}

func expression(id, text string) *query {
	return &query{Id: &id, Expression: &text}
}

func result(id, text, label string) *query {
	return &query{Id: &id, Expression: &text, Label: &label, ReturnData: true}
}
