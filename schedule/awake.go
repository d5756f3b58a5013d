package schedule

import "time"

// Change is an instant at which a state changes.
type Change struct {
	At time.Time
	// On is the new state: whether tasks run, or whether the load balancer exists.
	On bool
}

// Awake reports whether tasks should run at an instant.
func (s *Schedule) Awake(t time.Time) bool { return s.covered(t, s.awakeSpan) }

// AwakeAhead is like Awake if an apply starts the tasks because no scheduled action does. The tasks may start
// within the lead before the window, so that they are healthy when it opens.
func (s *Schedule) AwakeAhead(t time.Time) bool {
	return s.covered(t, func(d Date) span { return span{s.ahead(d), s.end(d)} })
}

// ahead returns the start of the lead before the window of a date.
func (s *Schedule) ahead(d Date) time.Time {
	return s.start(d).Add(-time.Duration(s.window.LeadMinutes) * time.Minute)
}

// NextChange returns when tasks next start or stop after t, in the window's time zone. It returns false if
// they never will.
func (s *Schedule) NextChange(t time.Time) (Change, bool) { return s.nextChange(t, s.awakeSpan) }

func (s *Schedule) awakeSpan(d Date) span { return span{s.start(d), s.end(d)} }
