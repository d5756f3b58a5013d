package schedule

import (
	"slices"
	"time"
)

// side is one of the two edges of a window.
type side struct {
	name string
	up   bool
	// The edge is at an hour of the window's own date, or of the next day.
	hour, daysLater int
	// neighbour is where the window would be that leaves no edge between it and this one: on the
	// day before (-1) or after.
	neighbour int
}

func (s *Schedule) upSide() side {
	return side{name: "up", up: true, hour: s.window.StartHour, neighbour: -1}
}

func (s *Schedule) downSide() side {
	end := s.window.StartHour + s.length()
	return side{name: "down", hour: end % 24, daysLater: end / 24, neighbour: +1}
}

// hasEdge says whether a date has such an edge, for windows that open on some dates. Windows of a
// whole day touch each other, and nothing happens where they do.
func (s *Schedule) hasEdge(side side, d Date, opens func(Date) bool) bool {
	window := d.plus(-side.daysLater)
	touches := s.length() == 24 && opens(window.plus(side.neighbour))
	return opens(window) && !touches
}

// edgeWeekdays are the weekdays that have such an edge by the weekly pattern.
func (s *Schedule) edgeWeekdays(side side) (weekdays []time.Weekday) {
	sunday := Date{2026, time.January, 4}
	for i := range 7 {
		if d := sunday.plus(i); s.hasEdge(side, d, s.opensWeekly) {
			weekdays = append(weekdays, d.weekday())
		}
	}
	return weekdays
}

// edgeDays are the days of a month that have such an edge.
func (s *Schedule) edgeDays(side side, month Date, opens func(Date) bool) (days []int) {
	for d := month; d.Month == month.Month; d = d.plus(1) {
		if s.hasEdge(side, d, opens) {
			days = append(days, d.Day)
		}
	}
	return days
}

// explicitMonths are the months, by their first day and in order, that have such edges on other days
// than by the weekly pattern.
func (s *Schedule) explicitMonths(side side) (months []Date) {
	// An exception moves edges of its own date, and of the next.
	for _, d := range s.exceptions() {
		months = append(months, d.month(), d.plus(1).month())
	}
	slices.SortFunc(months, Date.compare)
	return slices.DeleteFunc(slices.Compact(months), func(month Date) bool {
		return slices.Equal(s.edgeDays(side, month, s.opens), s.edgeDays(side, month, s.opensWeekly))
	})
}

// resumptions are the readings with which the clock resumes after having skipped such an edge.
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

// hasEdgeWithin says whether such an edge follows one reading, up to another.
func (s *Schedule) hasEdgeWithin(side side, from, to time.Time, opens func(Date) bool) bool {
	for _, d := range []Date{dateOf(from), dateOf(to)} {
		edge := d.at(side.hour)
		if edge.After(from) && !edge.After(to) && s.hasEdge(side, d, opens) {
			return true
		}
	}
	return false
}
