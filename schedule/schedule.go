package schedule

import (
	"slices"
	"time"
)

// Schedule evaluates a valid window.
type Schedule struct {
	window Window
	zone   *time.Location
	// weekly reports for each weekday whether the window opens on it.
	weekly [7]bool
	// changes are the zone's clock changes from 2026 through 2040.
	changes []clockChange
}

// New returns the schedule of a window. If the window is invalid, the error is of type Problems and lists all
// mistakes.
func New(window Window) (*Schedule, error) {
	if found := window.problems(); len(found) > 0 {
		return nil, found
	}
	zone, err := loadZone(window.Timezone)
	if err != nil {
		return nil, err
	}
	s := &Schedule{window: window, zone: zone, changes: clockChanges(zone, changesFrom, changesTo)}
	for _, day := range window.Days {
		s.weekly[day] = true
	}
	if found := s.actionProblems(); len(found) > 0 {
		return nil, found
	}
	return s, nil
}

// Window returns the window from which the schedule was created.
func (s *Schedule) Window() Window { return s.window }

// Zone returns the window's time zone.
func (s *Schedule) Zone() *time.Location { return s.zone }

// length returns the length of the window in hours of local time: 1 to 24.
func (s *Schedule) length() int {
	if s.window.EndHour > s.window.StartHour {
		return s.window.EndHour - s.window.StartHour
	}
	return s.window.EndHour + 24 - s.window.StartHour
}

// opensWeekly reports whether the window opens on a date according to its weekday alone.
func (s *Schedule) opensWeekly(d Date) bool { return s.weekly[d.weekday()] }

// opens reports whether the window opens on a date.
func (s *Schedule) opens(d Date) bool {
	if slices.Contains(s.window.Skip, d) {
		return false
	}
	return s.opensWeekly(d) || slices.Contains(s.window.Extra, d)
}

// start and end return the edges of the window of a date, whether or not it opens.
func (s *Schedule) start(d Date) time.Time { return instant(d.at(s.window.StartHour), s.zone) }

func (s *Schedule) end(d Date) time.Time {
	return instant(d.at(s.window.StartHour+s.length()), s.zone)
}

// exceptions returns the dates on which the window may differ from the weekly pattern.
func (s *Schedule) exceptions() []Date { return slices.Concat(s.window.Skip, s.window.Extra) }
