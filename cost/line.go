package cost

import (
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"
)

// Line is one item of an estimate.
type Line struct {
	Item Item
	Name string
	Unit string
	// Region is "" for an item shared by the fleet.
	Region string
	// Quantity is per month, to four places; nil if the fleet file sets no usage.
	Quantity *decimal.Decimal
	// Price is nil if it is not known.
	Price *Price
	// Monthly is rounded to the cent; nil if the quantity or the price is not known.
	Monthly *decimal.Decimal
	// Notes are the numbers of the line's footnotes.
	Notes []int
}

// newLine prices a quantity. A quantity of zero costs nothing, even if the price is not known.
func newLine(item Item, name, unit, region string, quantity *big.Rat, price *Price) Line {
	line := Line{Item: item, Name: name, Unit: unit, Region: region, Price: price}
	if quantity == nil {
		return line
	}
	line.Quantity = new(rounded(quantity, 4))
	switch {
	case quantity.Sign() == 0:
		line.Monthly = new(decimal.New(0, -2))
	case price != nil:
		line.Monthly = new(rounded(new(big.Rat).Mul(quantity, price.USD.Rat()), 2))
	}
	return line
}

// missing reports whether the line has a quantity but no price.
func (l Line) missing() bool { return l.Quantity != nil && l.Monthly == nil }

// nameInFleet returns the line's name with its region.
func (l Line) nameInFleet() string {
	if l.Region == "" {
		return l.Name
	}
	return fmt.Sprintf("%s in %s", l.Name, l.Region)
}

// Total is a sum of lines, or of totals.
type Total struct {
	Monthly decimal.Decimal
	// Missing lists what is not in the total. If it is not empty, the total is a lower bound.
	Missing []string
}

// Sum returns the total of lines.
func Sum(lines []Line) Total {
	sum := Total{Monthly: decimal.New(0, -2)}
	for _, line := range lines {
		if line.missing() {
			sum.Missing = append(sum.Missing, "no price for "+line.nameInFleet())
		}
		if line.Monthly != nil {
			sum.Monthly = sum.Monthly.Add(*line.Monthly)
		}
	}
	return sum
}

// Plus returns the sum of two totals.
func (t Total) Plus(other Total) Total {
	return Total{t.Monthly.Add(other.Monthly), append(append([]string{}, t.Missing...), other.Missing...)}
}

// LowerBound reports whether anything is missing from the total.
func (t Total) LowerBound() bool { return len(t.Missing) > 0 }

// Annual returns twelve times the monthly amount.
func (t Total) Annual() decimal.Decimal { return t.Monthly.Mul(decimal.New(12, 0)) }

// String returns the amount, prefixed with ≥ if it is a lower bound.
func (t Total) String() string {
	if t.LowerBound() {
		return "≥ " + t.Monthly.StringFixed(2)
	}
	return t.Monthly.StringFixed(2)
}
