package schedule

import "time"

// span is a time interval that excludes its end.
type span struct{ from, to time.Time }

func (sp span) contains(t time.Time) bool { return !t.Before(sp.from) && t.Before(sp.to) }

// covered reports whether t is in the span of a date on which the window opens. The span of a date can extend
// into the previous and the next day.
func (s *Schedule) covered(t time.Time, spanOf func(Date) span) bool {
	today := dateOf(t.In(s.zone))
	for d := today.plus(-1); !today.plus(1).before(d); d = d.plus(1) {
		if s.opens(d) && spanOf(d).contains(t) {
			return true
		}
	}
	return false
}

// nextChange follows the spans from t on and merges those that touch.
func (s *Schedule) nextChange(t time.Time, spanOf func(Date) span) (Change, bool) {
	on := s.covered(t, spanOf)
	until := t
	today := dateOf(t.In(s.zone))
	horizon := s.horizon(today)
	for d := today.plus(-1); d.before(horizon); d = d.plus(1) {
		if !s.opens(d) {
			continue
		}
		sp := spanOf(d)
		switch {
		case on && until.Before(sp.from):
			return Change{until, false}, true
		case on && sp.contains(until):
			until = sp.to
		case !on && t.Before(sp.from) && sp.from.Before(sp.to):
			return Change{sp.from, true}, true
		}
	}
	// A state that is still on at the horizon stays on, because every day of the week has been examined.
	return Change{until, false}, on && until.Before(instant(horizon.at(0), s.zone))
}

// horizon returns a date by which the window has repeated its weekly pattern: two weeks after the last
// exception, because a clock change can skip the window of one week.
func (s *Schedule) horizon(today Date) Date {
	last := today
	for _, exception := range s.exceptions() {
		if last.before(exception) {
			last = exception
		}
	}
	return last.plus(16)
}
