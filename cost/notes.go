package cost

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// stale is how old a price may be before a total says so.
const stale = 180 * 24 * time.Hour

// doubts are what a reader has to know of a price, in the order of their footnotes.
var doubts = []struct {
	text  string
	holds func(price Price, now time.Time) bool
}{
	{"weak price (C), a single mention or one that varies", func(price Price, _ time.Time) bool { return price.Confidence == Weak }},
	{"unverified price, check it against AWS's price page", func(price Price, _ time.Time) bool { return price.Confidence == Unverified }},
	{"price older than 180 days, mcpfleet cost refresh fetches today's", func(price Price, now time.Time) bool { return now.Sub(price.AsOf) >= stale+24*time.Hour }},
}

// Annotate gives the lines that a total rests on their footnotes, as of now.
func (f *Fleet) Annotate(now time.Time) {
	f.Notes = []string{}
	all := [][]Line{f.Shared}
	for _, region := range f.Regions {
		all = append(all, region.Lines)
	}
	for _, doubt := range doubts {
		var doubtful []string
		for _, lines := range all {
			for i := range lines {
				line := &lines[i]
				if line.Price == nil || line.Monthly == nil || line.Quantity.IsZero() || !doubt.holds(*line.Price, now) {
					continue
				}
				line.Notes = append(line.Notes, len(f.Notes)+1)
				doubtful = append(doubtful, line.where())
			}
		}
		if len(doubtful) > 0 {
			f.Notes = append(f.Notes, fmt.Sprintf("%s: %s", doubt.text, listed(doubtful, "; ")))
		}
	}
}

// listed names a few, and counts the rest.
func listed(names []string, between string) string {
	const most = 4
	names = slices.Compact(names)
	if len(names) <= most {
		return strings.Join(names, between)
	}
	return fmt.Sprintf("%s%sand %d more", strings.Join(names[:most], between), between, len(names)-most)
}
