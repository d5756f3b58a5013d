package span

import (
	"regexp"
	"strconv"
	"time"
)

// longer are the units that time.ParseDuration has no letters for, in hours.
var longer = map[string]float64{"d": 24, "w": 7 * 24}

var inLonger = regexp.MustCompile(`[0-9.]+[dw]`)

// Parse reads a length of time as time.ParseDuration does, with days and weeks besides: 1w, 2d12h, 90s.
// A day has 24 hours.
func Parse(text string) (time.Duration, error) {
	return time.ParseDuration(inLonger.ReplaceAllStringFunc(text, func(part string) string {
		number, unit := part[:len(part)-1], part[len(part)-1:]
		count, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return part // which time.ParseDuration refuses
		}
		return strconv.FormatFloat(count*longer[unit], 'f', -1, 64) + "h"
	}))
}
