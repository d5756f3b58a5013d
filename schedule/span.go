package schedule

import "time"

// span is a stretch of time, its end not included.
type span struct{ from, to time.Time }

func (sp span) holds(t time.Time) bool { return !t.Before(sp.from) && t.Before(sp.to) }

// covered says whether t is in the span of a date on which the window opens. A span reaches from
// its date into the day before and the day after.
func (s *Schedule) covered(t time.Time, spanOf func(Date) span) bool {
	today := dateOf(t.In(s.zone))
	for d := today.plus(-1); !today.plus(1).before(d); d = d.plus(1) {
		if s.opens(d) && spanOf(d).holds(t) {
			return true
		}
	}
	return false
}

// nextChange follows the spans from t on, through those that touch each other.
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
		case on && sp.holds(until):
			until = sp.to
		case !on && t.Before(sp.from) && sp.from.Before(sp.to):
			return Change{sp.from, true}, true
		}
	}
	// What is on at the horizon stays on: every day of the week has been seen.
	return Change{until, false}, on && until.Before(instant(horizon.at(0), s.zone))
}

// horizon is a date by which every answer of the window has been seen: two weeks past the last
// exception, as a change of the clocks may swallow the window of one.
func (s *Schedule) horizon(today Date) Date {
	last := today
	for _, exception := range s.exceptions() {
		if last.before(exception) {
			last = exception
		}
	}
	return last.plus(16)
}
