package ops

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/cdtait/mcpfleet/naming"
)

// Metrics are what CloudWatch measured in one region.
type Metrics struct {
	Region   string `json:"-"`
	Schedule Timing `json:"schedule"`
	// The values of the whole window.
	MetricValues
	// Series has one point per period; it is empty if the metrics could not be read.
	Series []MetricsPoint `json:"series"`
	// Problems are why the metrics could not be read.
	Problems []Problem `json:"-"`
}

// MetricsPoint is a point of a series.
type MetricsPoint struct {
	// At is the beginning of the period.
	At time.Time `json:"at"`
	MetricValues
}

// MetricValues are the metrics of some time. Each is null if CloudWatch has no data, as while a region sleeps.
type MetricValues struct {
	Traffic
	// P50 is the time within which the server responded to half of the requests. Percentiles cannot be added up: of several
	// days, and of several load balancers in the window, it is the slowest's.
	P50 *float64 `json:"p50_seconds"`
	// P95 is the same for 95 % of the requests.
	P95 *float64 `json:"p95_seconds"`
	// Tasks is the average number of tasks while any ran.
	Tasks *float64 `json:"tasks"`
	// CPU is the average of all tasks, in percent of what the task definition gives them.
	CPU    *float64 `json:"cpu_percent"`
	Memory *float64 `json:"memory_percent"`
}

// HasData reports whether there is any value.
func (v MetricValues) HasData() bool { return v.Requests != nil || v.Tasks != nil }

// Traffic is the number of requests and of those that failed with a status of 500 or more.
type Traffic struct {
	// Requests are those that the load balancer sent to a task.
	Requests *int `json:"requests"`
	// TargetErrors are the responses 5xx of the server.
	TargetErrors *int `json:"target_errors"`
	// LoadBalancerErrors are the responses 5xx of the load balancer itself, such as 503 without a healthy task. Requests
	// includes only those for which the load balancer had chosen a task.
	LoadBalancerErrors *int `json:"load_balancer_errors"`
}

// Errors is the number of failed requests, nil if unknown.
func (t Traffic) Errors() *int {
	if t.Requests == nil {
		return nil
	}
	return new(value(t.TargetErrors) + value(t.LoadBalancerErrors))
}

// ErrorRate is the part of the requests that failed, from 0 to 1; nil if there were none. CloudWatch does not tell
// whether Requests includes a failure of the load balancer, so the rate takes it that none is, and may be slightly low.
func (t Traffic) ErrorRate() *float64 {
	total := value(t.Requests) + value(t.LoadBalancerErrors)
	if total == 0 {
		return nil
	}
	return new(float64(*t.Errors()) / float64(total))
}

// Plus returns the sum.
func (t Traffic) Plus(other Traffic) Traffic {
	if other.Requests == nil {
		return t
	}
	return Traffic{
		new(value(t.Requests) + *other.Requests),
		new(value(t.TargetErrors) + *other.TargetErrors),
		new(value(t.LoadBalancerErrors) + *other.LoadBalancerErrors),
	}
}

// Metrics reads the region's metrics.
func (r *Region) Metrics(ctx context.Context, window MetricsWindow) Metrics {
	metrics := Metrics{Region: r.Name, Schedule: TimingAt(r.Region, r.Now()), Series: []MetricsPoint{}}
	measured, err := r.measure(ctx, window)
	if err != nil {
		metrics.Problems = []Problem{ProblemOf(err)}
		return metrics
	}
	metrics.Series = measured.points(window)
	metrics.MetricValues = measured.summary(window, metrics.Series)
	return metrics
}

// metricID identifies a metric in the request and in the response.
type metricID string

const (
	requestCount   metricID = "requests"
	targetErrors   metricID = "target_errors"
	balancerErrors metricID = "balancer_errors"
	pointP50       metricID = "point_p50"
	pointP95       metricID = "point_p95"
	windowP50      metricID = "window_p50"
	windowP95      metricID = "window_p95"
	taskSamples    metricID = "task_samples"
	cpuAverage     metricID = "cpu"
	memoryAverage  metricID = "memory"
)

// metricQuery asks for a statistic of a metric.
type metricQuery struct {
	id        metricID
	metric    string
	statistic string
	// period is in seconds.
	period int
}

// trafficQueries ask for the metrics of load balancers.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func trafficQueries(window MetricsWindow) []metricQuery {
	return []metricQuery{
		{requestCount, "RequestCount", "Sum", window.Period},
		{targetErrors, "HTTPCode_Target_5XX_Count", "Sum", window.Period},
		{balancerErrors, "HTTPCode_ELB_5XX_Count", "Sum", window.Period},
		{pointP50, "TargetResponseTime", "p50", window.Period},
		{pointP95, "TargetResponseTime", "p95", window.Period},
		{windowP50, "TargetResponseTime", "p50", window.PercentilePeriod},
		{windowP95, "TargetResponseTime", "p95", window.PercentilePeriod},
	}
}

// serviceQueries ask for the metrics of the service. Each running task adds one sample per minute, so that the samples of
// a minute are the number of tasks. They are read in the shortest period, because only then minutes without tasks do not
// count.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html#cw_running_task_count
func serviceQueries(window MetricsWindow) []metricQuery {
	return []metricQuery{
		{taskSamples, "CPUUtilization", "SampleCount", seconds(window.resolution())},
		{cpuAverage, "CPUUtilization", "Average", window.Period},
		{memoryAverage, "MemoryUtilization", "Average", window.Period},
	}
}

// metricValue is a value at the beginning of its period.
type metricValue struct {
	at    time.Time
	value float64
}

// measurements are the values of each metric. A metric of load balancers has the values of each of them.
type measurements map[metricID][]metricValue

func (r *Region) measure(ctx context.Context, window MetricsWindow) (measurements, error) {
	pages := cloudwatch.NewGetMetricDataPaginator(r.cloudwatch, &cloudwatch.GetMetricDataInput{
		StartTime: new(window.Since), EndTime: new(window.end()), MetricDataQueries: r.metricDataQueries(window),
	})
	results, err := collect(ctx, pages, func(page *cloudwatch.GetMetricDataOutput) []cloudwatchtypes.MetricDataResult {
		return page.MetricDataResults
	})
	if err != nil {
		return nil, err
	}
	measured := measurements{}
	for _, result := range results {
		if result.StatusCode == cloudwatchtypes.StatusCodeInternalError {
			return nil, failure{Problem{AWSError, "GetMetricData: CloudWatch failed to read a metric", advice(remedies[AWSError])}}
		}
		if !r.isOwn(result) {
			continue
		}
		id := metricID(value(result.Id))
		for i, at := range result.Timestamps {
			measured[id] = append(measured[id], metricValue{at, result.Values[i]})
		}
	}
	return measured, nil
}

// loadBalancerLabel makes CloudWatch label a metric with the value of its dimension LoadBalancer: app/NAME/ID.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
const loadBalancerLabel = "${PROP('Dim.LoadBalancer')}"

func (r *Region) metricDataQueries(window MetricsWindow) (queries []cloudwatchtypes.MetricDataQuery) {
	if r.LoadBalancer.Enabled {
		for _, each := range trafficQueries(window) {
			queries = append(queries, cloudwatchtypes.MetricDataQuery{
				Id: new(string(each.id)), Expression: new(r.search(each)), Label: new(loadBalancerLabel),
			})
		}
	}
	for _, each := range serviceQueries(window) {
		queries = append(queries, cloudwatchtypes.MetricDataQuery{Id: new(string(each.id)), MetricStat: &cloudwatchtypes.MetricStat{
			Metric: &cloudwatchtypes.Metric{Namespace: new("AWS/ECS"), MetricName: &each.metric, Dimensions: []cloudwatchtypes.Dimension{
				{Name: new("ClusterName"), Value: new(r.Names.Cluster())},
				{Name: new("ServiceName"), Value: new(r.Names.Service())},
			}},
			Stat: &each.statistic, Period: new(int32(each.period)), //nolint:gosec // at most a day
		}})
	}
	return queries
}

// search returns the expression that finds a metric of the load balancer and of its predecessors: in destroy mode each
// window has a new load balancer, with an ID of its own.
func (r *Region) search(query metricQuery) string {
	return naming.LoadBalancerSearch(r.LoadBalancerName(), query.metric, query.statistic, query.period)
}

// listed is how long CloudWatch lists a metric after its last value.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/viewing_metrics_with_cloudwatch.html
const listed = 14 * day

// MayMissTraffic reports whether the window may include load balancers that CloudWatch no longer finds.
func (r *Region) MayMissTraffic(window MetricsWindow) bool {
	return r.Weekend.Enabled && r.Weekend.DestroyALBs && window.length() > listed
}

// isOwn reports whether a result is of the region's service or of one of its load balancers, past or present.
func (r *Region) isOwn(result cloudwatchtypes.MetricDataResult) bool {
	ofService := []metricID{taskSamples, cpuAverage, memoryAverage}
	return slices.Contains(ofService, metricID(value(result.Id))) || strings.HasPrefix(value(result.Label), "app/"+r.LoadBalancerName()+"/")
}

func sum(a, b float64) float64     { return a + b }
func highest(a, b float64) float64 { return max(a, b) }

// points returns the series.
func (m measurements) points(window MetricsWindow) []MetricsPoint {
	requests, ofTargets, ofBalancers := window.series(m[requestCount], sum), window.series(m[targetErrors], sum), window.series(m[balancerErrors], sum)
	p50, p95 := window.series(m[pointP50], highest), window.series(m[pointP95], highest)
	cpu, memory := window.series(m[cpuAverage], highest), window.series(m[memoryAverage], highest)
	tasks := m.tasks(window)
	points := make([]MetricsPoint, window.points())
	for i := range points {
		points[i] = MetricsPoint{window.start(i), MetricValues{
			Traffic: traffic(requests[i], ofTargets[i], ofBalancers[i]),
			P50:     p50[i], P95: p95[i], Tasks: tasks[i], CPU: cpu[i], Memory: memory[i],
		}}
	}
	return points
}

// traffic returns the counts. CloudWatch omits a count of errors that is zero, and that of the requests if the load
// balancer has no task to send them to.
func traffic(requests, ofTargets, ofBalancers *float64) Traffic {
	if requests == nil && ofTargets == nil && ofBalancers == nil {
		return Traffic{}
	}
	return Traffic{new(int(value(requests))), new(int(value(ofTargets))), new(int(value(ofBalancers)))}
}

// tasks returns the average number of tasks in each period, without the times at which none ran.
func (m measurements) tasks(window MetricsWindow) []*float64 {
	var times []metricValue
	for _, each := range m[taskSamples] {
		times = append(times, metricValue{each.at, window.resolution().Minutes()})
	}
	samples, minutes := window.series(m[taskSamples], sum), window.series(times, sum)
	for i := range samples {
		if samples[i] != nil {
			*samples[i] /= *minutes[i]
		}
	}
	return samples
}

// summary returns the values of the whole window, given those of its points.
func (m measurements) summary(window MetricsWindow, points []MetricsPoint) MetricValues {
	result := MetricValues{P50: slowest(m[windowP50]), P95: slowest(m[windowP95])}
	for _, point := range points {
		result.Traffic = result.Plus(point.Traffic)
	}
	if samples := m[taskSamples]; len(samples) > 0 {
		result.Tasks = new(total(samples) / (window.resolution().Minutes() * float64(len(samples))))
	}
	weights := window.series(m[taskSamples], sum)
	result.CPU = weighted(window.series(m[cpuAverage], highest), weights)
	result.Memory = weighted(window.series(m[memoryAverage], highest), weights)
	return result
}

func slowest(values []metricValue) (highest *float64) {
	for _, each := range values {
		if highest == nil || each.value > *highest {
			highest = new(each.value)
		}
	}
	return highest
}

func total(values []metricValue) (total float64) {
	for _, each := range values {
		total += each.value
	}
	return total
}

// weighted returns the average of values by their weights, nil if there are none.
func weighted(values, weights []*float64) *float64 {
	var sum, weight float64
	for i, each := range values {
		if each != nil && weights[i] != nil {
			sum += *each * *weights[i]
			weight += *weights[i]
		}
	}
	if weight == 0 {
		return nil
	}
	return new(sum / weight)
}
