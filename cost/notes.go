package cost

import (
	"fmt"
	"slices"
	"time"

	"github.com/cdtait/mcpfleet/internal/text"
)

// maxPriceAge is the age up to which a price needs no footnote.
const maxPriceAge = 180 * 24 * time.Hour

// caveats are the footnotes that a price may need, in order.
var caveats = []struct {
	text    string
	applies func(price Price, now time.Time) bool
}{
	{"weak price (C), from a single mention or varying over time", func(price Price, _ time.Time) bool { return price.Confidence == Weak }},
	{"unverified price; check it against the AWS pricing page", func(price Price, _ time.Time) bool { return price.Confidence == Unverified }},
	{"price older than 180 days; run mcpfleet cost refresh", func(price Price, now time.Time) bool { return now.Sub(price.AsOf) >= maxPriceAge+24*time.Hour }},
}

// Annotate adds footnotes to the lines that contribute to the total, as of now.
func (f *Fleet) Annotate(now time.Time) {
	f.Notes = []string{}
	all := [][]Line{f.Shared}
	for _, region := range f.Regions {
		all = append(all, region.Lines)
	}
	for _, caveat := range caveats {
		var affected []string
		for _, lines := range all {
			for i := range lines {
				line := &lines[i]
				if line.Price == nil || line.Monthly == nil || line.Quantity.IsZero() || !caveat.applies(*line.Price, now) {
					continue
				}
				line.Notes = append(line.Notes, len(f.Notes)+1)
				affected = append(affected, line.nameInFleet())
			}
		}
		if len(affected) > 0 {
			f.Notes = append(f.Notes, fmt.Sprintf("%s: %s", caveat.text, listed(affected, "; ")))
		}
	}
}

// listed joins a few names and counts the rest.
func listed(names []string, separator string) string {
	const limit = 4
	return text.JoinMost(slices.Compact(names), limit, separator)
}
