package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The locals that hold the answers.
const (
	// LocalOpen is what Awake says.
	LocalOpen = "weekend_open"
	// LocalOpenAhead is what AwakeAhead says.
	LocalOpenAhead = "weekend_open_ahead"
	// LocalLoadBalancer is what LoadBalancerPresent says.
	LocalLoadBalancer = "weekend_load_balancer"
)

// decisions are the locals that hold the answers, as functions.
var decisions = map[string]func(*Schedule, time.Time) bool{
	LocalOpen:         (*Schedule).Awake,
	LocalOpenAhead:    (*Schedule).AwakeAhead,
	LocalLoadBalancer: (*Schedule).LoadBalancerPresent,
}

// Holds is what a local that holds an answer is at an instant.
func (s *Schedule) Holds(local string, t time.Time) bool { return decisions[local](s, t) }

// Local is an entry of a Terraform locals block.
type Local struct {
	Name string
	// Expression is HCL; it is empty where the local is a table.
	Expression string
	// Table is an object of plain texts.
	Table map[string]string
}

// Locals answer for the instant of an HCL expression, such as plantimestamp(). Each comes after those
// it refers to. They take functions that Terraform and OpenTofu bring along, and are the same
// whatever the day on which they are made.
//
// Terraform has no time zones, so weekend_offsets lists the zone's offsets from UTC through 2040, each
// by the instant from which it holds. With it weekend_clock is what the zone's clock shows, written
// as if it were UTC, and weekend_starts are the openings around that: of yesterday's window, of
// today's and of tomorrow's, as far as they open.
func (s *Schedule) Locals(now string) []Local {
	window := quoted(time.Duration(s.length()) * time.Hour)
	// The load balancer stays from one window to the next where that opens a day later.
	stay := `contains(local.weekend_starts, timeadd(start, "24h")) ? "24h" : ` + window
	locals := append([]Local{{Name: "weekend_now", Expression: now}}, s.clockLocals()...)
	return append(locals,
		Local{Name: "weekend_days", Expression: `[timeadd(local.weekend_clock, "-24h"), local.weekend_clock, timeadd(local.weekend_clock, "24h")]`},
		Local{Name: "weekend_starts", Expression: fmt.Sprintf(
			`[for day in local.weekend_days : formatdate("YYYY-MM-DD'T%02d:00:00Z'", day) if %s]`,
			s.window.StartHour, s.opensExpression())},
		Local{Name: LocalOpen, Expression: reached("local.weekend_clock", window)},
		Local{Name: LocalOpenAhead, Expression: reached("local.weekend_clock_ahead", window)},
		Local{Name: LocalLoadBalancer, Expression: reached("local.weekend_clock_ahead", stay)},
	)
}

// clockLocals are what the clock shows now, and what it shows later by the load balancer's lead.
// Between the two the clocks may change.
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

// clock is the reading at an instant. An object is walked through in the order of its keys, which
// here is that of time.
func clock(instant string) string {
	return fmt.Sprintf("timeadd(%[1]s, reverse([for from, offset in local.weekend_offsets : offset if timecmp(from, %[1]s) <= 0])[0])", instant)
}

// reached asks for an opening that one clock has reached, and that lies behind the present one by
// less than a length. The length may name the opening, as start.
func reached(clock, length string) string {
	return fmt.Sprintf("anytrue([for start in local.weekend_starts : timecmp(start, %s) <= 0 && timecmp(local.weekend_clock, timeadd(start, %s)) < 0])",
		clock, length)
}

// opensExpression says whether the window opens on the day.
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
		// The order of a weekend: Saturday, Sunday.
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

// contains looks for the day, in a format of formatdate's, among values that need no quoting.
func contains(values []string, format string) string {
	return fmt.Sprintf(`contains(["%s"], formatdate("%s", day))`, strings.Join(values, `", "`), format)
}

func quoted(d time.Duration) string { return `"` + goDuration(d) + `"` }
