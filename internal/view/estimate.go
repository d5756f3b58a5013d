package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/cost"
)

// EstimatePage is what a fleet costs, item by item.
func EstimatePage(estimate cost.Fleet) Page {
	var shown Page
	for _, region := range estimate.Regions {
		each := Block{Heading: region.Region + ": " + region.What, Align: lineAlign, Header: lineHeader, Expendable: []string{"UNIT", "UNIT PRICE"}}
		for _, line := range region.Lines {
			each.Rows = append(each.Rows, lineRow(line))
		}
		each.Rows = append(each.Rows, []string{"Total", "", "", "", total(region.Total), ""})
		shown = append(shown, each)
	}
	fleet := Block{Heading: fmt.Sprintf("%s %s: US dollars a month", estimate.Project, estimate.Environment), Align: "lrl", Header: []string{"REGION", "MONTHLY", ""}}
	for _, region := range estimate.Regions {
		fleet.Rows = append(fleet.Rows, []string{region.Region, total(region.Total), ""})
	}
	for _, line := range estimate.Shared {
		fleet.Rows = append(fleet.Rows, []string{line.Name, money(line.Monthly), marks(line.Notes)})
	}
	fleet.Rows = append(fleet.Rows, []string{"Total", total(estimate.Total), ""})
	fleet.Remarks = slices.Concat(lowerBound(estimate.Total), footnotes(estimate.Notes))
	return append(shown, fleet, notIncluded(estimate))
}

var lineHeader = []string{"ITEM", "QUANTITY", "UNIT", "UNIT PRICE", "MONTHLY", ""}

const lineAlign = "lrlrrl"

func lineRow(line cost.Line) []string {
	return []string{line.Name, grouped(line.Quantity.String()), line.Unit, unitPrice(line.Price), money(line.Monthly), marks(line.Notes)}
}

// notIncluded lists what depends on use. Regions with the same price share a row.
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
		result.Rows = append(result.Rows, append(strings.Split(row, "\t"), few(regions[row], len(estimate.Regions))))
	}
	if len(order) > 0 {
		result.Remarks = append(result.Remarks, "These depend on use: write what you expect under usage in the fleet file.")
	}
	result.Remarks = append(result.Remarks, "Nor are taxes, storage of logs and images, state buckets, and what AWS gives every account for free.")
	return result
}

// few names some regions, and counts the rest.
func few(names []string, all int) string {
	const most = 3
	switch {
	case len(names) == all && all > 1:
		return "all"
	case len(names) <= most:
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
