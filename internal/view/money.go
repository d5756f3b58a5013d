package view

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/cost"
)

const missing = "missing"

// money is an amount; nil is one that nobody knows.
func money(amount *decimal.Decimal) string {
	if amount == nil {
		return missing
	}
	return grouped(amount.StringFixed(2))
}

// total is a sum, with a sign before it where it is a lower bound.
func total(of cost.Total) string { return grouped(of.String()) }

// hourly is what a total makes an hour.
func hourly(of cost.Total) string { return atLeast(of, of.Hourly().StringFixed(4)) }

// atLeast is an amount that is a lower bound where a total is.
func atLeast(of cost.Total, amount string) string {
	if of.LowerBound() {
		return "≥ " + grouped(amount)
	}
	return grouped(amount)
}

// grouped sets commas between the thousands of a decimal number, whatever stands before it.
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

// unitPrice shows a price as it is written, with two places at least.
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

// lowerBound explains the sign before a total.
func lowerBound(of cost.Total) []string {
	if !of.LowerBound() {
		return nil
	}
	const most = 6
	lines := []string{"≥ is a lower bound, as something is missing:"}
	for _, reason := range of.Missing[:min(most, len(of.Missing))] {
		lines = append(lines, "  "+reason)
	}
	if more := len(of.Missing) - most; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more; see each region above", more))
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
