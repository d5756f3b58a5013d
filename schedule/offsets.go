package schedule

import (
	"strings"
	"time"
)

// offsetFrom is an offset from UTC and the instant from which it applies.
type offsetFrom struct {
	from   time.Time
	offset time.Duration
}

type offsets []offsetFrom

// offsets returns the offsets of the window's zone through 2040. The first also applies to all earlier
// instants, and the last to all later ones.
//
// If an edge of the window is in a repeated hour (Pacific/Chatham is set back from 03:45 to 02:45), the true
// local time would cross the edge twice. The offsets then set the clock back only to the edge, until the
// repeated hour reaches it, so that the edge happens once.
func (s *Schedule) offsets() offsets {
	found := offsets{{time.Unix(0, 0), offset(changesFrom, s.zone)}}
	for _, change := range s.changes {
		at := change.at
		if edge, within := s.repeatedEdge(change); within {
			caughtUp := at.Add(edge.Sub(change.resumed()))
			for at.Before(caughtUp) {
				found = append(found, offsetFrom{at, edge.Sub(at.UTC())})
				at = at.Add(change.reached().Sub(edge))
			}
			at = caughtUp
		}
		found = append(found, offsetFrom{at, change.after})
	}
	return found
}

// repeatedEdge returns the latest local time of an edge that a clock change repeats, except an edge at the
// start of the repeated hour.
func (s *Schedule) repeatedEdge(change clockChange) (latest time.Time, within bool) {
	for _, side := range []side{s.upSide(), s.downSide()} {
		for _, d := range []Date{dateOf(change.resumed()), dateOf(change.reached())} {
			edge := d.at(side.hour)
			if edge.After(change.resumed()) && edge.Before(change.reached()) && edge.After(latest) {
				latest, within = edge, true
			}
		}
	}
	return latest, within
}

// table returns the offsets as durations for timeadd, by the time from which they apply.
func (o offsets) table() map[string]string {
	table := map[string]string{}
	for _, each := range o {
		table[each.from.UTC().Format(time.RFC3339)] = goDuration(each.offset)
	}
	return table
}

// goDuration formats a duration of whole minutes for timeadd without trailing zero units: 5h30m, 1h.
func goDuration(d time.Duration) string {
	if d == 0 {
		return "0h"
	}
	text := strings.TrimSuffix(d.String(), "0s")
	if d%time.Hour == 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
