package view

import (
	"fmt"
	"slices"

	"github.com/cdtait/mcpfleet/cost"
)

// RecommendPage is what would make a fleet cheaper.
func RecommendPage(plan cost.Fleet, advice []cost.Advice) Page {
	result := Block{Heading: "Planned: " + plan.Total.String() + " US dollars a month", Align: "rrl", Header: []string{"", "SAVES", "BY"}}
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
		result.Rows = append(result.Rows, []string{fmt.Sprintf("%d.", i+1), saving, each.Title}, []string{"", "", "risk: " + each.Risk}, []string{"", "", "how: " + each.How})
	}
	result.Remarks = []string{"Savings are dollars a month, each against the plan by itself: they do not add up."}
	result.Remarks = slices.Concat(result.Remarks, lowerBound(plan.Total), footnotes(plan.Notes))
	return Page{result}
}
