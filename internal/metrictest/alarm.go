package metrictest

import (
	"fmt"
	"time"
)

// Metric is a metric with its statistic.
type Metric struct{ Namespace, Name, Statistic string }

// Source returns the value of a metric over a period from a start.
type Source func(metric Metric, start time.Time, period time.Duration) Value

// Alarm is an alarm of a stack. It goes off when all of its last periods breach the threshold.
type Alarm struct {
	Period  time.Duration
	Periods int

	metrics     map[string]Metric
	expressions []named
	result      string
	threshold   float64
	breaches    func(value, threshold float64) bool
	missing     string
}

type named struct {
	id string
	Expression
}

var comparisons = map[string]func(value, threshold float64) bool{
	"GreaterThanOrEqualToThreshold": func(value, threshold float64) bool { return value >= threshold },
	"GreaterThanThreshold":          func(value, threshold float64) bool { return value > threshold },
	"LessThanThreshold":             func(value, threshold float64) bool { return value < threshold },
}

// New returns the alarm of an aws_cloudwatch_metric_alarm, whose strings must not contain Terraform expressions.
func New(resource map[string]any) (*Alarm, error) {
	text := func(from map[string]any, key string) string { value, _ := from[key].(string); return value }
	number := func(from map[string]any, key string) float64 { value, _ := from[key].(float64); return value }
	alarm := &Alarm{
		Period: seconds(number(resource, "period")), Periods: int(number(resource, "evaluation_periods")), metrics: map[string]Metric{},
		threshold: number(resource, "threshold"), breaches: comparisons[text(resource, "comparison_operator")], missing: text(resource, "treat_missing_data"),
	}
	if alarm.breaches == nil {
		return nil, fmt.Errorf("unknown comparison %q", text(resource, "comparison_operator"))
	}
	queries, _ := resource["metric_query"].([]any)
	if queries == nil {
		statistic := text(resource, "statistic") + text(resource, "extended_statistic")
		alarm.metrics["metric"], alarm.result = Metric{text(resource, "namespace"), text(resource, "metric_name"), statistic}, "metric"
	}
	for _, each := range queries {
		query, id := each.(map[string]any), text(each.(map[string]any), "id")
		if query["return_data"] == true {
			alarm.result = id
		}
		if metric, isMetric := query["metric"].(map[string]any); isMetric {
			alarm.metrics[id], alarm.Period = Metric{text(metric, "namespace"), text(metric, "metric_name"), text(metric, "stat")}, seconds(number(metric, "period"))
			continue
		}
		expression, err := Parse(text(query, "expression"))
		if err != nil {
			return nil, err
		}
		alarm.expressions = append(alarm.expressions, named{id, expression})
	}
	if alarm.Period == 0 || alarm.Periods == 0 || alarm.result == "" {
		return nil, fmt.Errorf("an alarm without period or result: %v", resource)
	}
	return alarm, nil
}

func seconds(number float64) time.Duration { return time.Duration(number) * time.Second }

// Breaches reports whether the period from a start breaches the threshold.
func (a *Alarm) Breaches(start time.Time, source Source) (bool, error) {
	values := map[string]Value{}
	for id, metric := range a.metrics {
		values[id] = source(metric, start, a.Period)
	}
	for _, each := range a.expressions {
		value, err := each.At(start, values)
		if err != nil {
			return false, fmt.Errorf("%s: %w", each.id, err)
		}
		values[each.id] = value
	}
	value := values[a.result]
	if value == nil {
		return a.missing == "breaching", nil
	}
	return a.breaches(*value, a.threshold), nil
}
