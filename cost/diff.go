package cost

import "github.com/shopspring/decimal"

// Change is the cost of a line before and after.
type Change struct {
	Region string
	Name   string
	Before *decimal.Decimal
	After  *decimal.Decimal
	// Missing reports whether the line lacks a price before or after.
	Missing bool
}

// Difference is the difference between two estimates.
type Difference struct {
	Currency string
	Changes  []Change
	Before   Total
	After    Total
	// Change is After minus Before, without missing amounts.
	Change decimal.Decimal
}

// Diff compares two estimates line by line. Lines that cost the same are left out.
func Diff(before, after Fleet) Difference {
	result := Difference{Currency: "USD", Changes: []Change{}, Before: before.Total, After: after.Total, Change: after.Total.Monthly.Sub(before.Total.Monthly)}
	type key struct{ region, name string }
	oldLines, newLines := map[key]Line{}, map[key]Line{}
	var order []key
	for _, line := range lines(before) {
		at := key{line.Region, line.Name}
		oldLines[at] = line
		order = append(order, at)
	}
	for _, line := range lines(after) {
		at := key{line.Region, line.Name}
		if _, both := oldLines[at]; !both {
			order = append(order, at)
		}
		newLines[at] = line
	}
	for _, at := range order {
		was, is := oldLines[at], newLines[at]
		missing := was.missing() || is.missing()
		if same(was.Monthly, is.Monthly) && (!missing || same(was.Quantity, is.Quantity)) {
			continue
		}
		result.Changes = append(result.Changes, Change{at.region, at.name, was.Monthly, is.Monthly, missing})
	}
	return result
}

func lines(fleet Fleet) []Line {
	var all []Line
	for _, region := range fleet.Regions {
		all = append(all, region.Lines...)
	}
	return append(all, fleet.Shared...)
}

func same(a, b *decimal.Decimal) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
