package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxMetricMath is how many expressions of metric math an alarm has room for, beside one of its own:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
const MaxMetricMath = 9

// The AWS provider takes expressions of up to 1,024 characters. A term of these lists has at most 49, so that this many fit:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_metric_alarm
const maxTerms = 20

// Expression is an expression of CloudWatch metric math. Others refer to it by its ID.
type Expression struct{ ID, Text string }

// Open is the ID of the last expression of MetricMath.
const Open = "open"

// MetricMath returns expressions that calculate Awake at every time of a metric, delayed: Open is 1 from some time after
// the window opens until it closes, and otherwise 0. The delay gives tasks the time to start. It begins again in an hour
// that a clock change repeats.
//
// Metric math has no time zones, so the last clock, the local time in seconds, is calculated from the same offsets as the
// Terraform locals. It counts from a Monday.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
func (s *Schedule) MetricMath(delay time.Duration) []Expression {
	// A metric without data would leave EPOCH nothing to calculate with.
	expressions := []Expression{{"epoch", "EPOCH(TIME_SERIES(0))"}}
	before := "epoch"
	for terms := range slices.Chunk(s.offsets().metricMath(), maxTerms) {
		clock := Expression{fmt.Sprintf("clock%d", len(expressions)), before + " + " + strings.Join(terms, " + ")}
		expressions, before = append(expressions, clock), clock.ID
	}
	clock := before
	expressions = append(expressions, Expression{"week", fmt.Sprintf("%[1]s - %[2]d * FLOOR(%[1]s / %[2]d)", clock, weekSeconds)})
	before = "TIME_SERIES(0)"
	add := func(spans []string, state string) {
		for some := range slices.Chunk(spans, maxTerms) {
			id := fmt.Sprintf("open%d", len(expressions))
			expressions, before = append(expressions, Expression{id, "IF(" + strings.Join(some, " OR ") + ", " + state + ", " + before + ")"}), id
		}
	}
	add(s.weekSpans(delay), "1")
	add(s.dateSpans(clock, s.window.Skip, delay), "0")
	add(s.dateSpans(clock, s.window.Extra, delay), "1")
	if before == "TIME_SERIES(0)" {
		return []Expression{{Open, before}}
	}
	expressions[len(expressions)-1].ID = Open
	return expressions
}

const (
	hourSeconds = 3600
	weekSeconds = len(Week{}) * hourSeconds
)

// weekSpans returns a condition on week for the window of each weekday. One across the end of the week has two.
func (s *Schedule) weekSpans(delay time.Duration) (conditions []string) {
	for i := range 7 {
		day := time.Weekday((i + 1) % 7)
		if !s.weekly[day] {
			continue
		}
		from := s.startHour(day) * hourSeconds
		to := from + s.length()*hourSeconds
		conditions = append(conditions, within("week", from+int(delay.Seconds()), min(to, weekSeconds)))
		if to > weekSeconds {
			conditions = append(conditions, within("week", 0, to-weekSeconds))
		}
	}
	return conditions
}

// dateSpans returns a condition on clock for the window of each date.
func (s *Schedule) dateSpans(clock string, dates []Date, delay time.Duration) (conditions []string) {
	for _, d := range dates {
		from := int(d.at(s.window.StartHour).Sub(firstMonday).Seconds())
		conditions = append(conditions, within(clock, from+int(delay.Seconds()), from+s.length()*hourSeconds))
	}
	return conditions
}

func within(series string, from, to int) string {
	return fmt.Sprintf("(%[1]s >= %[2]d AND %[1]s < %[3]d)", series, from, to)
}

// firstMonday is the Monday before the epoch, from which clock counts.
var firstMonday = time.Date(1969, time.December, 29, 0, 0, 0, 0, time.UTC)

// metricMath returns the seconds to add to epoch: the time from the first Monday to the epoch with the first offset from
// UTC, and a term for each change of it.
func (o offsets) metricMath() (terms []string) {
	last := o[0].offset
	terms = append(terms, fmt.Sprintf("%.0f", (last+time.Unix(0, 0).Sub(firstMonday)).Seconds()))
	for _, each := range o[1:] {
		terms = append(terms, fmt.Sprintf("IF(epoch >= %d, %.0f, 0)", each.from.Unix(), (each.offset-last).Seconds()))
		last = each.offset
	}
	return terms
}
