package dashboard

import (
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/naming"
	"github.com/cdtait/mcpfleet/schedule"
)

// body is the JSON of a dashboard. It shows the last week, unless its reader chooses otherwise.
type body struct {
	Start          string   `json:"start"`
	PeriodOverride string   `json:"periodOverride"`
	Widgets        []widget `json:"widgets"`
}

// widget is a graph, a list of alarms or a query of logs, on a grid that is 24 columns wide.
type widget struct {
	Type       string     `json:"type"`
	X          int        `json:"x"`
	Y          int        `json:"y"`
	Width      int        `json:"width"`
	Height     int        `json:"height"`
	Properties properties `json:"properties"`
}

type properties struct {
	Title   string          `json:"title"`
	Region  string          `json:"region,omitempty"`
	View    string          `json:"view,omitempty"`
	Metrics [][]any         `json:"metrics,omitempty"`
	Period  int             `json:"period,omitempty"`
	YAxis   *axes           `json:"yAxis,omitempty"`
	Alarms  []hcl.Reference `json:"alarms,omitempty"`
	Query   string          `json:"query,omitempty"`
}

// axes start at 0, so that the height of a line is what it looks like.
type axes struct {
	Left axis `json:"left"`
}

type axis struct {
	Min   int    `json:"min"`
	Label string `json:"label,omitempty"`
}

// options are those of one metric. An expression has no metric.
type options struct {
	Expression hcl.Reference `json:"expression,omitempty"`
	ID         string        `json:"id,omitempty"`
	Label      string        `json:"label,omitempty"`
	Stat       string        `json:"stat,omitempty"`
	Region     string        `json:"region,omitempty"`
	Period     int           `json:"period,omitempty"`
	Visible    *bool         `json:"visible,omitempty"`
}

const (
	columns     = 24
	height      = 6
	minute      = 60
	fiveMinutes = 300
)

// grid puts widgets beside each other, two in a row.
func grid(widgets []widget) []widget {
	const width = columns / 2
	for i := range widgets {
		widgets[i].X, widgets[i].Y, widgets[i].Width, widgets[i].Height = i%2*width, i/2*height, width, height
	}
	return widgets
}

func graph(title, region, label string, period int, metrics ...[]any) widget {
	return widget{Type: "metric", Properties: properties{
		Title: title, Region: region, View: "timeSeries", Metrics: metrics, Period: period, YAxis: &axes{axis{0, label}},
	}}
}

// metric returns a metric with its dimensions, each a name and a value.
func metric(namespace, name string, dimensions []string, options options) []any {
	result := []any{namespace, name}
	for _, each := range dimensions {
		result = append(result, hcl.Reference(each))
	}
	return append(result, options)
}

func regionWidgets(region Region) []widget {
	var widgets []widget
	if len(region.AlarmARNs) > 0 {
		alarms := []hcl.Reference{}
		for _, arn := range region.AlarmARNs {
			alarms = append(alarms, hcl.Reference(arn))
		}
		widgets = append(widgets, widget{Type: "alarm", Properties: properties{Title: "Alarms", Alarms: alarms}})
	}
	widgets = append(widgets, region.tasks())
	if region.LoadBalancer != "" {
		widgets = append(widgets, region.requests(), region.responseTime(), region.errors(), region.targets())
	}
	return grid(append(widgets, region.utilization(), region.logErrors()))
}

func (r Region) service() []string {
	return []string{"ClusterName", r.ClusterName, "ServiceName", r.ServiceName}
}

func (r Region) balancer() []string { return []string{"LoadBalancer", r.LoadBalancer} }

func (r Region) targetGroup() []string {
	return []string{"LoadBalancer", r.LoadBalancer, "TargetGroup", r.TargetGroup}
}

// tasks shows how many tasks run beside how many have to. ECS reports one sample a minute for each task that runs.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
func (r Region) tasks() widget {
	var metrics [][]any
	for _, each := range slices.Concat(r.Schedule, []schedule.Expression{{ID: schedule.Open, Text: r.Open}}) {
		metrics = append(metrics, []any{options{Expression: hcl.Reference(each.Text), ID: each.ID, Visible: new(false)}})
	}
	metrics = append(metrics,
		[]any{options{Expression: hcl.Reference("IF(open == 1, " + r.Tasks + ", 0)"), ID: "scheduled", Label: "scheduled", Period: minute}},
		metric("AWS/ECS", "CPUUtilization", r.service(), options{Stat: "SampleCount", Label: "running", ID: "running"}))
	return graph("Tasks, and what the schedule wants", r.Name, "tasks", minute, metrics...)
}

func (r Region) requests() widget {
	return graph("Requests", r.Name, "in 5 minutes", fiveMinutes,
		metric("AWS/ApplicationELB", "RequestCount", r.balancer(), options{Stat: "Sum", Label: "requests"}))
}

func (r Region) responseTime() widget {
	var metrics [][]any
	for _, percentile := range []string{"p50", "p95", "p99"} {
		metrics = append(metrics, metric("AWS/ApplicationELB", "TargetResponseTime", r.balancer(), options{Stat: percentile, Label: percentile}))
	}
	return graph("Time until a response begins", r.Name, "seconds", fiveMinutes, metrics...)
}

func (r Region) errors() widget {
	return graph("Errors", r.Name, "in 5 minutes", fiveMinutes,
		metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", r.balancer(), options{Stat: "Sum", Label: "5xx of the server"}),
		metric("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", r.balancer(), options{Stat: "Sum", Label: "5xx of the load balancer"}),
		metric("AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", r.balancer(), options{Stat: "Sum", Label: "4xx of the server"}))
}

func (r Region) targets() widget {
	return graph("Targets", r.Name, "tasks", minute,
		metric("AWS/ApplicationELB", "HealthyHostCount", r.targetGroup(), options{Stat: "Minimum", Label: "healthy"}),
		metric("AWS/ApplicationELB", "UnHealthyHostCount", r.targetGroup(), options{Stat: "Maximum", Label: "unhealthy"}))
}

func (r Region) utilization() widget {
	var metrics [][]any
	for _, each := range []struct{ name, label string }{{"CPUUtilization", "CPU"}, {"MemoryUtilization", "memory"}} {
		for _, statistic := range []string{"Average", "Maximum"} {
			metrics = append(metrics, metric("AWS/ECS", each.name, r.service(), options{Stat: statistic, Label: each.label + ", " + strings.ToLower(statistic)}))
		}
	}
	return graph("CPU and memory", r.Name, "percent", fiveMinutes, metrics...)
}

// logErrors counts the lines of the log that mention an error. CloudWatch bills what the query reads, each time that
// somebody looks at the dashboard.
func (r Region) logErrors() widget {
	return widget{Type: "log", Properties: properties{
		Title: "Lines of the log with an error", Region: r.Name, View: "timeSeries",
		Query: "SOURCE '" + r.LogGroup + "' | filter @message like /(?i)(error|exception|fatal|panic)/ | stats count(*) as lines by bin(5m)",
	}}
}

// fleetWidgets shows the regions beside each other. The load balancers of other stacks are found by their names.
func fleetWidgets(regions []Region) []widget {
	var tasks, cpu, requests, errors, slow [][]any
	for _, each := range regions {
		tasks = append(tasks, metric("AWS/ECS", "CPUUtilization", each.service(), options{Stat: "SampleCount", Region: each.Name, Label: each.Name, Period: minute}))
		cpu = append(cpu, metric("AWS/ECS", "CPUUtilization", each.service(), options{Stat: "Average", Region: each.Name, Label: each.Name}))
		if each.LoadBalancerName == "" {
			continue
		}
		requests = append(requests, each.found("SUM", "RequestCount", "Sum"))
		errors = append(errors, each.found("SUM", "HTTPCode_Target_5XX_Count", "Sum"))
		slow = append(slow, each.found("MAX", "TargetResponseTime", "p95"))
	}
	home := regions[0].Name
	widgets := []widget{graph("Tasks", home, "tasks", minute, tasks...), graph("CPU", home, "percent", fiveMinutes, cpu...)}
	if len(requests) > 0 {
		widgets = append(widgets,
			graph("Requests", home, "in 5 minutes", fiveMinutes, requests...),
			graph("5xx of the servers", home, "in 5 minutes", fiveMinutes, errors...),
			graph("Time until a response begins, p95", home, "seconds", fiveMinutes, slow...))
	}
	return grid(widgets)
}

// found returns a metric of the region's load balancers, also of those that were destroyed since.
func (r Region) found(aggregation, name, statistic string) []any {
	search := naming.LoadBalancerSearch(r.LoadBalancerName, name, statistic, fiveMinutes)
	return []any{options{Expression: hcl.Reference(aggregation + "(" + search + ")"), Region: r.Name, Label: r.Name}}
}
