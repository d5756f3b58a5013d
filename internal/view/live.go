package view

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/cost"
)

// LivePage is what runs now, against the plan and against the bill.
func LivePage(live cost.Live) Page {
	shown := Block{Heading: "What runs at " + live.At.Format("Mon 2 Jan 15:04 MST") + ", in US dollars", Align: "lllrrrrr",
		Header: []string{"REGION", "TASKS", "LOAD BALANCER", "AN HOUR", "PLANNED NOW", "A MONTH LIKE THIS", "PLAN A MONTH", "BILLED"}}
	for _, each := range live.Regions {
		shown.Rows = append(shown.Rows, liveRow(each))
		if more := each.Excess(); more.IsPositive() {
			shown.Remarks = append(shown.Remarks, fmt.Sprintf("%s costs %s an hour more than planned for now; mcpfleet status says what differs", each.Region, more.StringFixed(4)))
		}
		if each.Problem != "" {
			shown.Remarks = append(shown.Remarks, each.Region+": "+each.Problem)
		}
	}
	for _, line := range live.Shared {
		shown.Rows = append(shown.Rows, []string{line.Name, "", "", "", "", money(line.Monthly), money(line.Monthly), ""})
	}
	shown.Rows = append(shown.Rows, []string{"Total", "", "", live.Rate.Hourly().StringFixed(4), "", live.Rate.String(), live.Plan.String(), billedCell(live.Billed)})
	return Page{shown, {Remarks: append(lowerBound(live.Rate), billRemark(live))}}
}

func liveRow(each *cost.LiveRegion) []string {
	tasks, balancer := "not deployed", "-"
	switch {
	case each.Problem != "":
		tasks = "not seen"
	case each.Running != nil:
		tasks, balancer = fmt.Sprintf("%d of %d", each.Running.Tasks, each.Wanted.Tasks), "none"
		if each.Running.Zones > 0 {
			balancer = fmt.Sprintf("in %d zones", each.Running.Zones)
		}
	}
	return []string{
		each.Region, tasks, balancer, each.Rate.Hourly().StringFixed(4), each.WantedRate.Hourly().StringFixed(4),
		each.Rate.String(), each.Plan.String(), billedCell(each.Billed),
	}
}

func billedCell(amount *decimal.Decimal) string {
	if amount == nil {
		return "-"
	}
	return amount.StringFixed(2)
}

func billRemark(live cost.Live) string {
	switch {
	case live.BilledProblem != "":
		return "What was billed is not known: " + live.BilledProblem
	case live.Billed.IsZero():
		return "Nothing is billed for the fleet's tags this month; Cost Explorer knows them a day after Project and Environment are activated as cost allocation tags."
	}
	return "BILLED is by the tags Project and Environment, since the month began; the total also has what belongs to no region."
}
