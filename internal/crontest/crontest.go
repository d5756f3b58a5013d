// Package crontest is a model of the cron expressions of AWS, for the tests of schedules. It shares no code with
// package schedule, which writes the expressions.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
package crontest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Expression is a parsed cron expression.
type Expression struct {
	minutes, hours, days, months, weekdays, years map[int]bool // nil: any
}

// Parse parses an expression such as cron(0 6 ? * SAT,SUN *).
func Parse(expression string) (c Expression, err error) {
	inner, closed := strings.CutSuffix(strings.TrimPrefix(expression, "cron("), ")")
	fields := strings.Split(inner, " ")
	if !closed || len(fields) != 6 || (fields[2] == "?") == (fields[4] == "?") {
		return c, fmt.Errorf("%s is not an AWS cron expression", expression)
	}
	months, weekdays := map[string]int{}, map[string]int{}
	for i := range 12 {
		months[strings.ToUpper(time.Month(i + 1).String()[:3])] = i + 1
	}
	for i := range 7 {
		weekdays[strings.ToUpper(time.Weekday(i).String()[:3])] = i
	}
	for i, field := range []struct {
		values   *map[int]bool
		names    map[string]int
		from, to int
		optional bool
	}{
		{&c.minutes, nil, 0, 59, false}, {&c.hours, nil, 0, 23, false}, {&c.days, nil, 1, 31, true},
		{&c.months, months, 1, 12, false}, {&c.weekdays, weekdays, 0, 6, true}, {&c.years, nil, 1970, 2199, false},
	} {
		if fields[i] == "*" || (field.optional && fields[i] == "?") {
			continue
		}
		*field.values = map[int]bool{}
		for part := range strings.SplitSeq(fields[i], ",") {
			first, last, isRange := strings.Cut(part, "-")
			if !isRange {
				last = first
			}
			from, err := value(first, field.names)
			to, err2 := value(last, field.names)
			if err != nil || err2 != nil || from < field.from || to > field.to || from > to {
				return c, fmt.Errorf("%s: %q is invalid", expression, part)
			}
			for v := from; v <= to; v++ {
				(*field.values)[v] = true
			}
		}
	}
	return c, nil
}

func value(text string, names map[string]int) (int, error) {
	if names == nil {
		return strconv.Atoi(text)
	}
	v, known := names[text]
	if !known {
		return 0, fmt.Errorf("%q is not a name", text)
	}
	return v, nil
}

// Matches reports whether the expression runs at a local time.
func (c Expression) Matches(reading time.Time) bool {
	year, month, day := reading.Date()
	for _, each := range []struct {
		values map[int]bool
		value  int
	}{
		{c.minutes, reading.Minute()}, {c.hours, reading.Hour()}, {c.days, day},
		{c.months, int(month)}, {c.weekdays, int(reading.Weekday())}, {c.years, year},
	} {
		if each.values != nil && !each.values[each.value] {
			return false
		}
	}
	return true
}

// Policy is a possible behavior of AWS in hours that a clock change skips or repeats. It returns the local times for
// which actions run, given the latest and the current local time, in steps.
type Policy func(latest, now time.Time, step time.Duration) []time.Time

// Policies are the possible behaviors. AWS does not document which one is its own.
var Policies = map[string]Policy{
	"omits skipped times, runs twice in repeated hours": func(_, now time.Time, _ time.Duration) []time.Time {
		return []time.Time{now}
	},
	"omits skipped times, runs once in repeated hours": func(latest, now time.Time, _ time.Duration) []time.Time {
		if now.After(latest) {
			return []time.Time{now}
		}
		return nil
	},
	"catches up on skipped times, runs once in repeated hours": func(latest, now time.Time, step time.Duration) (readings []time.Time) {
		for r := latest.Add(step); !r.After(now); r = r.Add(step) {
			readings = append(readings, r)
		}
		return readings
	},
}

// Reading returns what a zone's clock shows at an instant, to the minute, as if it were UTC.
func Reading(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)
}
