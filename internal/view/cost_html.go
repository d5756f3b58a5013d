package view

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/schedule"
)

// costDocument is the data of cost.html.
type costDocument struct {
	Title, Monthly, Annual string
	LowerBound             bool
	// The legends have entries only for what is drawn.
	Legend, WeekLegend []part
	Scenarios          []scenarioBar
	Weeks              []weekRow
	Days               []string
	Midnights          []int
	Pages              []tableBlock
}

// part is a group of items in the bars. Class sets its color.
type part struct{ Class, Name string }

// scenarioBar is the stacked bar of a scenario.
type scenarioBar struct {
	Name, Total, Saving string
	Segments            []segment
}

func (s scenarioBar) has(drawn part) bool {
	return slices.ContainsFunc(s.Segments, func(each segment) bool { return each.part == drawn })
}

type segment struct {
	part
	Amount string
	// Width is the percentage of the 24/7 total.
	Width float64
}

// weekRow is the week of a region, in spans of hours from Monday 00:00.
type weekRow struct {
	Region, Text        string
	Tasks, LoadBalancer []weekSpan
}

type weekSpan struct{ From, Hours int }

// parts are the parts of a bar in stacking order. An item in none of them belongs to the last.
var parts = []struct {
	part
	items []cost.Item
}{
	{part{"cpu", "Fargate vCPU"}, []cost.Item{cost.X86VCPU, cost.ARMVCPU}},
	{part{"memory", "Fargate memory"}, []cost.Item{cost.X86Memory, cost.ARMMemory}},
	{part{"alb", "Load balancer"}, []cost.Item{cost.LoadBalancer, cost.LCU}},
	{part{"ipv4", "Public IPv4"}, []cost.Item{cost.IPv4}},
	{part{"egress", "NAT gateways, endpoints"}, []cost.Item{cost.NAT, cost.NATData, cost.Endpoint, cost.EndpointData}},
	{part{"other", "Storage, secrets, zones, web ACL, usage"}, nil},
}

// CostHTML returns a self-contained page with charts and tables of a fleet's cost.
func CostHTML(fleet *config.Fleet, estimate cost.Fleet, comparison cost.Comparison) string {
	document := costDocument{
		Title: fleet.Project + " " + fleet.Environment, Monthly: dollars(estimate.Total, estimate.Maximum),
		Annual: money(new(estimate.Total.Annual())), LowerBound: estimate.Total.LowerBound(),
		Scenarios: scenarioBars(comparison), Days: []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
		Midnights: []int{24, 48, 72, 96, 120, 144},
	}
	for _, block := range slices.Concat(EstimatePage(estimate), ComparePage(fleet, comparison)) {
		document.Pages = append(document.Pages, block.table())
	}
	for _, each := range parts {
		if slices.ContainsFunc(document.Scenarios, func(bar scenarioBar) bool { return bar.has(each.part) }) {
			document.Legend = append(document.Legend, each.part)
		}
	}
	for _, region := range fleet.Regions {
		document.Weeks = append(document.Weeks, weekRow{
			region.Name, region.WeekDescription(), spansOf(region.TaskWeek()), spansOf(region.LoadBalancerWeek()),
		})
	}
	if slices.ContainsFunc(document.Weeks, func(week weekRow) bool { return len(week.Tasks) > 0 }) {
		document.WeekLegend = append(document.WeekLegend, part{"cpu", "tasks running"})
	}
	if slices.ContainsFunc(document.Weeks, func(week weekRow) bool { return len(week.LoadBalancer) > 0 }) {
		document.WeekLegend = append(document.WeekLegend, part{"alb", "load balancer exists"})
	}
	return renderHTML("cost.html", document)
}

func scenarioBars(comparison cost.Comparison) (bars []scenarioBar) {
	highest := comparison.Fleet[0].Total.Monthly // 24/7
	for _, outcome := range comparison.Fleet {
		bar := scenarioBar{Name: string(outcome.Scenario), Total: total(outcome.Total)}
		if outcome.Saving.IsPositive() {
			bar.Saving = "saves " + money(&outcome.Saving)
		}
		if outcome.Remaining != "" {
			bar.Name += ", " + outcome.Remaining
		}
		for i, amount := range amounts(outcome.Estimate) {
			if amount.IsPositive() {
				bar.Segments = append(bar.Segments, segment{parts[i].part, money(&amount), percentOf(amount, highest)})
			}
		}
		bars = append(bars, bar)
	}
	return bars
}

// amounts returns the fleet's cost of each part.
func amounts(estimate cost.Fleet) []decimal.Decimal {
	sums := make([]decimal.Decimal, len(parts))
	add := func(line cost.Line) {
		if line.Monthly == nil {
			return
		}
		at := len(parts) - 1
		for i, each := range parts {
			if slices.Contains(each.items, line.Item) {
				at = i
			}
		}
		sums[at] = sums[at].Add(*line.Monthly)
	}
	for _, region := range estimate.Regions {
		for _, line := range region.Lines {
			add(line)
		}
	}
	for _, line := range estimate.Shared {
		add(line)
	}
	return sums
}

// percentOf returns the percentage to two places.
func percentOf(amount, whole decimal.Decimal) float64 {
	if !whole.IsPositive() {
		return 0
	}
	return math.Round(amount.Div(whole).InexactFloat64()*10000) / 100
}

func spansOf(week schedule.Week) (spans []weekSpan) {
	for _, span := range week.Spans() {
		spans = append(spans, weekSpan{span[0], span[1] - span[0]})
	}
	return spans
}
