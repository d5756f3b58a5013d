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
	// Region is "" for what a fleet has once.
	Region string
	// Quantity is in a month, to four places; nil where usage was not given.
	Quantity *decimal.Decimal
	// Price is nil where it is not known.
	Price *Price
	// Monthly is to the cent; nil where quantity or price is not known.
	Monthly *decimal.Decimal
	// Notes are the numbers of the footnotes that belong to it.
	Notes []int
}

// newLine is a quantity at a price. What is not used costs nothing, whatever its price.
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

// missing says that the line has a cost and that nobody knows it.
func (l Line) missing() bool { return l.Quantity != nil && l.Monthly == nil }

// where names the line within its fleet.
func (l Line) where() string {
	if l.Region == "" {
		return l.Name
	}
	return fmt.Sprintf("%s in %s", l.Name, l.Region)
}

// Total is a sum of lines, or of totals.
type Total struct {
	Monthly decimal.Decimal
	// Missing says what is not in it. Where there is any, the total is a lower bound.
	Missing []string
}

// Sum is the total of lines.
func Sum(lines []Line) Total {
	sum := Total{Monthly: decimal.New(0, -2)}
	for _, line := range lines {
		if line.missing() {
			sum.Missing = append(sum.Missing, "no price is known for "+line.where())
		}
		if line.Monthly != nil {
			sum.Monthly = sum.Monthly.Add(*line.Monthly)
		}
	}
	return sum
}

// Plus is the sum of two totals.
func (t Total) Plus(other Total) Total {
	return Total{t.Monthly.Add(other.Monthly), append(append([]string{}, t.Missing...), other.Missing...)}
}

// LowerBound says that something is missing in the total.
func (t Total) LowerBound() bool { return len(t.Missing) > 0 }

// Annual is twelve months.
func (t Total) Annual() decimal.Decimal { return t.Monthly.Mul(decimal.New(12, 0)) }

// String is the amount, with a sign before it where it is a lower bound.
func (t Total) String() string {
	if t.LowerBound() {
		return "≥ " + t.Monthly.StringFixed(2)
	}
	return t.Monthly.StringFixed(2)
}
