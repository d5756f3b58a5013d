package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
)

const missing = "missing"

// money is an amount; nil is one that nobody knows.
func money(amount *decimal.Decimal) string {
	if amount == nil {
		return missing
	}
	return amount.StringFixed(2)
}

// unitPrice shows a price as it is written, with two places at least.
func unitPrice(price *cost.Price) string {
	if price == nil {
		return missing
	}
	text := price.USD.String()
	_, places, _ := strings.Cut(text, ".")
	if len(places) < 2 {
		return price.USD.StringFixed(2)
	}
	return text
}

func marks(numbers []int) string {
	var text strings.Builder
	for _, number := range numbers {
		fmt.Fprintf(&text, "[%d]", number)
	}
	return text.String()
}

func footnotes(notes []string) []string {
	var lines []string
	for i, note := range notes {
		lines = append(lines, fmt.Sprintf("[%d] %s", i+1, note))
	}
	return lines
}

func lineRow(line cost.Line) []string {
	return []string{line.Name, line.Quantity.String(), line.Unit, unitPrice(line.Price), money(line.Monthly), marks(line.Notes)}
}

var lineHeader = []string{"ITEM", "QUANTITY", "UNIT", "UNIT PRICE", "MONTHLY", ""}

const lineAlign = "lrlrrl"

func estimatePage(estimate cost.Fleet) page {
	var shown page
	for _, region := range estimate.Regions {
		each := block{heading: region.Region + ": " + region.What, align: lineAlign, header: lineHeader}
		for _, line := range region.Lines {
			each.rows = append(each.rows, lineRow(line))
		}
		each.rows = append(each.rows, []string{"Total", "", "", "", region.Total.String(), ""})
		shown = append(shown, each)
	}
	fleet := block{heading: fmt.Sprintf("%s %s: US dollars a month", estimate.Project, estimate.Environment), align: "lrl", header: []string{"REGION", "MONTHLY", ""}}
	for _, region := range estimate.Regions {
		fleet.rows = append(fleet.rows, []string{region.Region, region.Total.String(), ""})
	}
	for _, line := range estimate.Shared {
		fleet.rows = append(fleet.rows, []string{line.Name, money(line.Monthly), marks(line.Notes)})
	}
	fleet.rows = append(fleet.rows, []string{"Total", estimate.Total.String(), ""})
	fleet.remarks = slices.Concat(lowerBound(estimate.Total), footnotes(estimate.Notes))
	return append(shown, fleet, notIncluded(estimate))
}

// lowerBound explains the sign before a total.
func lowerBound(total cost.Total) []string {
	if !total.LowerBound() {
		return nil
	}
	const most = 6
	lines := []string{"≥ is a lower bound, as something is missing:"}
	for _, reason := range total.Missing[:min(most, len(total.Missing))] {
		lines = append(lines, "  "+reason)
	}
	if more := len(total.Missing) - most; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more; see each region above", more))
	}
	return lines
}

// notIncluded lists what depends on use. Regions with the same price share a row.
func notIncluded(estimate cost.Fleet) block {
	result := block{heading: "Not included", align: "llrl", header: []string{"ITEM", "UNIT", "UNIT PRICE", "REGIONS"}}
	var order []string
	regions := map[string][]string{}
	for _, region := range estimate.Regions {
		for _, line := range region.NotIncluded {
			row := strings.Join([]string{line.Name, line.Unit, unitPrice(line.Price)}, "\t")
			if regions[row] == nil {
				order = append(order, row)
			}
			regions[row] = append(regions[row], region.Region)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int {
		return strings.Compare(strings.SplitN(a, "\t", 2)[0], strings.SplitN(b, "\t", 2)[0])
	})
	for _, row := range order {
		result.rows = append(result.rows, append(strings.Split(row, "\t"), few(regions[row], len(estimate.Regions))))
	}
	if len(order) > 0 {
		result.remarks = append(result.remarks, "These depend on use: write what you expect under usage in the fleet file.")
	}
	result.remarks = append(result.remarks, "Nor are taxes, storage of logs and images, state buckets, and what AWS gives every account for free.")
	return result
}

// few names some regions, and counts the rest.
func few(names []string, all int) string {
	const most = 3
	switch {
	case len(names) == all && all > 1:
		return "all"
	case len(names) <= most:
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func saved(outcome cost.Outcome) []string {
	percent := "-"
	if outcome.Percent != nil {
		percent = outcome.Percent.StringFixed(1) + " %"
	}
	saving := outcome.Saving.StringFixed(2)
	if outcome.Total.LowerBound() {
		saving = "≥ " + saving
	}
	if outcome.Scenario == cost.AlwaysOn {
		return []string{"-", "-"}
	}
	return []string{saving, percent}
}

func annual(total cost.Total) string {
	return cost.Total{Monthly: total.Annual(), Missing: total.Missing}.String()
}

func comparePage(fleet *config.Fleet, comparison cost.Comparison) page {
	regions := block{heading: "Scenarios by region, in US dollars", align: "llrrrrrr",
		header: []string{"REGION", "SCENARIO", "TASK HOURS", "ALB HOURS", "MONTHLY", "ANNUAL", "SAVING", "SAVED"}}
	for i, outcome := range comparison.Regions {
		name := outcome.Region
		if i > 0 && comparison.Regions[i-1].Region == name {
			name = ""
		}
		row := []string{name, string(outcome.Scenario), outcome.TaskHours.StringFixed(2), outcome.LoadBalancerHours.StringFixed(2), outcome.Total.String(), annual(outcome.Total)}
		regions.rows = append(regions.rows, append(row, saved(outcome)...))
	}
	whole := block{heading: fmt.Sprintf("The fleet, %s %s", fleet.Project, fleet.Environment), align: "lrrrr",
		header: []string{"SCENARIO", "MONTHLY", "ANNUAL", "SAVING", "SAVED"}}
	for _, outcome := range comparison.Fleet {
		name := string(outcome.Scenario)
		if outcome.Keeps != "" {
			name += ", " + outcome.Keeps
		}
		whole.rows = append(whole.rows, append([]string{name, outcome.Total.String(), annual(outcome.Total)}, saved(outcome)...))
	}
	whole.remarks = slices.Concat(lowerBound(comparison.Fleet[0].Total), footnotes(comparison.Footnotes))
	hours := block{heading: "Hours", remarks: comparison.Hours}
	return page{regions, whole, machinesBlock(comparison.Machines), windowsBlock(comparison.Windows), hours}
}

func machinesBlock(machines []cost.MachineCost) block {
	result := block{heading: "As planned, on other machines, monthly", align: "l", header: []string{"REGION"}}
	width := len(cost.Machines())
	for _, machine := range cost.Machines() {
		result.align += "r"
		result.header = append(result.header, machine.String())
	}
	for i := 0; i < len(machines); i += width {
		name := machines[i].Region
		if name == "" {
			name = "Fleet"
		}
		row := []string{name}
		for _, each := range machines[i : i+width] {
			row = append(row, each.Total.String())
		}
		result.rows = append(result.rows, row)
	}
	result.remarks = []string{"Spot is taken for 34 % of the price on demand; it changes daily. The fleet runs on x86."}
	return result
}

func windowsBlock(windows []cost.Window) block {
	result := block{heading: "Destroying load balancers, against keeping them", align: "lrrrr",
		header: []string{"REGION", "SAVES MONTHLY", "LEAD", "AN HOUR OF LEAD COSTS", "BREAK-EVEN LEAD"}}
	for _, window := range windows {
		lead, even := "-", "-"
		if window.LeadHour != nil {
			lead = money(window.LeadHour)
		}
		if window.BreakEven != nil {
			even = window.BreakEven.String() + " h"
		}
		result.rows = append(result.rows, []string{window.Region, window.Saving.Monthly.StringFixed(2), fmt.Sprintf("%d min", window.LeadMinutes), lead, even})
	}
	result.remarks = []string{"Lead is how long before a window the load balancer may be back. Past the break-even it is never away."}
	return result
}

func recommendPage(plan cost.Fleet, advice []cost.Advice) page {
	result := block{heading: "Planned: " + plan.Total.String() + " US dollars a month", align: "rrl", header: []string{"", "SAVES", "BY"}}
	for i, each := range advice {
		saving := "unknown"
		if each.Saving != nil {
			saving = each.Saving.StringFixed(2)
		}
		if each.AtLeast && each.Saving != nil {
			saving = "≥ " + saving
		}
		if each.Estimate {
			saving = "about " + saving
		}
		result.rows = append(result.rows, []string{fmt.Sprintf("%d.", i+1), saving, each.Title}, []string{"", "", "risk: " + each.Risk}, []string{"", "", "how: " + each.How})
	}
	result.remarks = []string{"Savings are dollars a month, each against the plan by itself: they do not add up."}
	result.remarks = slices.Concat(result.remarks, lowerBound(plan.Total), footnotes(plan.Notes))
	return page{result}
}

func diffPage(difference cost.Difference, notes []string) page {
	result := block{heading: "US dollars a month", align: "llrrr", header: []string{"REGION", "ITEM", "BEFORE", "AFTER", "CHANGE"}}
	for _, change := range difference.Changes {
		result.rows = append(result.rows, []string{orDash(change.Region), change.Name, amountOf(change.Before, change.Missing), amountOf(change.After, change.Missing), changed(change)})
	}
	result.rows = append(result.rows, []string{"Total", "", difference.Before.String(), difference.After.String(), signed(difference.Change)})
	if len(difference.Changes) == 0 {
		result.remarks = []string{"Nothing that costs money changes."}
	}
	result.remarks = slices.Concat(result.remarks, lowerBound(difference.Before.Plus(difference.After)), footnotes(notes))
	return page{result}
}

func amountOf(amount *decimal.Decimal, unknown bool) string {
	if amount == nil && !unknown {
		return "-"
	}
	return money(amount)
}

func changed(change cost.Change) string {
	if change.Missing {
		return missing
	}
	var difference decimal.Decimal
	if change.After != nil {
		difference = *change.After
	}
	if change.Before != nil {
		difference = difference.Sub(*change.Before)
	}
	return signed(difference)
}

func signed(amount decimal.Decimal) string {
	if amount.IsPositive() {
		return "+" + amount.StringFixed(2)
	}
	return amount.StringFixed(2)
}
