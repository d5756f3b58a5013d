package cli

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/charmbracelet/x/ansi"

	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/naming"
)

// rhythm is the traffic of a day, as a multiple of the quietest time.
var rhythm = []float64{1, 1, 2, 4, 7, 9, 8, 9, 6, 3, 2, 1}

// load is what CloudWatch measured in a region. Counts are those of the quietest period.
type load struct {
	requests, targetErrors, balancerErrors float64
	p50, p95                               float64
	tasks, cpu, memory                     float64
}

// calm is a region that does well.
var calm = load{requests: 240, p50: 0.031, p95: 0.412, tasks: 2, cpu: 23, memory: 41}

// answer responds to GetMetricData for the last day before a time, as if the region had one load balancer of the fleet
// and one of a fleet whose name begins like it.
func (l load) answer(c call, fleet naming.Names, now time.Time) bool {
	fleet.Region = c.region
	own, other := "app/"+fleet.LoadBalancer()+"/50dc6c495c0c9188", "app/"+fleet.LoadBalancer()+"-2/6d0ecf831eec9f09"
	window := ops.MetricsBefore(now, 24*time.Hour)
	counted := func(each float64) (series []float64) {
		for i := range 48 {
			series = append(series, each*rhythm[i/4])
		}
		return series
	}
	var results cbor.List
	add := func(id, label string, step time.Duration, series ...float64) {
		times, values := cbor.List{}, cbor.List{}
		for i, each := range series {
			times = append(times, &cbor.Tag{ID: 1, Value: cbor.Uint(window.Since.Add(time.Duration(i) * step).Unix())})
			values = append(values, cbor.Float64(each))
		}
		results = append(results, cbor.Map{"Id": cbor.String(id), "Label": cbor.String(label), "StatusCode": cbor.String("Complete"), "Timestamps": times, "Values": values})
	}
	const period = 30 * time.Minute
	if l.requests > 0 {
		add("requests", own, period, counted(l.requests)...)
		add("requests", other, period, counted(100000)...)
		add("target_errors", own, period, counted(l.targetErrors)...)
		add("balancer_errors", own, period, counted(l.balancerErrors)...)
		add("point_p50", own, period, counted(l.p50)...)
		add("point_p95", own, period, counted(l.p95)...)
		add("window_p50", own, period, l.p50)
		add("window_p95", own, period, l.p95)
	}
	if l.tasks > 0 {
		add("task_samples", "CPUUtilization", time.Minute, slices.Repeat([]float64{l.tasks}, 24*60)...)
		add("cpu", "CPUUtilization", period, slices.Repeat([]float64{l.cpu}, 48)...)
		add("memory", "MemoryUtilization", period, slices.Repeat([]float64{l.memory}, 48)...)
	}
	return c.answerCBOR(200, cbor.Map{"MetricDataResults": results})
}

// measure answers GetMetricData of each region of a fleet, and forwards other requests.
func measure(t *testing.T, project string, now time.Time, loads map[string]load) {
	t.Helper()
	intercept(t, awsURL(t), func(c call) bool {
		return c.operation == "GetMetricData" && loads[c.region].answer(c, naming.Names{Project: project, Environment: "dev"}, now)
	})
}

const measuredRegions = `  ap-southeast-1: {network: {cidr: 172.31.0.0/16}}
  eu-west-1: {network: {cidr: 172.30.0.0/16}}
  us-east-1: {network: {cidr: 172.29.0.0/16}, weekend: {enabled: true, days: [tue]}}
`

// measuredLoads are two regions that serve, one of them with errors.
var measuredLoads = map[string]load{
	"ap-southeast-1": {requests: 17, targetErrors: 2, balancerErrors: 1, p50: 0.2, p95: 1.26, tasks: 1.25, cpu: 88.4, memory: 73},
	"eu-west-1":      calm,
}

// measuredFleet is the fleet of the page about metrics.
func measuredFleet(t *testing.T) {
	t.Helper()
	measure(t, "fmp-mcp", saturday, measuredLoads)
	enterFolderOf(t, fleetText("fmp-mcp", "{}", measuredRegions))
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	measure(t, "metrics-a", saturday, measuredLoads)
	file := fleetFile(t, fleetText("metrics-a", "{}", measuredRegions))
	got := run(t, saturday, file, "metrics")
	want(t, got, 0)
	golden.Compare(t, "testdata/metrics.txt", []byte(withoutTempDir(got.out)))
	one := run(t, saturday, file, "metrics", "--region", "eu-west-1")
	want(t, one, 0, "eu-west-1     50880" /* not the load balancer of another fleet */)
	if strings.Contains(one.out, "Total") {
		t.Errorf("one region has a total:\n%v", one)
	}
}

// TestMetricsOnATerminal checks that a table with a trend fits into the narrowest terminal of the guides, and that a wide
// one shows all columns.
func TestMetricsOnATerminal(t *testing.T) {
	measure(t, "metrics-b", saturday, measuredLoads)
	file := fleetFile(t, fleetText("metrics-b", "{}", measuredRegions))
	const trend = "▂▂▂▃▄▆▇█▇█▇▆▃▃▂▂"
	for width, each := range map[uint16]struct{ has, lacks string }{
		80:  {"TASKS   CPU  TREND", "MEMORY  "},
		200: {"ERROR RATE     P50     P95  TASKS   CPU  MEMORY  TREND", "not shown at this width"},
	} {
		got := onTerminal(t, width, "--config", file, "metrics")
		if !strings.Contains(got, each.has) || strings.Contains(got, each.lacks) || !strings.Contains(got, trend) {
			t.Errorf("%d columns:\n%s", width, got)
		}
		_, table, _ := strings.Cut(got, "Since")
		for line := range strings.Lines(table) {
			if ansi.StringWidth(strings.TrimSpace(line)) > int(width) {
				t.Errorf("%d columns are too few for\n%s", width, line)
			}
		}
	}
}

// TestMetricsShowPartialResults blocks one of three regions until the others are on the screen.
func TestMetricsShowPartialResults(t *testing.T) {
	t.Parallel()
	waiting, release := context.WithCancel(t.Context())
	defer release()
	intercept(t, awsURL(t), func(c call) bool {
		if c.operation != "GetMetricData" {
			return false
		}
		if c.region == "us-east-1" {
			<-waiting.Done()
		}
		return calm.answer(c, naming.Names{Project: "metrics-h", Environment: "dev"}, saturday)
	})
	terminal := startTerminal(t, saturday, fleetFile(t, fleetText("metrics-h", "{}", threeRegions)), "metrics", "--timeout", "10m")
	terminal.waitFor("eu-west-1     50880")
	terminal.waitFor("eu-west-2     50880")
	terminal.waitFor("us-east-1  …")
	release()
	terminal.waitFor("us-east-1     50880")
	terminal.waitFor("Total        152640")
	terminal.wantExit(0)
}

func TestMetricsOfFailingRegions(t *testing.T) {
	t.Parallel()
	intercept(t, awsURL(t), func(c call) bool {
		switch {
		case c.operation != "GetMetricData":
			return false
		case c.region == "eu-west-2":
			return c.fail(400, "AccessDenied", "User: arn:aws:iam::123456789012:user/a is not authorized to perform: cloudwatch:GetMetricData")
		case c.region == "us-east-1":
			return c.hang(t)
		}
		return calm.answer(c, naming.Names{Project: "metrics-c", Environment: "dev"}, saturday)
	})
	file := fleetFile(t, fleetText("metrics-c", "{}", threeRegions))
	got := run(t, saturday, file, "metrics", "--timeout", "500ms")
	want(t, got, 1,
		"eu-west-1     50880       0", "eu-west-2  not allowed\n", "us-east-1  timed out\n", "Total         50880       0",
		"eu-west-2: GetMetricData: not allowed: User: arn:aws:iam::123456789012:user/a is not authorized to perform: cloudwatch:GetMetricData; grant the credentials permission for this action, or use other credentials\n",
		"us-east-1: no response in time; try again, or raise --timeout\n")
	got = run(t, saturday, file, "metrics", "--timeout", "500ms", "--json")
	want(t, got, 1, `"code": "not_allowed"`, `"code": "timed_out"`)
	checkResult(t, "metrics", got)
}

func TestMetricsOfRegionsWithoutData(t *testing.T) {
	t.Parallel()
	measure(t, "metrics-d", tuesday, nil)
	file := fleetFile(t, fleetText("metrics-d", "{enabled: true}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  eu-west-2: {network: {cidr: 10.1.0.0/16}, weekend: {enabled: false}}\n"))
	got := run(t, tuesday, file, "metrics", "--since", "1w")
	want(t, got, 0, "Since Tue 17 Nov 03:00 UTC, in periods of 3 h; P50 and P95 are those of the slowest day\n", "eu-west-1  asleep, wakes Sat 06:00 UTC in 4 d 4 h\n", "eu-west-2  no data\n",
		"eu-west-2: no task ran in this time; mcpfleet status --region eu-west-2 --config "+file)
	if strings.Contains(got.out, "eu-west-1: ") {
		t.Errorf("sleep is reported as a problem:\n%v", got)
	}
}

func TestMetricsOfLoadBalancersLongAgo(t *testing.T) {
	t.Parallel()
	measure(t, "metrics-g", saturday, map[string]load{"eu-west-1": calm})
	file := fleetFile(t, fleetText("metrics-g", "{enabled: true, destroy_albs: true}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	const remark = "eu-west-1: the requests of load balancers that were destroyed more than two weeks ago may be missing\n"
	want(t, run(t, saturday, file, "metrics", "--since", "4w"), 0, remark)
	if got := run(t, saturday, file, "metrics", "--since", "1w"); strings.Contains(got.out, remark) {
		t.Error(got)
	}
}

func TestMetricsWithoutLoadBalancer(t *testing.T) {
	t.Parallel()
	measure(t, "metrics-e", saturday, map[string]load{"eu-west-1": {tasks: 2, cpu: 4, memory: 8}})
	file := fleetFile(t, fleetText("metrics-e", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}, load_balancer: {enabled: false}}\n"))
	want(t, run(t, saturday, file, "metrics"), 0, "eu-west-1         -       -           -    -    -      2  4 %     8 %\n")
}

func TestMetricsDocument(t *testing.T) {
	t.Parallel()
	measure(t, "metrics-f", saturday, measuredLoads)
	file := fleetFile(t, fleetText("metrics-f", "{}", measuredRegions))
	got := run(t, saturday, file, "metrics", "--json")
	want(t, got, 0)
	checkResult(t, "metrics", got)
	var document metricsDocument
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	first := document.Regions[0]
	if *first.Requests != 3604 || *first.TargetErrors != 424 || *first.LoadBalancerErrors != 212 || *first.ErrorRate != 636.0/3816 || *first.P95 != 1.26 || *first.Tasks != 1.25 {
		t.Errorf("got %s", got.out[:2000])
	}
	if peak := first.Series[20]; len(first.Series) != 48 || *peak.Requests != 17*9 || !peak.At.Equal(saturday.Add(-14*time.Hour)) || *peak.CPU != 88.4 {
		t.Errorf("%d points, with %v", len(first.Series), peak)
	}
	if asleep := document.Regions[2]; asleep.Requests != nil || asleep.Tasks != nil || asleep.Series[0].Requests != nil {
		t.Errorf("the sleeping region has %v", asleep.MetricValues)
	}
	if *document.Fleet.Requests != 3604+50880 || *document.Fleet.ErrorRate != 636.0/(3604+50880+212) || document.Window.Period != 1800 {
		t.Errorf("the fleet has %d requests, %v", *document.Fleet.Requests, document.Window)
	}
}

func TestMetricsRejectsOtherTimes(t *testing.T) {
	for since, problem := range map[string]string{
		"0s":   "--since: 0s is too short; write 1m0s or more",
		"-1h":  "--since: -1h0m0s is too short; write 1m0s or more",
		"456d": "--since: CloudWatch keeps metrics for 455 days; write 455d or less",
		"day":  `--since: "day" is not a duration; write 90s, 2h, 1d or 1w`,
	} {
		want(t, run(t, saturday, "../../regions.yaml", "metrics", "--since", since), 2, problem)
	}
}

func TestCellsOfMetrics(t *testing.T) {
	for name, each := range map[string]struct{ got, want string }{
		"no duration":   {cell(nil, formatSeconds), "-"},
		"microseconds":  {cell(new(0.0004), formatSeconds), "< 1 ms"},
		"milliseconds":  {cell(new(0.0314), formatSeconds), "31 ms"},
		"almost 1 s":    {cell(new(0.9996), formatSeconds), "1.0 s"},
		"seconds":       {cell(new(12.34), formatSeconds), "12.3 s"},
		"no rate":       {cell(nil, formatRate), "-"},
		"no error":      {cell(new(0.0), formatRate), "0.0 %"},
		"few errors":    {cell(new(0.0001), formatRate), "< 0.1 %"},
		"many errors":   {cell(new(0.125), formatRate), "12.5 %"},
		"only errors":   {cell(new(1.0), formatRate), "100.0 %"},
		"no tasks":      {cell(nil, formatTasks), "-"},
		"whole tasks":   {cell(new(2.0), formatTasks), "2"},
		"almost whole":  {cell(new(1.98), formatTasks), "2"},
		"part of tasks": {cell(new(2.46), formatTasks), "2.5"},
		"ten tasks":     {cell(new(10.0), formatTasks), "10"},
		"no percentage": {cell(nil, formatPercent), "-"},
		"a percentage":  {cell(new(88.6), formatPercent), "89 %"},
	} {
		if each.got != each.want {
			t.Errorf("%s: got %q, want %q", name, each.got, each.want)
		}
	}
}
