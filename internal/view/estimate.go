package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/text"
)

// EstimatePage returns a page with every line of a fleet's cost.
func EstimatePage(estimate cost.Fleet) Page {
	var page Page
	for _, region := range estimate.Regions {
		each := Block{Heading: region.Region + ": " + region.Summary, Align: lineAlign, Header: lineHeader, Expendable: []string{"UNIT", "UNIT PRICE"}}
		for _, line := range region.Lines {
			each.Rows = append(each.Rows, lineRow(line))
		}
		each.Rows = append(each.Rows, []string{"Total", "", "", "", totals(region.Total, region.Maximum), ""})
		page = append(page, each)
	}
	fleet := Block{Heading: fmt.Sprintf("%s %s (USD per month)", estimate.Project, estimate.Environment), Align: "lrl", Header: []string{"REGION", "MONTHLY", ""}}
	for _, region := range estimate.Regions {
		fleet.Rows = append(fleet.Rows, []string{region.Region, totals(region.Total, region.Maximum), ""})
	}
	for _, line := range estimate.Shared {
		fleet.Rows = append(fleet.Rows, []string{line.Name, money(line.Monthly), marks(line.Notes)})
	}
	fleet.Rows = append(fleet.Rows, []string{"Total", totals(estimate.Total, estimate.Maximum), ""})
	if estimate.Scales {
		fleet.Remarks = append(fleet.Remarks, "Items are priced at the minimum number of tasks of autoscaling. Totals range up to its maximum.")
	}
	if estimate.Wakes {
		fleet.Remarks = append(fleet.Remarks, "Requests keep regions awake for the hours of usage.wake_hours. Totals range up to weekend.wake_budget.")
	}
	fleet.Remarks = slices.Concat(fleet.Remarks, lowerBound(estimate.Total), footnotes(estimate.Notes))
	return append(page, fleet, notIncluded(estimate))
}

var lineHeader = []string{"ITEM", "QUANTITY", "UNIT", "UNIT PRICE", "MONTHLY", ""}

const lineAlign = "lrlrrl"

func lineRow(line cost.Line) []string {
	return []string{line.Name, grouped(line.Quantity.String()), line.Unit, unitPrice(line.Price), money(line.Monthly), marks(line.Notes)}
}

// notIncluded lists the items that depend on usage. Regions with the same price share a row.
func notIncluded(estimate cost.Fleet) Block {
	result := Block{Heading: "Not included", Align: "llrl", Header: []string{"ITEM", "UNIT", "UNIT PRICE", "REGIONS"}}
	var order []string
	regions := map[string][]string{}
	for _, region := range estimate.Regions {
		for _, line := range region.NotIncluded {
			row := strings.Join([]string{line.Name, line.Unit, unitPrice(line.Price)}, "\t")
			if regions[row] == nil {
				order = append(order, row)
			}
			regions[row] = append(regions[row], region.Region)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int {
		return strings.Compare(strings.SplitN(a, "\t", 2)[0], strings.SplitN(b, "\t", 2)[0])
	})
	for _, row := range order {
		result.Rows = append(result.Rows, append(strings.Split(row, "\t"), regionList(regions[row], len(estimate.Regions))))
	}
	if len(order) > 0 {
		result.Remarks = append(result.Remarks, "These items depend on usage; to include them, set usage in the fleet file.")
	}
	if estimate.Scales {
		result.Remarks = append(result.Remarks, "The CloudWatch alarms of autoscaling, two for each target, are not included.")
	}
	result.Remarks = append(result.Remarks, "Taxes, log and image storage, state buckets and the AWS free tier are not included either.")
	return result
}

// regionList names at most three regions, or "all".
func regionList(names []string, all int) string {
	if len(names) == all && all > 1 {
		return "all"
	}
	return text.JoinMost(names, 3, ", ")
}
