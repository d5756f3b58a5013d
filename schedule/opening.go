package schedule

import (
	"fmt"
	"time"
)

// LocalOpening holds the result of NextOpening, or null, as text in the form of RFC 3339.
const LocalOpening = "weekend_opening"

// openingDays is how many days ahead an opening is looked for. Dates of extra can be years away.
const openingDays = 366

// NextOpening returns when the window next opens after t, in the window's time zone. It returns false if that is more than
// a year away.
func (s *Schedule) NextOpening(t time.Time) (time.Time, bool) {
	today := dateOf(t.In(s.zone))
	for d := today; d.before(today.plus(openingDays)); d = d.plus(1) {
		if s.opens(d) && s.start(d).After(t) {
			return s.start(d), true
		}
	}
	return time.Time{}, false
}

// openingLocals returns the local time at which the window next opens, and its instant. The offset is that of the first
// span of offsets that the instant is not beyond; a clock change that skips the local time is the instant itself.
func (s *Schedule) openingLocals() []Local {
	next := Local{Name: "weekend_next", Expression: fmt.Sprintf(
		`try([for start in [for day in [for n in range(%d) : timeadd(local.weekend_clock, "${24 * n}h")] : formatdate("YYYY-MM-DD'T%02d:00:00Z'", day) if %s] : start if timecmp(start, local.weekend_clock) > 0][0], null)`,
		openingDays, s.window.StartHour, s.opensExpression())}
	offsets := s.offsets()
	if len(offsets) == 1 {
		return []Local{next, {Name: LocalOpening, Expression: fmt.Sprintf(`try(timeadd(local.weekend_next, %s), null)`, quoted(-offsets[0].offset))}}
	}
	return []Local{
		next,
		{Name: "weekend_changes", Expression: "keys(local.weekend_offsets)"},
		// The instant of the next opening with each offset.
		{Name: "weekend_candidates", Expression: `try([for offset in values(local.weekend_offsets) : timeadd(local.weekend_next, startswith(offset, "-") ? trimprefix(offset, "-") : "-${offset}")], [])`},
		{Name: LocalOpening, Expression: `try([for i, candidate in local.weekend_candidates : timecmp(candidate, local.weekend_changes[i]) < 0 ? local.weekend_changes[i] : candidate if try(timecmp(candidate, local.weekend_changes[i + 1]) < 0, true)][0], null)`},
	}
}
