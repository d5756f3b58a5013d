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

// Due is when an apply is due, by the clock of a zone: at a time of day on some weekdays, or on one
// date of the year.
type Due struct {
	Hour, Minute int
	// Weekdays are those on which it is due every week; none where it is due on a date.
	Weekdays []time.Weekday
	Month    time.Month
	Day      int
}

// Cron is the same in cron's notation.
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

// Dues are when a fleet that destroys its load balancers has to be applied, by the clock of a zone:
// when a load balancer is to come, when tasks are, and when it is to go. An edge that summer time
// moves by that clock is there at both its hours; an apply at the wrong one changes nothing. Dates
// that leave the weekly pattern follow, for the year to come.
func Dues(regions []config.Region, now time.Time, zone *time.Location) []Due {
	weekly := map[clock][]time.Weekday{}
	for _, region := range regions {
		window := region.Schedule.Window()
		window.Skip, window.Extra = nil, nil
		pattern, err := schedule.New(window)
		if err != nil {
			continue // only dates of its own
		}
		for _, edge := range edges(pattern, now, zone) {
			if at := clockOf(edge); !slices.Contains(weekly[at], edge.Weekday()) {
				weekly[at] = append(weekly[at], edge.Weekday())
			}
		}
	}
	dues := weeklyDues(weekly)
	var dated []time.Time
	for _, region := range regions {
		for _, edge := range edges(region.Schedule, now, zone) {
			if !slices.Contains(weekly[clockOf(edge)], edge.Weekday()) {
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

type clock struct{ hour, minute int }

func clockOf(t time.Time) clock { return clock{t.Hour(), t.Minute()} }

// edges are the instants of a year at which an apply is due, in order.
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
		if change.On { // AWS puts tasks to sleep by itself
			found = append(found, change.At.In(zone))
		}
		at = change.At
	}
	slices.SortFunc(found, time.Time.Compare)
	return slices.CompactFunc(found, time.Time.Equal)
}

func weeklyDues(weekly map[clock][]time.Weekday) (dues []Due) {
	for at, days := range weekly {
		slices.Sort(days)
		dues = append(dues, Due{Hour: at.hour, Minute: at.minute, Weekdays: days})
	}
	slices.SortFunc(dues, func(a, b Due) int { return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Minute, b.Minute)) })
	return dues
}
