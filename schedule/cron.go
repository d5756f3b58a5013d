package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The fields of an AWS cron expression are minute, hour, day of month, month, day of week and year. One of the
// two day fields must be a question mark
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html).

// weekdayCron returns an expression for weekdays in the given months and years.
func weekdayCron(clock time.Time, months []time.Month, weekdays []time.Weekday, years string) string {
	return fmt.Sprintf("cron(%d %d ? %s %s %s)", clock.Minute(), clock.Hour(), monthField(months), weekdayField(weekdays), years)
}

// dateCron returns an expression for days of the month and year of the local time.
func dateCron(clock time.Time, days []int) string {
	return fmt.Sprintf("cron(%d %d %s %s ? %d)", clock.Minute(), clock.Hour(), numberField(days), monthName(clock.Month()), clock.Year())
}

// yearsField lists all years except the given ones.
func yearsField(except []int) string {
	var years []int
	for year := firstYear; year <= lastYear; year++ {
		if !slices.Contains(except, year) {
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

// weekdayField lists the weekdays from Monday to Sunday. It does not use ranges, because AWS weeks begin on
// Sunday and a range across the weekend would run backwards.
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

// field formats sorted values, with three or more consecutive ones as a range.
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
