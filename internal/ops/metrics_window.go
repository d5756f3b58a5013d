package ops

import (
	"time"

	"github.com/cdtait/mcpfleet/internal/span"
)

const day = 24 * time.Hour

// MetricsKept is how long CloudWatch keeps metrics: 15 months.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
const MetricsKept = 455 * day

// resolutions are the shortest periods that CloudWatch has metrics in, by their age. Older ones have hours.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
var resolutions = []struct{ age, period time.Duration }{
	{15 * day, time.Minute},
	{63 * day, 5 * time.Minute},
}

// periods are the periods to choose from. Each divides a day, so that points begin at round times. A day is the longest
// period of CloudWatch.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#CloudWatchPeriods
var periods = []time.Duration{
	time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day,
}

// mostPoints is the number of points of a series, except where periods of a day are too short for it.
const mostPoints = 60

// MetricsWindow is the time that metrics are about.
type MetricsWindow struct {
	// Since is the beginning of the first period.
	Since time.Time `json:"since"`
	// Until is the time of the query. The last period may end later.
	Until time.Time `json:"until"`
	// Period is the length in seconds of each point of a series.
	Period int `json:"period_seconds"`
	// PercentilePeriod is the length in seconds of the times that p50_seconds and p95_seconds of a region are about: the
	// window, or a day if it is longer.
	PercentilePeriod int `json:"percentile_period_seconds"`
}

// MetricsBefore returns the window of a length that ends at a time. It consists of whole periods: the last ends at that
// time or later, and the first begins up to one period after the time minus the length.
func MetricsBefore(now time.Time, length time.Duration) MetricsWindow {
	period := periodOf(length)
	window := MetricsWindow{Until: now.UTC(), Period: seconds(period)}
	length = (length + period - 1).Truncate(period)
	window.Since = window.end().Add(-length)
	window.PercentilePeriod = seconds(min(length, day))
	return window
}

func periodOf(length time.Duration) time.Duration {
	for _, period := range periods {
		if length <= mostPoints*period {
			return period
		}
	}
	return periods[len(periods)-1]
}

func seconds(length time.Duration) int { return int(length / time.Second) }

// String describes the window.
func (w MetricsWindow) String() string {
	text := "Since " + w.Since.Format("Mon 2 Jan 15:04 MST") + ", in periods of " + span.Format(w.period())
	if w.length() > day {
		text += "; P50 and P95 are those of the slowest day"
	}
	return text
}

func (w MetricsWindow) period() time.Duration { return time.Duration(w.Period) * time.Second }

// end is the end of the last period.
func (w MetricsWindow) end() time.Time {
	return w.Until.Add(w.period() - 1).Truncate(w.period())
}

func (w MetricsWindow) length() time.Duration { return w.end().Sub(w.Since) }

// points is the number of periods.
func (w MetricsWindow) points() int { return int(w.length() / w.period()) }

// resolution is the shortest period that CloudWatch has metrics of the whole window in.
func (w MetricsWindow) resolution() time.Duration {
	for _, each := range resolutions {
		if w.length() <= each.age {
			return each.period
		}
	}
	return time.Hour
}

// start is the beginning of a point's period.
func (w MetricsWindow) start(point int) time.Time {
	return w.Since.Add(time.Duration(point) * w.period())
}

// series combines the values that fall into the same period, such as those of several load balancers. A period without
// values is nil.
func (w MetricsWindow) series(values []metricValue, combine func(a, b float64) float64) []*float64 {
	series := make([]*float64, w.points())
	for _, each := range values {
		at := int(each.at.Sub(w.Since) / w.period())
		if each.at.Before(w.Since) || at >= w.points() {
			continue
		}
		if series[at] == nil {
			series[at] = new(each.value)
			continue
		}
		*series[at] = combine(*series[at], each.value)
	}
	return series
}
