package schedule

import (
	"slices"
	"time"
)

// Schedule answers for a window that is sound.
type Schedule struct {
	window Window
	zone   *time.Location
	// weekly says of each weekday whether the window opens on it.
	weekly [7]bool
	// changes are those of the zone's clocks from 2026 through 2040.
	changes []clockChange
}

// New makes a schedule of a window. Its error is of type Problems and names everything that is wrong.
func New(window Window) (*Schedule, error) {
	if found := window.problems(); len(found) > 0 {
		return nil, found
	}
	zone, err := loadZone(window.Timezone)
	if err != nil {
		return nil, err
	}
	s := &Schedule{window: window, zone: zone, changes: clockChanges(zone, writtenFrom, writtenTo)}
	for _, day := range window.Days {
		s.weekly[day] = true
	}
	if found := s.actionProblems(); len(found) > 0 {
		return nil, found
	}
	return s, nil
}

// Window is what the schedule was made of.
func (s *Schedule) Window() Window { return s.window }

// Zone is the time zone of the window's hours.
func (s *Schedule) Zone() *time.Location { return s.zone }

// length is how many hours the window is open by the clock on the wall: 1 to 24.
func (s *Schedule) length() int {
	if s.window.EndHour > s.window.StartHour {
		return s.window.EndHour - s.window.StartHour
	}
	return s.window.EndHour + 24 - s.window.StartHour
}

// opensWeekly says whether the window opens on a date by its weekday alone.
func (s *Schedule) opensWeekly(d Date) bool { return s.weekly[d.weekday()] }

// opens says whether the window opens on a date.
func (s *Schedule) opens(d Date) bool {
	if slices.Contains(s.window.Skip, d) {
		return false
	}
	return s.opensWeekly(d) || slices.Contains(s.window.Extra, d)
}

// start and end are the edges of the window of a date, whether or not it opens.
func (s *Schedule) start(d Date) time.Time { return instant(d.at(s.window.StartHour), s.zone) }

func (s *Schedule) end(d Date) time.Time {
	return instant(d.at(s.window.StartHour+s.length()), s.zone)
}

// exceptions are the dates on which the window may not follow the weekday.
func (s *Schedule) exceptions() []Date { return slices.Concat(s.window.Skip, s.window.Extra) }
