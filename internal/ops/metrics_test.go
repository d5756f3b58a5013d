package ops

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

func TestMetricsWindow(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 7, 23, 0, time.UTC)
	for length, each := range map[time.Duration]struct {
		period     time.Duration
		points     int
		since, end string
		percentile time.Duration
		resolution time.Duration
	}{
		time.Minute:            {time.Minute, 1, "2026-11-28T12:07:00Z", "2026-11-28T12:08:00Z", time.Minute, time.Minute},
		90 * time.Second:       {time.Minute, 2, "2026-11-28T12:06:00Z", "2026-11-28T12:08:00Z", 2 * time.Minute, time.Minute},
		time.Hour:              {time.Minute, 60, "2026-11-28T11:08:00Z", "2026-11-28T12:08:00Z", time.Hour, time.Minute},
		time.Hour + 1:          {5 * time.Minute, 13, "2026-11-28T11:05:00Z", "2026-11-28T12:10:00Z", 65 * time.Minute, time.Minute},
		day:                    {30 * time.Minute, 48, "2026-11-27T12:30:00Z", "2026-11-28T12:30:00Z", day, time.Minute},
		7 * day:                {3 * time.Hour, 56, "2026-11-21T15:00:00Z", "2026-11-28T15:00:00Z", day, time.Minute},
		15 * day:               {6 * time.Hour, 60, "2026-11-13T18:00:00Z", "2026-11-28T18:00:00Z", day, time.Minute},
		15*day + time.Hour:     {12 * time.Hour, 31, "2026-11-13T12:00:00Z", "2026-11-29T00:00:00Z", day, 5 * time.Minute},
		63 * day:               {day, 63, "2026-09-27T00:00:00Z", "2026-11-29T00:00:00Z", day, 5 * time.Minute},
		63*day + 2*time.Minute: {day, 64, "2026-09-26T00:00:00Z", "2026-11-29T00:00:00Z", day, time.Hour},
		MetricsKept:            {day, 455, "2025-08-31T00:00:00Z", "2026-11-29T00:00:00Z", day, time.Hour},
	} {
		window := MetricsBefore(now, length)
		got := fmt.Sprint(window.period(), window.points(), window.Since.Format(time.RFC3339), window.end().Format(time.RFC3339), window.PercentilePeriod, window.resolution())
		if want := fmt.Sprint(each.period, each.points, each.since, each.end, seconds(each.percentile), each.resolution); got != want {
			t.Errorf("%s: got %s, want %s", length, got, want)
		}
	}
	if window := MetricsBefore(now.Truncate(time.Hour), day); window.end() != window.Until {
		t.Errorf("a window that ends at a full period ends at %s", window.end())
	}
}

// TestPeriodsAreThoseOfCloudWatch compares the periods with the rules of CloudWatch, at any length.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
func TestPeriodsAreThoseOfCloudWatch(t *testing.T) {
	for length := time.Minute; length <= MetricsKept; length += 7 * time.Hour {
		window := MetricsBefore(saturday, length)
		multiple := time.Minute
		switch age := saturday.Sub(window.Since); {
		case age > 63*day:
			multiple = time.Hour
		case age > 15*day:
			multiple = 5 * time.Minute
		}
		for _, period := range []time.Duration{window.period(), time.Duration(window.PercentilePeriod) * time.Second, window.resolution()} {
			if period%multiple != 0 || period > day {
				t.Errorf("%s: the period is %s, and CloudWatch has multiples of %s up to a day", length, period, multiple)
			}
		}
		if window.points() > mostPoints && window.period() < day {
			t.Errorf("%s: %d points of %s", length, window.points(), window.period())
		}
	}
}

// The load balancers in the tests: the region's, its predecessor, and those of fleets with similar names.
const (
	ownBalancer     = "app/" + prefix + "-alb/1"
	earlierBalancer = "app/" + prefix + "-alb/2"
	longerBalancer  = "app/" + prefix + "-alb-2/3"
	prefixBalancer  = "app/my-" + prefix + "-alb/4"
)

// metricResult is a result of GetMetricData, with values at the minutes after the beginning of the hour before saturday.
func metricResult(id metricID, label string, values map[int]float64) object {
	result := object{"Id": string(id), "Label": label, "StatusCode": "Complete"}
	times, all := []string{}, []float64{}
	for minute, value := range values {
		times, all = append(times, saturday.Add(time.Duration(minute-60)*time.Minute).Format(time.RFC3339)), append(all, value)
	}
	result["Timestamps"], result["Values"] = times, all
	return result
}

func metricData(t *testing.T, next string, results ...object) string {
	t.Helper()
	page := object{"MetricDataResults": append([]object{}, results...)}
	if next != "" {
		page["NextToken"] = next
	}
	return mustJSON(t, page)
}

// metricsOf returns the metrics of an hour from responses of GetMetricData.
func metricsOf(t *testing.T, settings string, pages ...string) (Metrics, *fakeAWS) {
	t.Helper()
	aws := newFakeAWS(t, map[string]response{"GetMetricData": inTurn(pages...)})
	return aws.region(settings, saturday).Metrics(t.Context(), MetricsBefore(saturday, time.Hour)), aws
}

// show formats values for comparison.
func show(values MetricValues) string {
	number := func(value *float64) string {
		if value == nil {
			return "-"
		}
		return fmt.Sprint(math.Round(*value*1000) / 1000)
	}
	count := func(value *int) string {
		if value == nil {
			return "-"
		}
		return fmt.Sprint(*value)
	}
	return strings.Join([]string{
		count(values.Requests), count(values.TargetErrors), count(values.LoadBalancerErrors), number(values.ErrorRate()),
		number(values.P50), number(values.P95), number(values.Tasks), number(values.CPU), number(values.Memory),
	}, " ")
}

func TestMetricsOfAWindow(t *testing.T) {
	for name, each := range map[string]struct {
		results []object
		want    string
	}{
		"nothing": {nil, "- - - - - - - - -"},
		"everything": {[]object{
			metricResult(requestCount, ownBalancer, map[int]float64{0: 100, 59: 50}),
			metricResult(targetErrors, ownBalancer, map[int]float64{59: 3}),
			metricResult(balancerErrors, ownBalancer, map[int]float64{0: 50}),
			metricResult(windowP50, ownBalancer, map[int]float64{0: 0.02}), metricResult(windowP95, ownBalancer, map[int]float64{0: 0.3}),
			metricResult(taskSamples, "CPUUtilization", map[int]float64{0: 2, 1: 2, 59: 2}),
			metricResult(cpuAverage, "CPUUtilization", map[int]float64{0: 10, 1: 20, 59: 60}),
			metricResult(memoryAverage, "MemoryUtilization", map[int]float64{0: 50, 1: 50, 59: 50}),
		}, "150 3 50 0.265 0.02 0.3 2 30 50"},
		"two load balancers": {[]object{
			metricResult(requestCount, earlierBalancer, map[int]float64{0: 1, 5: 1}), metricResult(requestCount, ownBalancer, map[int]float64{5: 10}),
			metricResult(windowP95, earlierBalancer, map[int]float64{0: 2}), metricResult(windowP95, ownBalancer, map[int]float64{0: 1}),
		}, "12 0 0 0 - 2 - - -"},
		"load balancers of other fleets": {[]object{
			metricResult(requestCount, longerBalancer, map[int]float64{0: 1000}), metricResult(requestCount, prefixBalancer, map[int]float64{0: 1000}),
			metricResult(targetErrors, longerBalancer, map[int]float64{0: 1000}), metricResult(windowP95, longerBalancer, map[int]float64{0: 1000}),
			metricResult(requestCount, ownBalancer, map[int]float64{0: 7}),
		}, "7 0 0 0 - - - - -"},
		"no requests":            {[]object{metricResult(requestCount, ownBalancer, map[int]float64{0: 0})}, "0 0 0 - - - - - -"},
		"no task to send to":     {[]object{metricResult(balancerErrors, ownBalancer, map[int]float64{0: 20})}, "0 0 20 1 - - - - -"},
		"asleep for most of it":  {[]object{metricResult(taskSamples, "CPUUtilization", map[int]float64{58: 3, 59: 3})}, "- - - - - - 3 - -"},
		"scaled from 1 to 3":     {[]object{metricResult(taskSamples, "", map[int]float64{0: 1, 1: 3}), metricResult(cpuAverage, "", map[int]float64{0: 80, 1: 40})}, "- - - - - - 2 50 -"},
		"values of other times":  {[]object{metricResult(requestCount, ownBalancer, map[int]float64{-1: 5, 60: 5, 30: 1})}, "1 0 0 0 - - - - -"},
		"percentiles of 2 parts": {[]object{metricResult(windowP50, ownBalancer, map[int]float64{0: 1, 30: 3})}, "- - - - 3 - - - -"},
	} {
		metrics, _ := metricsOf(t, "", metricData(t, "", each.results...))
		if len(metrics.Problems) > 0 {
			t.Errorf("%s: %v", name, metrics.Problems)
		}
		if got := show(metrics.MetricValues); got != each.want {
			t.Errorf("%s: got %s, want %s", name, got, each.want)
		}
		if len(metrics.Series) != 60 {
			t.Errorf("%s: the series has %d points", name, len(metrics.Series))
		}
	}
}

func TestMetricsSeries(t *testing.T) {
	metrics, _ := metricsOf(t, "", metricData(t, "",
		metricResult(requestCount, earlierBalancer, map[int]float64{5: 1}), metricResult(requestCount, ownBalancer, map[int]float64{5: 9, 7: 0}),
		metricResult(targetErrors, ownBalancer, map[int]float64{5: 5}),
		metricResult(pointP50, ownBalancer, map[int]float64{5: 0.1}), metricResult(pointP95, earlierBalancer, map[int]float64{5: 0.2}), metricResult(pointP95, ownBalancer, map[int]float64{5: 0.4}),
		metricResult(taskSamples, "", map[int]float64{5: 2, 6: 1}), metricResult(cpuAverage, "", map[int]float64{6: 12.5}), metricResult(memoryAverage, "", map[int]float64{6: 50}),
	))
	for minute, want := range map[int]string{4: "- - - - - - - - -", 5: "10 5 0 0.5 0.1 0.4 2 - -", 6: "- - - - - - 1 12.5 50", 7: "0 0 0 - - - - - -"} {
		point := metrics.Series[minute]
		if got := show(point.MetricValues); got != want || point.At != saturday.Add(time.Duration(minute-60)*time.Minute) {
			t.Errorf("minute %d: got %s at %s, want %s", minute, got, point.At, want)
		}
	}
}

// TestTasksOfALongPeriod counts the minutes in which tasks ran, of a period in which they also slept.
func TestTasksOfALongPeriod(t *testing.T) {
	window := MetricsBefore(saturday, day)
	measured := measurements{taskSamples: {
		{saturday.Add(-31 * time.Minute), 4}, {saturday.Add(-20 * time.Minute), 2}, {saturday.Add(-19 * time.Minute), 2},
	}}
	tasks := measured.tasks(window)
	if got := []float64{*tasks[46], *tasks[47]}; !slices.Equal(got, []float64{4, 2}) {
		t.Errorf("got %v", got)
	}
	// An hour is the shortest period of old metrics, so its samples are those of 60 minutes.
	window, measured = MetricsBefore(saturday, 200*day), measurements{taskSamples: {{saturday.Add(-100 * day), 120}}}
	if got := measured.summary(window, measured.points(window)); *got.Tasks != 2 {
		t.Errorf("got %v", *got.Tasks)
	}
}

func TestMetricsAreReadFromAllPages(t *testing.T) {
	metrics, aws := metricsOf(t, "",
		metricData(t, "more", metricResult(requestCount, ownBalancer, map[int]float64{59: 1})),
		metricData(t, "", metricResult(requestCount, ownBalancer, map[int]float64{0: 2})))
	if got := *metrics.Requests; got != 3 || len(aws.sent("GetMetricData")) != 2 {
		t.Errorf("%d requests, from %d pages", got, len(aws.sent("GetMetricData")))
	}
}

func TestMetricsRequest(t *testing.T) {
	balancer := `SEARCH('{AWS/ApplicationELB,LoadBalancer} MetricName="RequestCount" demo dev eu west 1 alb', 'Sum', 60)`
	internal := `demo dev eu west 1 ialb', 'p95', 3600)`
	for settings, each := range map[string]struct{ has, lacks []string }{
		"":                                  {[]string{balancer, "CPUUtilization", "MemoryUtilization", prefix + "-service", clusterName, "${PROP('Dim.LoadBalancer')}"}, []string{"ialb"}},
		"  load_balancer: {internal: true}": {[]string{internal}, nil},
		"  load_balancer: {enabled: false}": {[]string{"CPUUtilization"}, []string{"SEARCH", "ApplicationELB"}},
	} {
		_, aws := metricsOf(t, settings, metricData(t, ""))
		sent := strings.Join(aws.sent("GetMetricData"), "")
		for _, part := range each.has {
			if !strings.Contains(sent, part) {
				t.Errorf("%s: the request lacks %s:\n%q", settings, part, sent)
			}
		}
		for _, part := range each.lacks {
			if strings.Contains(sent, part) {
				t.Errorf("%s: the request has %s:\n%q", settings, part, sent)
			}
		}
	}
}

// TestMetricsRequestHasWholePeriods: the last period, which has only begun, is part of it.
func TestMetricsRequestHasWholePeriods(t *testing.T) {
	now := saturday.Add(90 * time.Second)
	aws := newFakeAWS(t, map[string]response{"GetMetricData": body(metricData(t, ""))})
	aws.region("", now).Metrics(t.Context(), MetricsBefore(now, day))
	sent, err := cbor.Decode([]byte(aws.sent("GetMetricData")[0]))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]time.Time{"StartTime": saturday.Add(30*time.Minute - day), "EndTime": saturday.Add(30 * time.Minute)} {
		if got, err := cbor.AsTime(sent.(cbor.Map)[field]); err != nil || !got.Equal(want) {
			t.Errorf("%s is %s, %v; want %s", field, got, err, want)
		}
	}
}

func TestMetricsThatCannotBeRead(t *testing.T) {
	incomplete := metricResult(requestCount, ownBalancer, nil)
	incomplete["StatusCode"] = "InternalError"
	for name, each := range map[string]struct {
		response response
		code     Code
		message  string
	}{
		"denied":     {refuse(http.StatusForbidden, "AccessDenied", "User: alice is not authorized to perform: cloudwatch:GetMetricData"), NotAllowed, "GetMetricData: not allowed: User: alice is not authorized to perform: cloudwatch:GetMetricData"},
		"throttled":  {refuse(http.StatusBadRequest, "ThrottlingException", "Rate exceeded"), Throttled, "throttled by AWS"},
		"incomplete": {body(metricData(t, "", incomplete)), AWSError, "GetMetricData: CloudWatch failed to read a metric"},
	} {
		aws := newFakeAWS(t, map[string]response{"GetMetricData": each.response})
		metrics := aws.region("", saturday).Metrics(t.Context(), MetricsBefore(saturday, time.Hour))
		if got := codes(metrics.Problems); !slices.Equal(got, []Code{each.code}) || !strings.HasPrefix(metrics.Problems[0].Message, each.message) {
			t.Errorf("%s: got %v", name, metrics.Problems)
		}
		if metrics.HasData() || metrics.Series == nil {
			t.Errorf("%s: got %v", name, metrics)
		}
	}
}

// TestTrafficMayBeMissing: CloudWatch no longer finds the load balancers of windows long ago.
func TestTrafficMayBeMissing(t *testing.T) {
	for settings, want := range map[string]map[time.Duration]bool{
		"":                                {14 * day: false, 30 * day: false},
		"  weekend: {enabled: true}":      {30 * day: false},
		"  weekend: {destroy_albs: true}": {30 * day: false},
		"  weekend: {enabled: true, destroy_albs: true}": {7 * day: false, 14 * day: false, 30 * day: true},
	} {
		region := newFakeAWS(t, nil).region(settings, saturday)
		for length, missing := range want {
			if got := region.MayMissTraffic(MetricsBefore(saturday, length)); got != missing {
				t.Errorf("%q, %s: got %t", settings, length, got)
			}
		}
	}
}

func TestTrafficOfAFleet(t *testing.T) {
	var none Traffic
	quiet, busy := Traffic{new(0), new(0), new(0)}, Traffic{new(95), new(5), new(5)}
	for name, each := range map[string]struct {
		sum  Traffic
		want string
	}{
		"none":         {none.Plus(none), "- - - -"},
		"only one":     {none.Plus(busy), "95 5 5 0.1"},
		"one and none": {busy.Plus(none), "95 5 5 0.1"},
		"two":          {busy.Plus(busy), "190 10 10 0.1"},
		"quiet":        {quiet.Plus(none), "0 0 0 -"},
	} {
		if got := strings.TrimSuffix(show(MetricValues{Traffic: each.sum}), " - - - - -"); got != each.want {
			t.Errorf("%s: got %s, want %s", name, got, each.want)
		}
	}
	if none.Errors() != nil || *busy.Errors() != 10 {
		t.Errorf("errors: %v, %v", none.Errors(), *busy.Errors())
	}
}
