package view

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/cost"
)

// LivePage is what runs now, against the plan and against the bill.
func LivePage(live cost.Live) Page {
	shown := Block{Heading: "What runs at " + live.At.Format("Mon 2 Jan 15:04 MST") + ", in US dollars", Align: "lllrrrrr",
		Header:     []string{"REGION", "TASKS", "LOAD BALANCER", "AN HOUR", "PLANNED NOW", "A MONTH LIKE THIS", "PLAN A MONTH", "BILLED"},
		Expendable: []string{"LOAD BALANCER", "PLANNED NOW", "PLAN A MONTH"}}
	for _, each := range live.Regions {
		shown.Rows = append(shown.Rows, liveRow(each))
		if more := each.Excess(); more.IsPositive() {
			shown.Remarks = append(shown.Remarks, fmt.Sprintf("%s costs %s an hour more than planned for now; status says what differs", each.Region, more.StringFixed(4)))
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
	shown, now, month := tasksAndBalancer(each), "-", "-"
	if each.Rate != nil {
		now, month = hourly(*each.Rate), total(*each.Rate)
	}
	return append(append([]string{each.Region}, shown...), now, hourly(each.WantedRate), month, total(each.Plan), billedCell(each.Billed))
}

func tasksAndBalancer(each *cost.LiveRegion) []string {
	switch {
	case each.Rate == nil:
		return []string{"not seen", "-"}
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
		return "What was billed is not known: " + live.BilledProblem
	case live.Billed.IsZero():
		return "Nothing is billed for the fleet's tags this month; Cost Explorer knows them a day after Project and Environment are activated as cost allocation tags."
	}
	return "BILLED is by the tags Project and Environment, since the month began; the total also has what belongs to no region."
}
