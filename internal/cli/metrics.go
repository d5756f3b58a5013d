package cli

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) metrics() *cobra.Command {
	m := &metricsBoard{app: a}
	since := newSpanValue("1d")
	command := &cobra.Command{
		Use:   "metrics",
		Short: "Show requests, errors, response times and load of each region",
		Long: `Show requests, errors, response times and load of each region.

The values are CloudWatch's, of the last day or of the time that --since names, up to 455 days. ERRORS are
the responses 5xx of the server and of the load balancer. P50 and P95 are the times within which the server
responded to half and to 95 % of the requests; if --since is longer than a day, those of the slowest day.
TASKS is the average number of tasks while any ran, CPU and MEMORY are their average use.

On a terminal, TREND shows the requests over time, with a scale of its own for each region. On a narrow
terminal, less important columns are omitted; --wide shows all columns.

A region without data, such as one that slept all the time, is no error. The exit status is 1 if a query
failed.

With --json, the output also has the values of each period.`,
		Example: "  mcpfleet metrics --since 1h\n  mcpfleet metrics --since 1w --region eu-west-1",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := atLeast("since", since.Duration, time.Minute); err != nil {
				return err
			}
			if since.Duration > ops.MetricsKept {
				return usagef("--since: CloudWatch keeps metrics for 455 days; write 455d or less")
			}
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			m.regions, m.window = connected.Regions, ops.MetricsBefore(a.Now(), since.Duration)
			return m.print(fleet, m.query(command.Context()))
		},
	}
	command.Flags().Var(since, "since", "Show metrics since this `duration` ago, such as 1h, 1d or 1w")
	a.wideFlag(command.Flags())
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// metricsBoard shows the metrics of a fleet.
type metricsBoard struct {
	app     *App
	regions []*ops.Region
	window  ops.MetricsWindow
}

func (m *metricsBoard) query(ctx context.Context) []ops.Metrics {
	return queryRegions(ctx, m.app, m.regions, func(ctx context.Context, region *ops.Region) ops.Metrics { return region.Metrics(ctx, m.window) }, m.partial)
}

// partial returns the table while some regions are still pending.
func (m *metricsBoard) partial(known []*ops.Metrics) string {
	table := m.table()
	for i, metrics := range known {
		row := []string{m.regions[i].Name, "…"}
		if metrics != nil {
			row = m.row(*metrics)
		}
		table.Rows = append(table.Rows, row)
	}
	return view.Page{table}.Text(m.app.width())
}

// metricsDocument is the JSON form of a fleet's metrics.
type metricsDocument struct {
	report[metricsReport]
	Window ops.MetricsWindow `json:"window"`
	// Fleet is the traffic of the regions whose metrics could be read.
	Fleet fleetTraffic `json:"fleet"`
}

type metricsReport struct {
	verdict
	ops.Metrics
	// ErrorRate is the part of the requests that failed, from 0 to 1; null if there were none.
	ErrorRate *float64 `json:"error_rate"`
}

type fleetTraffic struct {
	ops.Traffic
	// ErrorRate is the part of the requests that failed, from 0 to 1; null if there were none.
	ErrorRate *float64 `json:"error_rate"`
}

func (m *metricsBoard) print(fleet *config.Fleet, all []ops.Metrics) error {
	var reports []metricsReport
	var sum ops.Traffic
	for _, metrics := range all {
		reports = append(reports, metricsReport{m.app.verdict(metrics.Region, metrics.Problems), metrics, metrics.ErrorRate()})
		sum = sum.Plus(metrics.Traffic)
	}
	document := metricsDocument{newReport(m.app, fleet, reports), m.window, fleetTraffic{sum, sum.ErrorRate()}}
	if m.app.json {
		return m.app.printDocument(document)
	}
	m.app.printf("%s", m.page(all, sum).Text(m.app.width()))
	return failUnlessOK(document)
}

// metricsHeader is the header of the table. On a terminal, TREND follows.
var metricsHeader = []string{"REGION", "REQUESTS", "ERRORS", "ERROR RATE", "P50", "P95", "TASKS", "CPU", "MEMORY"}

// metricsExpendable lists the columns to omit on a narrow terminal, in this order.
var metricsExpendable = []string{"ERROR RATE", "MEMORY", "P50", "TREND", "CPU", "TASKS", "ERRORS"}

// trendCells is the width of a trend. It fits into 80 columns beside the other columns.
const trendCells = 20

func (m *metricsBoard) table() view.Block {
	table := view.Block{Heading: m.window.String(), Align: "lrrrrrrrr", Header: metricsHeader, Expendable: metricsExpendable}
	if isTerminal(m.app.Out) {
		table.Align, table.Header = table.Align+"l", slices.Concat(metricsHeader, []string{"TREND"})
	}
	return table
}

func (m *metricsBoard) page(all []ops.Metrics, sum ops.Traffic) view.Page {
	table := m.table()
	var remarks []string
	for i, metrics := range all {
		table.Rows = append(table.Rows, m.row(metrics))
		for _, remark := range m.remarks(m.regions[i], metrics) {
			remarks = append(remarks, metrics.Region+": "+remark)
		}
	}
	if len(all) > 1 {
		table.Rows = append(table.Rows, pad(append([]string{"Total"}, trafficCells(sum)...), len(table.Header)))
	}
	return table.WithRemarks(remarks)
}

// remarks returns what there is to know about a region's row.
func (m *metricsBoard) remarks(region *ops.Region, metrics ops.Metrics) (remarks []string) {
	for _, problem := range metrics.Problems {
		remarks = append(remarks, m.app.problemText(problem))
	}
	if !metrics.HasData() && len(metrics.Problems) == 0 && metrics.Schedule.State != ops.Asleep {
		remarks = append(remarks, "no task ran in this time; "+m.app.command(ops.Fix{Verb: ops.VerbStatus, Region: region.Name}))
	}
	if metrics.Requests != nil && region.MayMissTraffic(m.window) {
		remarks = append(remarks, "the requests of load balancers that were destroyed more than two weeks ago may be missing")
	}
	return remarks
}

// row returns a region's row. If there are no metrics, the row has the reason.
func (m *metricsBoard) row(metrics ops.Metrics) []string {
	switch {
	case len(metrics.Problems) > 0:
		return []string{metrics.Region, metrics.Problems[0].Code.Text()}
	case !metrics.HasData() && metrics.Schedule.State == ops.Asleep:
		return []string{metrics.Region, metrics.Schedule.Text}
	case !metrics.HasData():
		return []string{metrics.Region, "no data"}
	}
	row := append([]string{metrics.Region}, trafficCells(metrics.Traffic)...)
	row = append(row, cell(metrics.P50, formatSeconds), cell(metrics.P95, formatSeconds), cell(metrics.Tasks, formatTasks), cell(metrics.CPU, formatPercent), cell(metrics.Memory, formatPercent))
	if isTerminal(m.app.Out) {
		row = append(row, trend(metrics.Series))
	}
	return row
}

// pad adds empty cells to a row, so that its last cell is not a remark.
func pad(row []string, cells int) []string { return append(row, make([]string, cells-len(row))...) }

// trend draws the requests.
func trend(points []ops.MetricsPoint) string {
	var requests []*float64
	for _, point := range points {
		var count *float64
		if point.Requests != nil {
			count = new(float64(*point.Requests))
		}
		requests = append(requests, count)
	}
	return view.Sparkline(requests, trendCells)
}

// trafficCells returns the cells REQUESTS, ERRORS and ERROR RATE.
func trafficCells(traffic ops.Traffic) []string {
	return []string{cell(traffic.Requests, strconv.Itoa), cell(traffic.Errors(), strconv.Itoa), cell(traffic.ErrorRate(), formatRate)}
}

// cell formats a value, or returns a hyphen if there is none.
func cell[T any](value *T, format func(T) string) string {
	if value == nil {
		return "-"
	}
	return format(*value)
}

// formatRate formats a rate so that few errors do not look like none.
func formatRate(rate float64) string {
	const shown = 0.001
	if rate > 0 && rate < shown {
		return "< 0.1 %"
	}
	return fmt.Sprintf("%.1f %%", rate*100)
}

func formatSeconds(seconds float64) string {
	switch {
	case seconds < 0.001:
		return "< 1 ms"
	case seconds < 0.9995:
		return fmt.Sprintf("%.0f ms", seconds*1000)
	}
	return fmt.Sprintf("%.1f s", seconds)
}

// formatTasks formats an average number of tasks, without decimals if it is whole.
func formatTasks(tasks float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(math.Round(tasks*10)/10, 'f', 1, 64), ".0")
}

func formatPercent(percent float64) string { return fmt.Sprintf("%.0f %%", percent) }
