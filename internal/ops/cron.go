package ops

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/schedule"
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

// ApplyTimes returns the times, in the given zone, at which a fleet in destroy mode must be applied: when a load
// balancer must be created, when tasks must start, and when a load balancer must be destroyed. If daylight
// saving time shifts a time in that zone, both hours are included; an apply at the wrong one changes nothing.
// Dates of the coming year that deviate from the weekly pattern come last.
func ApplyTimes(regions []config.Region, now time.Time, zone *time.Location) []Due {
	weekly := map[timeOfDay][]time.Weekday{}
	for _, region := range regions {
		window := region.Schedule.Window()
		window.Skip, window.Extra = nil, nil
		pattern, err := schedule.New(window)
		if err != nil {
			continue // no weekly window, only extra dates
		}
		for _, edge := range edges(pattern, now, zone) {
			if at := timeOfDayOf(edge); !slices.Contains(weekly[at], edge.Weekday()) {
				weekly[at] = append(weekly[at], edge.Weekday())
			}
		}
	}
	dues := weeklyDues(weekly)
	var dated []time.Time
	for _, region := range regions {
		for _, edge := range edges(region.Schedule, now, zone) {
			if !slices.Contains(weekly[timeOfDayOf(edge)], edge.Weekday()) {
				dated = append(dated, edge)
			}
		}
	}
	slices.SortFunc(dated, time.Time.Compare)
	for _, edge := range slices.CompactFunc(dated, time.Time.Equal) {
		dues = append(dues, Due{Hour: edge.Hour(), Minute: edge.Minute(), Month: edge.Month(), Day: edge.Day()})
	}
	return dues
}

type timeOfDay struct{ hour, minute int }

func timeOfDayOf(t time.Time) timeOfDay { return timeOfDay{t.Hour(), t.Minute()} }

// edges returns the times within the next year at which an apply is due, in order.
func edges(s *schedule.Schedule, now time.Time, zone *time.Location) (found []time.Time) {
	until := now.AddDate(1, 0, 0)
	for at := now; ; {
		change, ok := s.NextLoadBalancerChange(at)
		if !ok || change.At.After(until) {
			break
		}
		found = append(found, change.At.In(zone))
		at = change.At
	}
	for at := now; ; {
		change, ok := s.NextChange(at)
		if !ok || change.At.After(until) {
			break
		}
		if change.On { // a scheduled action stops the tasks without an apply
			found = append(found, change.At.In(zone))
		}
		at = change.At
	}
	slices.SortFunc(found, time.Time.Compare)
	return slices.CompactFunc(found, time.Time.Equal)
}

func weeklyDues(weekly map[timeOfDay][]time.Weekday) (dues []Due) {
	for at, days := range weekly {
		slices.Sort(days)
		dues = append(dues, Due{Hour: at.hour, Minute: at.minute, Weekdays: days})
	}
	slices.SortFunc(dues, func(a, b Due) int { return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Minute, b.Minute)) })
	return dues
}
