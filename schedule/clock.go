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

// reached is the local time that the clock reaches at the change, and resumed the one it is set to.
func (c clockChange) reached() time.Time { return c.at.Add(c.before) }
func (c clockChange) resumed() time.Time { return c.at.Add(c.after) }

// Clock changes are listed for these years. Beyond them, the rules of a zone are uncertain.
var (
	changesFrom = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	changesTo   = time.Date(2041, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// clockChanges returns the clock changes between two instants, in order. It compares one day with the next,
// because no zone changes twice in a day. (Time.ZoneBounds is not usable: beyond the last change listed in
// the database it assumes years of 365 days, and never advances past a leap year.)
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

// instant returns when a zone's clock first shows a local time, or skips it.
func instant(reading time.Time, zone *time.Location) time.Time {
	// No offset exceeds a day, so this range contains the instant.
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
