package schedule

import (
	"sort"
	"time"
)

// clockChange is an instant at which a zone's offset from UTC changes.
type clockChange struct {
	at            time.Time
	before, after time.Duration
}

// reached is what the clock would show at the instant of the change, and resumed what it does show.
func (c clockChange) reached() time.Time { return c.at.Add(c.before) }
func (c clockChange) resumed() time.Time { return c.at.Add(c.after) }

// The years whose changes of the clocks are written out. Further ahead, what a zone will do is a guess.
var (
	writtenFrom = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	writtenTo   = time.Date(2041, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// clockChanges are those between two instants, in order. It looks from day to day, as no zone changes
// twice in one. (Time.ZoneBounds does not serve: beyond the last change that the database spells
// out, it ends every year after 365 days, and never gets past a leap year.)
func clockChanges(zone *time.Location, from, to time.Time) (changes []clockChange) {
	const day = 24 * time.Hour
	before := offset(from, zone)
	for t := from.UTC(); t.Before(to); t = t.Add(day) {
		after := offset(t.Add(day), zone)
		if after == before {
			continue
		}
		seconds := sort.Search(int(day/time.Second), func(i int) bool {
			return offset(t.Add(time.Duration(i)*time.Second), zone) != before
		})
		changes = append(changes, clockChange{t.Add(time.Duration(seconds) * time.Second), before, after})
		before = after
	}
	return changes
}

func offset(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

// instant is when a zone's clock first shows a reading, or passes it over.
func instant(reading time.Time, zone *time.Location) time.Time {
	// A day is more than any offset: the search begins before the reading and ends after it.
	from, to := reading.Add(-24*time.Hour), reading.Add(24*time.Hour)
	for _, change := range clockChanges(zone, from, to) {
		if first := reading.Add(-change.before); first.Before(change.at) {
			return first.In(zone)
		}
		if reading.Before(change.resumed()) {
			return change.at.In(zone)
		}
	}
	return reading.Add(-offset(to, zone)).In(zone)
}
