package schedule

import (
	"fmt"
	"slices"
	"time"
)

// Window defines the days and hours of the week in which a region is awake.
type Window struct {
	// Days are the weekdays on which the window opens.
	Days []time.Weekday
	// StartHour (0 to 23) and EndHour (0 to 24) are hours of the local day. If the end is not after the
	// start, it is on the next day: a window belongs to the day on which it opens.
	StartHour, EndHour int
	// Timezone is an IANA time zone name.
	Timezone string
	// Skip lists dates on which the window does not open although Days includes the weekday. Extra lists
	// dates on which it opens although Days does not.
	Skip, Extra []Date
	// LeadMinutes is how long before the window opens an apply already brings up the load balancer.
	LeadMinutes int
}

const (
	// maxLeadMinutes suits a pipeline that runs twice a day. A longer lead would reach into the previous day,
	// and keeping a load balancer that long costs more than destroying it saves.
	maxLeadMinutes = 720

	// firstYear and lastYear limit the years of dates and cron expressions. AWS cron expressions allow years
	// up to 2199
	// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html).
	firstYear, lastYear = 2026, 2099
)

// problems returns all mistakes in the window, field by field.
func (w Window) problems() Problems {
	return slices.Concat(w.dayProblems(), w.hourProblems(), w.zoneProblems(), w.dateProblems(), w.leadProblems())
}

func (w Window) dayProblems() (found Problems) {
	if len(w.Days) == 0 && len(w.Extra) == 0 {
		found = append(found, Problem{FieldDays, -1, "lists no day, so the window never opens",
			"list the weekdays on which the region is awake, such as [sat, sun]"})
	}
	for i, day := range w.Days {
		if day < time.Sunday || day > time.Saturday {
			found = append(found, Problem{FieldDays, i, fmt.Sprintf("%d is not a weekday", int(day)),
				"use one of mon, tue, wed, thu, fri, sat, sun"})
		}
	}
	return found
}

func (w Window) hourProblems() (found Problems) {
	if w.StartHour < 0 || w.StartHour > 23 {
		found = append(found, Problem{FieldStartHour, -1, fmt.Sprintf("%d is not an hour of the day", w.StartHour),
			"use a number from 0 to 23"})
	}
	if w.EndHour < 0 || w.EndHour > 24 {
		found = append(found, Problem{FieldEndHour, -1, fmt.Sprintf("%d is not an hour of the day", w.EndHour),
			"use a number from 0 to 24"})
	}
	if len(found) == 0 && w.StartHour == w.EndHour {
		found = append(found, Problem{FieldEndHour, -1, fmt.Sprintf("%d equals start_hour, so the window has no length", w.EndHour),
			"use another hour; for a whole day, set start_hour: 0 and end_hour: 24"})
	}
	return found
}

func (w Window) zoneProblems() Problems {
	if _, err := loadZone(w.Timezone); err != nil {
		return Problems{{FieldTimezone, -1, fmt.Sprintf("%q is not an IANA time zone", w.Timezone),
			"use a name such as Europe/London or UTC"}}
	}
	return nil
}

func (w Window) dateProblems() Problems {
	found := slices.Concat(datesProblems(FieldSkip, w.Skip), datesProblems(FieldExtra, w.Extra))
	for i, date := range w.Extra {
		if slices.Contains(w.Skip, date) {
			found = append(found, Problem{FieldExtra, i, date.String() + " is also in skip",
				"remove it from extra or from skip"})
		}
	}
	return found
}

func datesProblems(field Field, dates []Date) (found Problems) {
	for i, date := range dates {
		if !date.exists() {
			found = append(found, Problem{field, i, date.String() + " is not a calendar date",
				"use an existing date in the form YYYY-MM-DD"})
			continue
		}
		if date.Year < firstYear || date.Year > lastYear {
			found = append(found, Problem{field, i, date.String() + " is out of range",
				fmt.Sprintf("use a date from %d to %d", firstYear, lastYear)})
		}
	}
	return found
}

func (w Window) leadProblems() Problems {
	if w.LeadMinutes < 0 || w.LeadMinutes > maxLeadMinutes {
		return Problems{{FieldLeadMinutes, -1, fmt.Sprintf("%d is out of range", w.LeadMinutes),
			fmt.Sprintf("use a number of minutes from 0 to %d", maxLeadMinutes)}}
	}
	return nil
}
