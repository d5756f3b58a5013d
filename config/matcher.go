package config

import (
	"strconv"
	"strings"
)

// Accepts reports whether a response with the status is healthy. It parses the matcher as a target group
// does: "200", "200-299", "200,202".
func (h HealthCheck) Accepts(status int) bool {
	for part := range strings.SplitSeq(h.Matcher, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, fromErr := strconv.Atoi(low)
		to, toErr := strconv.Atoi(high)
		if fromErr == nil && toErr == nil && from <= status && status <= to {
			return true
		}
	}
	return false
}
