package schedule

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, in no time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a date as String writes it.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date of the form YYYY-MM-DD", text)
	}
	return dateOf(t), nil
}

// String is the date as YYYY-MM-DD.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// at is what a clock shows so many hours after the beginning of the date. Readings of a clock are
// kept as times in UTC: they are compared and counted on, but no instants.
func (d Date) at(hours int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hours, 0, 0, 0, time.UTC)
}

func (d Date) plus(days int) Date { return dateOf(d.at(24 * days)) }

func (d Date) weekday() time.Weekday { return d.at(0).Weekday() }

func (d Date) compare(other Date) int { return d.at(0).Compare(other.at(0)) }

func (d Date) before(other Date) bool { return d.compare(other) < 0 }

// month is the first day of the date's month.
func (d Date) month() Date { return Date{d.Year, d.Month, 1} }

// exists tells 2026-02-28 from 2026-02-30.
func (d Date) exists() bool { return d.plus(0) == d }
