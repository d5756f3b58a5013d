package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Names of the Terraform locals that hold the decisions.
const (
	// LocalOpen holds the result of Awake.
	LocalOpen = "weekend_open"
	// LocalOpenAhead holds the result of AwakeAhead.
	LocalOpenAhead = "weekend_open_ahead"
	// LocalLoadBalancer holds the result of LoadBalancerPresent.
	LocalLoadBalancer = "weekend_load_balancer"
)

// decisions maps these locals to the functions that return the same result.
var decisions = map[string]func(*Schedule, time.Time) bool{
	LocalOpen:         (*Schedule).Awake,
	LocalOpenAhead:    (*Schedule).AwakeAhead,
	LocalLoadBalancer: (*Schedule).LoadBalancerPresent,
}

// Decision returns the value of one of these locals at an instant.
func (s *Schedule) Decision(local string, t time.Time) bool { return decisions[local](s, t) }

// Local is an entry of a Terraform locals block.
type Local struct {
	Name string
	// Expression is an HCL expression. It is empty if the local is a table.
	Expression string
	// Table is an object of literal strings.
	Table map[string]string
}

// Locals returns the Terraform locals for the instant of an HCL expression, such as plantimestamp(). Each local
// follows those it refers to. They use only functions built into Terraform and OpenTofu, and do not depend on
// the date of synthesis.
//
// Terraform does not support time zones, so weekend_offsets lists the zone's offsets from UTC through 2040 by
// the instant from which each applies. weekend_clock is the local time, written as if it were UTC, and
// weekend_starts holds the local times at which the windows of yesterday, today and tomorrow open, if they do.
func (s *Schedule) Locals(now string) []Local {
	window := quoted(time.Duration(s.length()) * time.Hour)
	// The load balancer stays if the next window opens a day later.
	stay := `contains(local.weekend_starts, timeadd(start, "24h")) ? "24h" : ` + window
	locals := append([]Local{{Name: "weekend_now", Expression: now}}, s.clockLocals()...)
	locals = append(locals,
		Local{Name: "weekend_days", Expression: `[timeadd(local.weekend_clock, "-24h"), local.weekend_clock, timeadd(local.weekend_clock, "24h")]`},
		Local{Name: "weekend_starts", Expression: fmt.Sprintf(
			`[for day in local.weekend_days : formatdate("YYYY-MM-DD'T%02d:00:00Z'", day) if %s]`,
			s.window.StartHour, s.opensExpression())},
		Local{Name: LocalOpen, Expression: reached("local.weekend_clock", window)},
		Local{Name: LocalOpenAhead, Expression: reached("local.weekend_clock_ahead", window)},
		Local{Name: LocalLoadBalancer, Expression: reached("local.weekend_clock_ahead", stay)},
	)
	return append(locals, s.openingLocals()...)
}

// clockLocals returns the locals for the local time now, and for the local time after the lead. The clocks may
// change between the two.
func (s *Schedule) clockLocals() []Local {
	lead := quoted(time.Duration(s.window.LeadMinutes) * time.Minute)
	ahead := Local{Name: "weekend_ahead", Expression: "timeadd(local.weekend_now, " + lead + ")"}
	offsets := s.offsets()
	if len(offsets) == 1 {
		offset := quoted(offsets[0].offset)
		return []Local{
			ahead,
			{Name: "weekend_clock", Expression: "timeadd(local.weekend_now, " + offset + ")"},
			{Name: "weekend_clock_ahead", Expression: "timeadd(local.weekend_ahead, " + offset + ")"},
		}
	}
	return []Local{
		ahead,
		{Name: "weekend_offsets", Table: offsets.table()},
		{Name: "weekend_clock", Expression: clock("local.weekend_now")},
		{Name: "weekend_clock_ahead", Expression: clock("local.weekend_ahead")},
	}
}

// clock returns an expression for the local time at an instant. Terraform iterates over an object in the order
// of its keys, which here is chronological.
func clock(instant string) string {
	return fmt.Sprintf("timeadd(%[1]s, reverse([for from, offset in local.weekend_offsets : offset if timecmp(from, %[1]s) <= 0])[0])", instant)
}

// reached returns an expression that is true if a window has opened by one local time and the present local
// time is less than length after its start. The length may refer to that start, as start.
func reached(clock, length string) string {
	return fmt.Sprintf("anytrue([for start in local.weekend_starts : timecmp(start, %s) <= 0 && timecmp(local.weekend_clock, timeadd(start, %s)) < 0])",
		clock, length)
}

// opensExpression returns an expression that is true if the window opens on the day.
func (s *Schedule) opensExpression() string {
	var alternatives []string
	if len(s.window.Days) > 0 {
		alternatives = append(alternatives, contains(s.weekdayNames(), "EEE"))
	}
	if len(s.window.Extra) > 0 {
		alternatives = append(alternatives, contains(names(s.window.Extra), "YYYY-MM-DD"))
	}
	opens := strings.Join(alternatives, " || ")
	if len(s.window.Skip) == 0 {
		return opens
	}
	return fmt.Sprintf("(%s) && !%s", opens, contains(names(s.window.Skip), "YYYY-MM-DD"))
}

func (s *Schedule) weekdayNames() (names []string) {
	for day := range s.weekly {
		// Monday first, so that Saturday precedes Sunday.
		day = (day + 1) % 7
		if s.weekly[day] {
			names = append(names, time.Weekday(day).String()[:3])
		}
	}
	return names
}

func names(dates []Date) (names []string) {
	for _, date := range slices.SortedFunc(slices.Values(dates), Date.compare) {
		names = append(names, date.String())
	}
	return slices.Compact(names)
}

// contains returns an expression that looks up the day, formatted by formatdate, in values that need no
// escaping.
func contains(values []string, format string) string {
	return fmt.Sprintf(`contains(["%s"], formatdate("%s", day))`, strings.Join(values, `", "`), format)
}

func quoted(d time.Duration) string { return `"` + goDuration(d) + `"` }
