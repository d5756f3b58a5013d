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

// CronLines are the times, in UTC and in cron's own notation, at which a fleet that destroys its load
// balancers has to be applied: when a load balancer is to come, when tasks are, and when it is to go.
// An edge that summer time moves is there at both its hours; an apply at the wrong one changes
// nothing. Dates that leave the weekly pattern follow, for the year to come.
func CronLines(regions []config.Region, now time.Time) []string {
	weekly := map[clock][]time.Weekday{}
	for _, region := range regions {
		window := region.Schedule.Window()
		window.Skip, window.Extra = nil, nil
		pattern, err := schedule.New(window)
		if err != nil {
			continue // only dates of its own
		}
		for _, edge := range edges(pattern, now) {
			if at := clockOf(edge); !slices.Contains(weekly[at], edge.Weekday()) {
				weekly[at] = append(weekly[at], edge.Weekday())
			}
		}
	}
	var dated []string
	for _, region := range regions {
		for _, edge := range edges(region.Schedule, now) {
			line := fmt.Sprintf("%d %d %d %d *", edge.Minute(), edge.Hour(), edge.Day(), edge.Month())
			if !slices.Contains(weekly[clockOf(edge)], edge.Weekday()) && !slices.Contains(dated, line) {
				dated = append(dated, line)
			}
		}
	}
	return append(weeklyLines(weekly), dated...)
}

type clock struct{ hour, minute int }

func clockOf(t time.Time) clock { return clock{t.Hour(), t.Minute()} }

// edges are the instants of a year at which an apply is due, in order.
func edges(s *schedule.Schedule, now time.Time) (found []time.Time) {
	until := now.AddDate(1, 0, 0)
	for at := now; ; {
		change, ok := s.NextLoadBalancerChange(at)
		if !ok || change.At.After(until) {
			break
		}
		found = append(found, change.At.UTC())
		at = change.At
	}
	for at := now; ; {
		change, ok := s.NextChange(at)
		if !ok || change.At.After(until) {
			break
		}
		if change.On { // AWS puts tasks to sleep by itself
			found = append(found, change.At.UTC())
		}
		at = change.At
	}
	slices.SortFunc(found, time.Time.Compare)
	return slices.Compact(found)
}

func weeklyLines(weekly map[clock][]time.Weekday) (lines []string) {
	var clocks []clock
	for at := range weekly {
		clocks = append(clocks, at)
	}
	slices.SortFunc(clocks, func(a, b clock) int { return cmp.Or(cmp.Compare(a.hour, b.hour), cmp.Compare(a.minute, b.minute)) })
	for _, at := range clocks {
		slices.Sort(weekly[at])
		var days []string
		for _, day := range weekly[at] {
			days = append(days, strconv.Itoa(int(day)))
		}
		lines = append(lines, fmt.Sprintf("%d %d * * %s", at.minute, at.hour, strings.Join(days, ",")))
	}
	return lines
}
