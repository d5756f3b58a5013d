package schedule

import (
	"slices"
	"time"
)

// side is one of the two edges of a window.
type side struct {
	name string
	up   bool
	// hour is the hour of the edge, and daysLater is 1 if it is on the day after the window's date.
	hour, daysLater int
	// neighbour is the day of the adjacent window relative to this one, before (-1) or after (+1). There is
	// no edge if the two windows touch.
	neighbour int
}

func (s *Schedule) upSide() side {
	return side{name: "up", up: true, hour: s.window.StartHour, neighbour: -1}
}

func (s *Schedule) downSide() side {
	end := s.window.StartHour + s.length()
	return side{name: "down", hour: end % 24, daysLater: end / 24, neighbour: +1}
}

// hasEdge reports whether there is an edge on a date if windows open on the dates for which opens is true.
// Windows of 24 hours on consecutive days touch, so there is no edge between them.
func (s *Schedule) hasEdge(side side, d Date, opens func(Date) bool) bool {
	window := d.plus(-side.daysLater)
	touches := s.length() == 24 && opens(window.plus(side.neighbour))
	return opens(window) && !touches
}

// edgeWeekdays returns the weekdays with an edge in the weekly pattern.
func (s *Schedule) edgeWeekdays(side side) (weekdays []time.Weekday) {
	sunday := Date{2026, time.January, 4}
	for i := range 7 {
		if d := sunday.plus(i); s.hasEdge(side, d, s.opensWeekly) {
			weekdays = append(weekdays, d.weekday())
		}
	}
	return weekdays
}

// edgeDays returns the days of a month with an edge.
func (s *Schedule) edgeDays(side side, month Date, opens func(Date) bool) (days []int) {
	for d := month; d.Month == month.Month; d = d.plus(1) {
		if s.hasEdge(side, d, opens) {
			days = append(days, d.Day)
		}
	}
	return days
}

// explicitMonths returns the first day of each month whose edges differ from the weekly pattern, in order.
func (s *Schedule) explicitMonths(side side) (months []Date) {
	// An exception affects the edges of its own date and of the next.
	for _, d := range s.exceptions() {
		months = append(months, d.month(), d.plus(1).month())
	}
	slices.SortFunc(months, Date.compare)
	return slices.DeleteFunc(slices.Compact(months), func(month Date) bool {
		return slices.Equal(s.edgeDays(side, month, s.opens), s.edgeDays(side, month, s.opensWeekly))
	})
}

// resumptions returns the local times to which the clock is set when it skips an edge.
func (s *Schedule) resumptions(side, opposite side, opens func(Date) bool) (readings []time.Time) {
	for _, change := range s.changes {
		last := dateOf(change.resumed())
		for d := dateOf(change.reached()); !last.before(d); d = d.plus(1) {
			edge := d.at(side.hour)
			skipped := !edge.Before(change.reached()) && edge.Before(change.resumed())
			if skipped && s.hasEdge(side, d, opens) && !s.hasEdgeWithin(opposite, edge, change.resumed(), opens) {
				readings = append(readings, change.resumed())
			}
		}
	}
	return readings
}

// hasEdgeWithin reports whether there is an edge after one local time, and not after another.
func (s *Schedule) hasEdgeWithin(side side, from, to time.Time, opens func(Date) bool) bool {
	for _, d := range []Date{dateOf(from), dateOf(to)} {
		edge := d.at(side.hour)
		if edge.After(from) && !edge.After(to) && s.hasEdge(side, d, opens) {
			return true
		}
	}
	return false
}
