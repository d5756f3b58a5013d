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
	return amount.StringFixed(2)
}

// unitPrice shows a price as it is written, with two places at least.
func unitPrice(price *cost.Price) string {
	if price == nil {
		return missing
	}
	text := price.USD.String()
	_, places, _ := strings.Cut(text, ".")
	if len(places) < 2 {
		return price.USD.StringFixed(2)
	}
	return text
}

func signed(amount decimal.Decimal) string {
	if amount.IsPositive() {
		return "+" + amount.StringFixed(2)
	}
	return amount.StringFixed(2)
}
func annual(total cost.Total) string {
	return cost.Total{Monthly: total.Annual(), Missing: total.Missing}.String()
}

// lowerBound explains the sign before a total.
func lowerBound(total cost.Total) []string {
	if !total.LowerBound() {
		return nil
	}
	const most = 6
	lines := []string{"≥ is a lower bound, as something is missing:"}
	for _, reason := range total.Missing[:min(most, len(total.Missing))] {
		lines = append(lines, "  "+reason)
	}
	if more := len(total.Missing) - most; more > 0 {
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
