package view

import (
	"fmt"
	"slices"

	"github.com/cdtait/mcpfleet/cost"
)

// RecommendPage returns a page with ways to make a fleet cheaper.
func RecommendPage(plan cost.Fleet, advice []cost.Advice) Page {
	page := Page{{Heading: "Planned: " + total(plan.Total) + " USD per month"}}
	block := Block{Heading: "Recommendations", Align: "rrl", Header: []string{"", "SAVING", "RECOMMENDATION"}}
	for i, each := range advice {
		block.Rows = append(block.Rows, adviceRows(i+1, each)...)
	}
	if len(block.Rows) > 0 {
		page = append(page, block)
	}
	remarks := []string{"Savings are in USD per month, each compared with the plan; they do not add up."}
	return append(page, Block{Remarks: slices.Concat(remarks, atMinimum(plan), lowerBound(plan.Total), footnotes(plan.Notes))})
}

func adviceRows(number int, advice cost.Advice) [][]string {
	return [][]string{{fmt.Sprintf("%d.", number), saving(advice), advice.Title}, {"", "", "risk: " + advice.Risk}, {"", "", "how: " + advice.How}}
}

func saving(advice cost.Advice) string {
	saving := "unknown"
	if advice.Saving != nil {
		saving = money(advice.Saving)
	}
	if advice.AtLeast && advice.Saving != nil {
		saving = "≥ " + saving
	}
	if advice.Estimate {
		saving = "about " + saving
	}
	return saving
}
