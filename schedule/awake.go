package schedule

import "time"

// Change is an instant at which an answer becomes another.
type Change struct {
	At time.Time
	// On is the answer from then on: tasks run, or the load balancer is there.
	On bool
}

// Awake says whether tasks are to run at an instant.
func (s *Schedule) Awake(t time.Time) bool { return s.covered(t, s.awakeSpan) }

// AwakeAhead says the same where an apply has to start the tasks, as no scheduled action does: they
// may start within the lead before the window, so that they are healthy when it opens.
func (s *Schedule) AwakeAhead(t time.Time) bool {
	return s.covered(t, func(d Date) span { return span{s.ahead(d), s.end(d)} })
}

// ahead is the earliest instant at which an apply counts as in the window of a date.
func (s *Schedule) ahead(d Date) time.Time {
	return s.start(d).Add(-time.Duration(s.window.LeadMinutes) * time.Minute)
}

// NextChange is when tasks next start or stop after t, in the window's time zone; false where they
// never will.
func (s *Schedule) NextChange(t time.Time) (Change, bool) { return s.nextChange(t, s.awakeSpan) }

func (s *Schedule) awakeSpan(d Date) span { return span{s.start(d), s.end(d)} }
