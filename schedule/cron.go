package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The fields of an AWS cron expression are minute, hour, day of the month, month, weekday and year.
// One of the two kinds of day has to be left open, with a question mark
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html).

// weekdayCron runs on weekdays of some months, in the years of a field.
func weekdayCron(clock time.Time, months []time.Month, weekdays []time.Weekday, years string) string {
	return fmt.Sprintf("cron(%d %d ? %s %s %s)", clock.Minute(), clock.Hour(), monthField(months), weekdayField(weekdays), years)
}

// dateCron runs on days of one month of one year, which the clock shows.
func dateCron(clock time.Time, days []int) string {
	return fmt.Sprintf("cron(%d %d %s %s ? %d)", clock.Minute(), clock.Hour(), numberField(days), monthName(clock.Month()), clock.Year())
}

// yearsField is all years but some.
func yearsField(but []int) string {
	var years []int
	for year := firstYear; year <= lastYear; year++ {
		if !slices.Contains(but, year) {
			years = append(years, year)
		}
	}
	return numberField(years)
}

func monthName(month time.Month) string { return strings.ToUpper(month.String()[:3]) }

func monthField(months []time.Month) string {
	if len(months) == 12 {
		return "*"
	}
	return field(months, monthName)
}

// weekdayField begins the week on Monday, as people's weekends end it. AWS begins it on Sunday, so
// that a range across the weekend would run backwards; the days are always listed.
func weekdayField(weekdays []time.Weekday) string {
	if len(weekdays) == 7 {
		return "*"
	}
	var names []string
	for i := range 7 {
		if day := time.Weekday((i + 1) % 7); slices.Contains(weekdays, day) {
			names = append(names, strings.ToUpper(day.String()[:3]))
		}
	}
	return strings.Join(names, ",")
}

func numberField(numbers []int) string { return field(numbers, strconv.Itoa) }

// field writes values that are sorted, three or more in a row as a range.
func field[T ~int](values []T, name func(T) string) string {
	var parts []string
	for len(values) > 0 {
		run := 1
		for run < len(values) && values[run] == values[run-1]+1 {
			run++
		}
		part := name(values[0])
		if run < 3 {
			run = 1
		} else {
			part += "-" + name(values[run-1])
		}
		parts = append(parts, part)
		values = values[run:]
	}
	return strings.Join(parts, ",")
}
