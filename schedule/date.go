package schedule

import (
	"fmt"
	"time"
)

// Date is a calendar date without a time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate parses a date in the form YYYY-MM-DD.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date in the form YYYY-MM-DD", text)
	}
	return dateOf(t), nil
}

// String returns the date in the form YYYY-MM-DD.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// at returns the local time the given number of hours after midnight. Local times are represented in UTC, for
// comparison and arithmetic only: they are not instants.
func (d Date) at(hours int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hours, 0, 0, 0, time.UTC)
}

func (d Date) plus(days int) Date { return dateOf(d.at(24 * days)) }

func (d Date) weekday() time.Weekday { return d.at(0).Weekday() }

func (d Date) compare(other Date) int { return d.at(0).Compare(other.at(0)) }

func (d Date) before(other Date) bool { return d.compare(other) < 0 }

// month returns the first day of the date's month.
func (d Date) month() Date { return Date{d.Year, d.Month, 1} }

// exists reports whether the date is in the calendar, unlike 2026-02-30.
func (d Date) exists() bool { return d.plus(0) == d }
