package cost

import "github.com/shopspring/decimal"

// Change is what a line costs before and after.
type Change struct {
	Region string
	Name   string
	Before *decimal.Decimal
	After  *decimal.Decimal
	// Missing says which of the two nobody knows.
	Missing bool
}

// Difference is two estimates side by side.
type Difference struct {
	Currency string
	Changes  []Change
	Before   Total
	After    Total
	// Change is After less Before, of what is known.
	Change decimal.Decimal
}

// Diff says what changes between two estimates, line by line. A line that costs the same is left out.
func Diff(before, after Fleet) Difference {
	result := Difference{Currency: "USD", Changes: []Change{}, Before: before.Total, After: after.Total, Change: after.Total.Monthly.Sub(before.Total.Monthly)}
	type place struct{ region, name string }
	old, fresh := map[place]Line{}, map[place]Line{}
	var order []place
	for _, line := range lines(before) {
		at := place{line.Region, line.Name}
		old[at] = line
		order = append(order, at)
	}
	for _, line := range lines(after) {
		at := place{line.Region, line.Name}
		if _, both := old[at]; !both {
			order = append(order, at)
		}
		fresh[at] = line
	}
	for _, at := range order {
		was, is := old[at], fresh[at]
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
