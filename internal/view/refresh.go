package view

import (
	"fmt"

	"github.com/cdtait/mcpfleet/cost"
)

// RefreshPage returns a page with the prices that changed in a file and those that were not found.
func RefreshPage(file string, count int, changes []cost.PriceChange, problems []string) Page {
	shown := Block{Align: "llrr", Header: []string{"REGION", "ITEM", "OLD", "NEW"}}
	for _, change := range changes {
		shown.Rows = append(shown.Rows, []string{change.Region, string(change.Item), OrDash(change.Was), change.Is})
	}
	result := Page{}
	if len(changes) > 0 {
		result = append(result, shown)
	}
	summary := Block{Remarks: []string{fmt.Sprintf("wrote %d prices, %d of them new or changed, to %s", count, len(changes), file)}}
	if count == 0 {
		summary.Remarks = []string{"no prices found; nothing written"}
	}
	for _, problem := range problems {
		summary.Remarks = append(summary.Remarks, "not found: "+problem)
	}
	return append(result, summary)
}
