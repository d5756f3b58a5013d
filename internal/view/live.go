package view

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/cost"
)

// LivePage returns a page that compares what runs now with the plan and the bill.
func LivePage(live cost.Live) Page {
	shown := Block{Heading: "Running at " + live.At.Format("Mon 2 Jan 15:04 MST") + " (USD)", Align: "lllrrrrr",
		Header:     []string{"REGION", "TASKS", "LOAD BALANCER", "HOURLY", "PLANNED HOURLY", "MONTHLY", "PLANNED MONTHLY", "BILLED"},
		Expendable: []string{"LOAD BALANCER", "PLANNED HOURLY", "PLANNED MONTHLY"}}
	for _, each := range live.Regions {
		shown.Rows = append(shown.Rows, liveRow(each))
		if more := each.Excess(); more.IsPositive() {
			shown.Remarks = append(shown.Remarks, fmt.Sprintf("%s costs %s per hour more than planned; run mcpfleet status to see why", each.Region, more.StringFixed(4)))
		}
		if each.Problem != "" {
			shown.Remarks = append(shown.Remarks, each.Region+": "+each.Problem)
		}
	}
	for _, line := range live.Shared {
		shown.Rows = append(shown.Rows, []string{line.Name, "", "", "", "", money(line.Monthly), money(line.Monthly), ""})
	}
	shown.Rows = append(shown.Rows, []string{"Total", "", "", hourly(live.Rate), "", total(live.Rate), total(live.Plan), billedCell(live.Billed)})
	return Page{shown, {Remarks: append(lowerBound(live.Rate), billRemark(live))}}
}

func liveRow(each *cost.LiveRegion) []string {
	cells, now, month := tasksAndLoadBalancer(each), "-", "-"
	if each.Rate != nil {
		now, month = hourly(*each.Rate), total(*each.Rate)
	}
	return append(append([]string{each.Region}, cells...), now, hourly(each.WantedRate), month, total(each.Plan), billedCell(each.Billed))
}

func tasksAndLoadBalancer(each *cost.LiveRegion) []string {
	switch {
	case each.Rate == nil:
		return []string{"unknown", "-"}
	case each.Running == nil:
		return []string{"not deployed", "-"}
	}
	tasks := fmt.Sprintf("%d of %d", each.Running.Tasks, each.Wanted.Tasks)
	if each.Running.Zones == 0 {
		return []string{tasks, "none"}
	}
	return []string{tasks, fmt.Sprintf("in %d zones", each.Running.Zones)}
}

func billedCell(amount *decimal.Decimal) string {
	if amount == nil {
		return "-"
	}
	return money(amount)
}

func billRemark(live cost.Live) string {
	switch {
	case live.BilledProblem != "":
		return "The billed amounts are unknown: " + live.BilledProblem
	case live.Billed.IsZero():
		return "No cost is billed under the fleet's tags this month; tags appear in Cost Explorer a day after Project and Environment are activated as cost allocation tags."
	}
	return "MONTHLY is the cost of a month at the current rate. BILLED is the month to date by the tags Project and Environment; its total includes costs without a region."
}
