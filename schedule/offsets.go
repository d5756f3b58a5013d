package schedule

import (
	"strings"
	"time"
)

// offsetFrom is an offset from UTC and the instant from which it holds.
type offsetFrom struct {
	from   time.Time
	offset time.Duration
}

type offsets []offsetFrom

// offsets are those of the window's zone through 2040. The first holds for all time before, the last
// for all time after.
//
// Where an edge of the window lies within an hour that is repeated (Pacific/Chatham goes back from
// 03:45 to 02:45), a clock that truly went back would cross the edge again. There the clock goes
// back no further than to the edge until the second hour has caught up with it, as an edge happens
// once.
func (s *Schedule) offsets() offsets {
	found := offsets{{time.Unix(0, 0), offset(writtenFrom, s.zone)}}
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

// repeatedEdge is the latest reading of an edge that a change of the clocks repeats, other than the
// one with which the repeated hour begins.
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

// table writes the offsets as the durations of timeadd, by the time from which they hold.
func (o offsets) table() map[string]string {
	table := map[string]string{}
	for _, each := range o {
		table[each.from.UTC().Format(time.RFC3339)] = goDuration(each.offset)
	}
	return table
}

// goDuration is a duration of whole minutes as timeadd reads it, without a tail of zeros: 5h30m, 1h.
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
