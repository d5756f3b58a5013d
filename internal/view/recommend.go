package view

import (
	"fmt"
	"slices"

	"github.com/cdtait/mcpfleet/cost"
)

// RecommendPage returns a page with ways to make a fleet cheaper.
func RecommendPage(plan cost.Fleet, advice []cost.Advice) Page {
	now := adviceBlock("Available in the fleet file")
	later := adviceBlock("Not available yet: the fleet file has no key for these")
	for i, each := range advice {
		block := &later
		if each.Available {
			block = &now
		}
		block.Rows = append(block.Rows, adviceRows(i+1, each)...)
	}
	page := Page{{Heading: "Planned: " + total(plan.Total) + " USD per month"}}
	for _, block := range []Block{now, later} {
		if len(block.Rows) > 0 {
			page = append(page, block)
		}
	}
	remarks := []string{"Savings are in USD per month, each compared with the plan; they do not add up."}
	return append(page, Block{Remarks: slices.Concat(remarks, atMinimum(plan), lowerBound(plan.Total), footnotes(plan.Notes))})
}

func adviceBlock(heading string) Block {
	return Block{Heading: heading, Align: "rrl", Header: []string{"", "SAVING", "RECOMMENDATION"}}
}

func adviceRows(number int, advice cost.Advice) [][]string {
	how := "how: "
	if !advice.Available {
		how = "prepare: "
	}
	return [][]string{{fmt.Sprintf("%d.", number), saving(advice), advice.Title}, {"", "", "risk: " + advice.Risk}, {"", "", how + advice.How}}
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
