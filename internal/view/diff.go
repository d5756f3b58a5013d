package view

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/cost"
)

// DiffPage returns a page with the difference between two estimates.
func DiffPage(difference cost.Difference, notes []string) Page {
	result := Block{Heading: "Change in monthly cost (USD)", Align: "llrrr", Header: []string{"REGION", "ITEM", "BEFORE", "AFTER", "CHANGE"}}
	for _, change := range difference.Changes {
		result.Rows = append(result.Rows, []string{OrDash(change.Region), change.Name, amountOf(change.Before, change.Missing), amountOf(change.After, change.Missing), changed(change)})
	}
	result.Rows = append(result.Rows, []string{"Total", "", total(difference.Before), total(difference.After), signed(difference.Change)})
	if len(difference.Changes) == 0 {
		result.Remarks = []string{"No change in cost."}
	}
	result.Remarks = slices.Concat(result.Remarks, lowerBound(difference.Before.Plus(difference.After)), footnotes(notes))
	return Page{result}
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
