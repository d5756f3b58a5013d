package span

import (
	"regexp"
	"strconv"
	"time"
)

// hoursPerUnit holds the units that time.ParseDuration does not support.
var hoursPerUnit = map[string]float64{"d": 24, "w": 7 * 24}

var daysOrWeeks = regexp.MustCompile(`[0-9.]+[dw]`)

// Parse is like time.ParseDuration but also accepts days and weeks: 1w, 2d12h, 90s. A day has 24 hours.
func Parse(text string) (time.Duration, error) {
	return time.ParseDuration(daysOrWeeks.ReplaceAllStringFunc(text, func(part string) string {
		number, unit := part[:len(part)-1], part[len(part)-1:]
		count, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return part // time.ParseDuration rejects it
		}
		return strconv.FormatFloat(count*hoursPerUnit[unit], 'f', -1, 64) + "h"
	}))
}
