package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Due is a time at which an apply is due, in a given time zone: a time of day on some weekdays, or on one
// date of the year.
type Due struct {
	Hour, Minute int
	// Weekdays are the days of a weekly recurrence. Empty for a date.
	Weekdays []time.Weekday
	Month    time.Month
	Day      int
}

// Cron returns the time in cron syntax.
func (d Due) Cron() string {
	if len(d.Weekdays) == 0 {
		return fmt.Sprintf("%d %d %d %d *", d.Minute, d.Hour, d.Day, d.Month)
	}
	var days []string
	for _, day := range d.Weekdays {
		days = append(days, strconv.Itoa(int(day)))
	}
	return fmt.Sprintf("%d %d * * %s", d.Minute, d.Hour, strings.Join(days, ","))
}

// Expression returns the time as a cron expression of EventBridge Scheduler.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
func (d Due) Expression() string {
	if len(d.Weekdays) == 0 {
		return fmt.Sprintf("cron(%d %d %d %d ? *)", d.Minute, d.Hour, d.Day, d.Month)
	}
	var days []string
	for _, day := range d.Weekdays {
		days = append(days, strings.ToUpper(day.String()[:3]))
	}
	return fmt.Sprintf("cron(%d %d ? * %s *)", d.Minute, d.Hour, strings.Join(days, ","))
}

// Next returns when the time is next after an instant, in the given zone. It omits days on which the clock skips the
// time, as EventBridge Scheduler does.
func (d Due) Next(after time.Time, zone *time.Location) time.Time {
	today := dateOf(after.In(zone))
	// Eight years contain every date of the calendar, and every weekday more than once.
	for i := range 8 * 366 {
		day := today.plus(i)
		at := time.Date(day.Year, day.Month, day.Day, d.Hour, d.Minute, 0, 0, zone)
		if d.on(day) && at.After(after) && at.Hour() == d.Hour && at.Minute() == d.Minute {
			return at
		}
	}
	return time.Time{}
}

// on reports whether the time is on a date.
func (d Due) on(day Date) bool {
	if len(d.Weekdays) == 0 {
		return day.Month == d.Month && day.Day == d.Day
	}
	return slices.Contains(d.Weekdays, day.weekday())
}

// PerMonth returns how often the time occurs in an average month.
func (d Due) PerMonth() float64 {
	if len(d.Weekdays) == 0 {
		return 1.0 / 12
	}
	return float64(len(d.Weekdays)) * 365 / 7 / 12
}

// Purpose is what an apply of a region in destroy mode is for.
type Purpose string

// The purposes of applies, in the order of a window.
const (
	CreateLoadBalancer  Purpose = "create load balancer"
	StartTasks          Purpose = "start tasks"
	DestroyLoadBalancer Purpose = "destroy load balancer"
)

// purposes are all purposes, in the order of a window.
var purposes = []Purpose{CreateLoadBalancer, StartTasks, DestroyLoadBalancer}

// apply is an instant at which an apply is due.
type apply struct {
	at      time.Time
	purpose Purpose
}

// ApplyTimes returns the times, in the given zone, at which regions in destroy mode must be applied within a period:
// when a load balancer must be created, when tasks must start, and when a load balancer must be destroyed. If daylight
// saving time shifts a time in that zone, both hours are included; an apply at the wrong one changes nothing.
// Dates of the period that deviate from the weekly pattern come last.
func ApplyTimes(schedules []*Schedule, from, to time.Time, zone *time.Location) []Due {
	weekly := map[timeOfDay][]time.Weekday{}
	var all []time.Time
	for _, s := range schedules {
		for _, each := range s.weeklyApplies(from, to, zone) {
			if at := timeOfDayOf(each.at); !slices.Contains(weekly[at], each.at.Weekday()) {
				weekly[at] = append(weekly[at], each.at.Weekday())
			}
		}
		for _, each := range s.applies(from, to, zone) {
			all = append(all, each.at)
		}
	}
	dues := weeklyDues(weekly)
	slices.SortFunc(all, time.Time.Compare)
	for _, at := range all {
		due := Due{Hour: at.Hour(), Minute: at.Minute(), Month: at.Month(), Day: at.Day()}
		if slices.Contains(weekly[timeOfDayOf(at)], at.Weekday()) || slices.ContainsFunc(dues, due.sameDate) {
			continue
		}
		dues = append(dues, due)
	}
	return dues
}

// sameDate reports whether both are the same time on the same date of the year.
func (d Due) sameDate(other Due) bool {
	return len(other.Weekdays) == 0 && d.Hour == other.Hour && d.Minute == other.Minute && d.Month == other.Month && d.Day == other.Day
}

// AllApplyTimes is like ApplyTimes for all years for which clock changes are known, so that the result does not depend
// on the current date.
func AllApplyTimes(schedules []*Schedule, zone *time.Location) []Due {
	return ApplyTimes(schedules, changesFrom, changesTo, zone)
}

// Purposes returns what an apply at the time is for, in any of the years of AllApplyTimes. It is empty if the time is
// not one of the schedule's.
func (s *Schedule) Purposes(due Due, zone *time.Location) (found []Purpose) {
	for _, each := range s.applies(changesFrom, changesTo, zone) {
		if timeOfDayOf(each.at) == (timeOfDay{due.Hour, due.Minute}) && due.on(dateOf(each.at)) && !slices.Contains(found, each.purpose) {
			found = append(found, each.purpose)
		}
	}
	slices.SortFunc(found, func(a, b Purpose) int {
		return cmp.Compare(slices.Index(purposes, a), slices.Index(purposes, b))
	})
	return found
}

type timeOfDay struct{ hour, minute int }

func timeOfDayOf(t time.Time) timeOfDay { return timeOfDay{t.Hour(), t.Minute()} }

// weeklyApplies is like applies, without the exceptions to the weekly pattern.
func (s *Schedule) weeklyApplies(from, to time.Time, zone *time.Location) []apply {
	window := s.window
	window.Skip, window.Extra = nil, nil
	pattern, err := New(window)
	if err != nil {
		return nil // no weekly window, only extra dates
	}
	return pattern.applies(from, to, zone)
}

// applies returns the instants within a period at which an apply is due, in order.
func (s *Schedule) applies(from, to time.Time, zone *time.Location) (found []apply) {
	for at := from; ; {
		change, ok := s.NextLoadBalancerChange(at)
		if !ok || change.At.After(to) {
			break
		}
		purpose := DestroyLoadBalancer
		if change.On {
			purpose = CreateLoadBalancer
		}
		found = append(found, apply{change.At.In(zone), purpose})
		at = change.At
	}
	for at := from; ; {
		change, ok := s.NextChange(at)
		if !ok || change.At.After(to) {
			break
		}
		if change.On { // a scheduled action stops the tasks without an apply
			found = append(found, apply{change.At.In(zone), StartTasks})
			// Between the windows of two consecutive days, the load balancer stays, but the tasks need the lead too.
			lead := time.Duration(s.window.LeadMinutes) * time.Minute
			if ahead := change.At.Add(-lead); ahead.After(from) && !s.Awake(ahead) {
				found = append(found, apply{ahead.In(zone), StartTasks})
			}
		}
		at = change.At
	}
	slices.SortStableFunc(found, func(a, b apply) int { return a.at.Compare(b.at) })
	return found
}

func weeklyDues(weekly map[timeOfDay][]time.Weekday) (dues []Due) {
	for at, days := range weekly {
		slices.Sort(days)
		dues = append(dues, Due{Hour: at.hour, Minute: at.minute, Weekdays: days})
	}
	slices.SortFunc(dues, func(a, b Due) int { return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Minute, b.Minute)) })
	return dues
}
