//go:build !simulation

package main

import "time"

// simulatedSpans returns some weeks: an ordinary one, those around clock changes, and those with skipped and extra dates.
func simulatedSpans() (spans [][2]minute) {
	for _, from := range []string{"2026-01-14", "2026-03-04", "2026-03-25", "2026-10-21", "2026-12-16"} {
		day, _ := time.Parse(time.DateOnly, from)
		spans = append(spans, [2]minute{minuteOf(day), minuteOf(day.AddDate(0, 0, 14))})
	}
	return spans
}

const simulatedSeeds = 1
