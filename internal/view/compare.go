package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/text"
)

// ComparePage returns a page that compares all scenarios.
func ComparePage(fleet *config.Fleet, comparison cost.Comparison) Page {
	regions := Block{Heading: "Scenarios by region (USD)", Align: "llrrrrrr",
		Header:     []string{"REGION", "SCENARIO", "TASK HOURS", "ALB HOURS", "MONTHLY", "ANNUAL", "SAVING", "SAVED"},
		Expendable: []string{"ALB HOURS", "TASK HOURS", "ANNUAL", "SAVED"}}
	for i, outcome := range comparison.Regions {
		name := outcome.Region
		if i > 0 && comparison.Regions[i-1].Region == name {
			name = ""
		}
		row := []string{name, string(outcome.Scenario), money(outcome.TaskHours), money(outcome.LoadBalancerHours), total(outcome.Total), annual(outcome.Total)}
		regions.Rows = append(regions.Rows, append(row, saved(outcome)...))
	}
	fleetBlock := Block{Heading: fmt.Sprintf("Fleet %s %s (USD)", fleet.Project, fleet.Environment), Align: "lrrrr",
		Header: []string{"SCENARIO", "MONTHLY", "ANNUAL", "SAVING", "SAVED"}, Expendable: []string{"ANNUAL", "SAVED"}}
	for _, outcome := range comparison.Fleet {
		name := string(outcome.Scenario)
		if outcome.Remaining != "" {
			name += ", " + outcome.Remaining
		}
		fleetBlock.Rows = append(fleetBlock.Rows, append([]string{name, total(outcome.Total), annual(outcome.Total)}, saved(outcome)...))
	}
	kept := comparison.Fleet[1] // requests wake regions in this scenario only
	fleetBlock.Remarks = slices.Concat(atMinimum(kept.Estimate), lowerBound(comparison.Fleet[0].Total), footnotes(comparison.Footnotes))
	hours := Block{Heading: "Hours", Remarks: comparison.Hours}
	return Page{regions, fleetBlock, machinesBlock(comparison.Machines, comparison.RunsOn), windowsBlock(comparison.Windows), hours}
}

// saved returns the cells SAVING and SAVED.
func saved(outcome cost.Outcome) []string {
	percent := "-"
	if outcome.Percent != nil {
		percent = outcome.Percent.StringFixed(1) + " %"
	}
	saving := atLeast(outcome.Total, outcome.Saving.StringFixed(2))
	if outcome.Scenario == cost.AlwaysOn {
		return []string{"-", "-"}
	}
	return []string{saving, percent}
}

func machinesBlock(machines []cost.MachineCost, regions map[string]string) Block {
	result := Block{Heading: "Planned cost by machine (USD per month)", Align: "l", Header: []string{"REGION"}}
	width := len(cost.Machines())
	for _, machine := range cost.Machines() {
		result.Align += "r"
		result.Header = append(result.Header, machine.String())
		if machine.Spot {
			result.Expendable = append(result.Expendable, machine.String())
		}
	}
	for i := 0; i < len(machines); i += width {
		name := machines[i].Region
		if name == "" {
			name = "Fleet"
		}
		row := []string{name}
		for _, each := range machines[i : i+width] {
			row = append(row, total(each.Total))
		}
		result.Rows = append(result.Rows, row)
	}
	result.Remarks = []string{"Spot is estimated at 34 % of the on-demand price, which changes daily. " + runsOn(regions)}
	return result
}

// runsOn says on which machines the fleet runs.
func runsOn(machines map[string]string) string {
	regions := map[string][]string{}
	for _, region := range slices.Sorted(maps.Keys(machines)) {
		regions[machines[region]] = append(regions[machines[region]], region)
	}
	names := slices.Sorted(maps.Keys(regions))
	if len(names) == 1 {
		return "The fleet runs on " + names[0] + "."
	}
	const shown = 4
	var parts []string
	for _, name := range names {
		parts = append(parts, "on "+name+" in "+text.JoinMost(regions[name], shown, ", "))
	}
	return "The fleet runs " + strings.Join(parts, ", and ") + "."
}

func windowsBlock(windows []cost.Window) Block {
	result := Block{Heading: "Destroying load balancers compared with keeping them (USD per month)", Align: "lrrrr",
		Header: []string{"REGION", "SAVING", "LEAD", "COST PER HOUR OF LEAD", "BREAK-EVEN LEAD"}, Expendable: []string{"COST PER HOUR OF LEAD"}}
	for _, window := range windows {
		lead, breakEven := "-", "-"
		if window.LeadHour != nil {
			lead = money(window.LeadHour)
		}
		if window.BreakEven != nil {
			breakEven = window.BreakEven.String() + " h"
		}
		result.Rows = append(result.Rows, []string{window.Region, total(window.Saving), fmt.Sprintf("%d min", window.LeadMinutes), lead, breakEven})
	}
	result.Remarks = []string{"Lead is how long before a window opens an apply already creates the load balancer. With a lead at or above break-even, the load balancer is never destroyed."}
	return result
}
