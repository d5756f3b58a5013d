package view

import (
	"fmt"
	"slices"

	"github.com/cdtait/mcpfleet/cost"
)

// RecommendPage is what would make a fleet cheaper: what its file can say, and what it has no key for yet.
func RecommendPage(plan cost.Fleet, advice []cost.Advice) Page {
	now := adviceBlock("What the fleet file can say today")
	later := adviceBlock("What it has no key for yet: nothing to be done today")
	for i, each := range advice {
		block := &later
		if each.Available {
			block = &now
		}
		block.Rows = append(block.Rows, adviceRows(i+1, each)...)
	}
	shown := Page{{Heading: "Planned: " + total(plan.Total) + " US dollars a month"}}
	for _, block := range []Block{now, later} {
		if len(block.Rows) > 0 {
			shown = append(shown, block)
		}
	}
	remarks := []string{"Savings are dollars a month, each against the plan by itself: they do not add up."}
	return append(shown, Block{Remarks: slices.Concat(remarks, lowerBound(plan.Total), footnotes(plan.Notes))})
}

func adviceBlock(heading string) Block {
	return Block{Heading: heading, Align: "rrl", Header: []string{"", "SAVES", "BY"}}
}

func adviceRows(number int, advice cost.Advice) [][]string {
	how := "how: "
	if !advice.Available {
		how = "until then: "
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
