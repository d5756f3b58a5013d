package schedule

import (
	"fmt"
	"slices"
	"time"
)

// Window says on which days of the week, and between which hours, a region is awake.
type Window struct {
	// Days are the weekdays on which the window opens.
	Days []time.Weekday
	// StartHour (0 to 23) and EndHour (0 to 24) are hours of the local day. An end at or before the
	// start is the next day's: the window belongs to the day on which it opens.
	StartHour, EndHour int
	// Timezone is an IANA name.
	Timezone string
	// Skip are dates on which the window does not open although the weekday says so, Extra dates on
	// which it does although the weekday does not.
	Skip, Extra []Date
	// LeadMinutes is how long before the window the load balancer may already be there.
	LeadMinutes int
}

const (
	// maxLeadMinutes serves a pipeline that runs twice a day. A longer lead would reach back into
	// the day before, where a load balancer costs more than it saves.
	maxLeadMinutes = 720

	// firstYear and lastYear bound what is written out year by year, in dates and in cron
	// expressions. AWS's cron knows years up to 2199
	// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html).
	firstYear, lastYear = 2026, 2099
)

// problems are all that is wrong with the window, field by field.
func (w Window) problems() Problems {
	return slices.Concat(w.dayProblems(), w.hourProblems(), w.zoneProblems(), w.dateProblems(), w.leadProblems())
}

func (w Window) dayProblems() (found Problems) {
	if len(w.Days) == 0 && len(w.Extra) == 0 {
		found = append(found, Problem{FieldDays, -1, "names no day, so the window never opens",
			"write the weekdays on which the region is awake, such as [sat, sun]"})
	}
	for i, day := range w.Days {
		if day < time.Sunday || day > time.Saturday {
			found = append(found, Problem{FieldDays, i, fmt.Sprintf("%d is not a weekday", int(day)),
				"write one of mon, tue, wed, thu, fri, sat, sun"})
		}
	}
	return found
}

func (w Window) hourProblems() (found Problems) {
	if w.StartHour < 0 || w.StartHour > 23 {
		found = append(found, Problem{FieldStartHour, -1, fmt.Sprintf("%d is not an hour of the day", w.StartHour),
			"write a number from 0 to 23"})
	}
	if w.EndHour < 0 || w.EndHour > 24 {
		found = append(found, Problem{FieldEndHour, -1, fmt.Sprintf("%d is not an hour of the day", w.EndHour),
			"write a number from 0 to 24"})
	}
	if len(found) == 0 && w.StartHour == w.EndHour {
		found = append(found, Problem{FieldEndHour, -1, fmt.Sprintf("%d is start_hour too, so the window has no length", w.EndHour),
			"write another hour; a whole day is start_hour: 0, end_hour: 24"})
	}
	return found
}

func (w Window) zoneProblems() Problems {
	if _, err := loadZone(w.Timezone); err != nil {
		return Problems{{FieldTimezone, -1, fmt.Sprintf("%q is not an IANA time zone", w.Timezone),
			"write a name such as Europe/London or UTC"}}
	}
	return nil
}

func (w Window) dateProblems() Problems {
	found := slices.Concat(datesProblems(FieldSkip, w.Skip), datesProblems(FieldExtra, w.Extra))
	for i, date := range w.Extra {
		if slices.Contains(w.Skip, date) {
			found = append(found, Problem{FieldExtra, i, date.String() + " is skipped too",
				"leave it in extra or in skip"})
		}
	}
	return found
}

func datesProblems(field Field, dates []Date) (found Problems) {
	for i, date := range dates {
		if !date.exists() {
			found = append(found, Problem{field, i, date.String() + " is not in the calendar",
				"write a date as YYYY-MM-DD"})
			continue
		}
		if date.Year < firstYear || date.Year > lastYear {
			found = append(found, Problem{field, i, date.String() + " is out of range",
				fmt.Sprintf("write a date from %d to %d", firstYear, lastYear)})
		}
	}
	return found
}

func (w Window) leadProblems() Problems {
	if w.LeadMinutes < 0 || w.LeadMinutes > maxLeadMinutes {
		return Problems{{FieldLeadMinutes, -1, fmt.Sprintf("%d is out of range", w.LeadMinutes),
			fmt.Sprintf("write a number of minutes from 0 to %d", maxLeadMinutes)}}
	}
	return nil
}
