package view

import "strings"

// levels are the bars of a sparkline, from the lowest to the highest.
var levels = []rune("▁▂▃▄▅▆▇█")

// Sparkline draws values as bars, of which the largest value has the highest. If there are more values than cells, a cell
// is the average of several. A cell without values is a space.
func Sparkline(values []*float64, cells int) string {
	group := max((len(values)+cells-1)/cells, 1)
	var bars []*float64
	highest := 0.0
	for start := 0; start < len(values); start += group {
		bar := average(values[start:min(start+group, len(values))])
		if bar != nil {
			highest = max(highest, *bar)
		}
		bars = append(bars, bar)
	}
	var line strings.Builder
	for _, bar := range bars {
		line.WriteRune(level(bar, highest))
	}
	return line.String()
}

func level(bar *float64, highest float64) rune {
	switch {
	case bar == nil:
		return ' '
	case highest == 0:
		return levels[0]
	}
	return levels[int(*bar/highest*float64(len(levels)-1)+0.5)]
}

// average returns the average of the values that are not nil, nil if there are none.
func average(values []*float64) *float64 {
	sum, count := 0.0, 0
	for _, each := range values {
		if each != nil {
			sum += *each
			count++
		}
	}
	if count == 0 {
		return nil
	}
	return new(sum / float64(count))
}
