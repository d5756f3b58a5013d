package view

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/cost"
)

const missing = "missing"

// money formats an amount, nil as missing.
func money(amount *decimal.Decimal) string {
	if amount == nil {
		return missing
	}
	return grouped(amount.StringFixed(2))
}

// total formats a total, prefixed with ≥ if it is a lower bound.
func total(of cost.Total) string { return grouped(of.String()) }

// totals formats a total that may range up to a maximum.
func totals(of cost.Total, maximum *cost.Total) string {
	if maximum == nil {
		return total(of)
	}
	return total(of) + " to " + total(*maximum)
}

// dollars is totals with the sign of the currency: $1,234.56, ≥ $5.00 to $6.00.
func dollars(of cost.Total, maximum *cost.Total) string {
	text := "$" + money(&of.Monthly)
	if of.LowerBound() {
		text = "≥ " + text
	}
	if maximum != nil {
		text += " to $" + money(&maximum.Monthly)
	}
	return text
}

// hourly formats a total as an hourly rate.
func hourly(of cost.Total) string { return atLeast(of, of.Hourly().StringFixed(4)) }

// atLeast formats an amount, prefixed with ≥ if the total is a lower bound.
func atLeast(of cost.Total, amount string) string {
	if of.LowerBound() {
		return "≥ " + grouped(amount)
	}
	return grouped(amount)
}

// grouped inserts thousands separators into a decimal number, which may have a prefix.
func grouped(number string) string {
	whole, rest, hasRest := strings.Cut(number, ".")
	for at := len(whole) - 3; at > 0 && whole[at-1] >= '0' && whole[at-1] <= '9'; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if hasRest {
		return whole + "." + rest
	}
	return whole
}

// unitPrice formats a price with all its places, and at least two.
func unitPrice(price *cost.Price) string {
	if price == nil {
		return missing
	}
	text := price.USD.String()
	_, places, _ := strings.Cut(text, ".")
	if len(places) < 2 {
		text = price.USD.StringFixed(2)
	}
	return grouped(text)
}

func signed(amount decimal.Decimal) string {
	if amount.IsPositive() {
		return "+" + money(&amount)
	}
	return money(&amount)
}

func annual(of cost.Total) string {
	return total(cost.Total{Monthly: of.Annual(), Missing: of.Missing})
}

// atMinimum returns remarks about amounts without a range.
func atMinimum(estimate cost.Fleet) []string {
	var remarks []string
	if estimate.Scales {
		remarks = append(remarks, "Regions with autoscaling count with their minimum number of tasks.")
	}
	if estimate.Wakes {
		remarks = append(remarks, "Regions that requests wake count with usage.wake_hours.")
	}
	return remarks
}

// lowerBound returns remarks that explain the ≥ before a total.
func lowerBound(of cost.Total) []string {
	if !of.LowerBound() {
		return nil
	}
	const limit = 6
	lines := []string{"≥ marks a lower bound, because these are missing:"}
	for _, reason := range of.Missing[:min(limit, len(of.Missing))] {
		lines = append(lines, "  "+reason)
	}
	if more := len(of.Missing) - limit; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more; see the regions above", more))
	}
	return lines
}

func marks(numbers []int) string {
	var text strings.Builder
	for _, number := range numbers {
		fmt.Fprintf(&text, "[%d]", number)
	}
	return text.String()
}

func footnotes(notes []string) []string {
	var lines []string
	for i, note := range notes {
		lines = append(lines, fmt.Sprintf("[%d] %s", i+1, note))
	}
	return lines
}
