package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cdtait/mcpfleet/internal/span"
)

// check is something that must hold at every minute.
type check int

const (
	unreachable check = iota
	detached
	idleBalancer
	idleTasks
	wokenAhead
	wokenAtOpening
	deadName
	asleepAnswers
	deadNameUnanswered
	checks
)

// checkNames describe the worst minute of each check.
var checkNames = [checks]string{
	unreachable:        "task that nobody can reach",
	detached:           "task detached by an apply that stops it next",
	idleBalancer:       "load balancer after the window",
	idleTasks:          "tasks after the window",
	wokenAhead:         "awake after the window opens",
	wokenAtOpening:     "the same, lead under " + fmt.Sprint(wakeMinutes) + " min or woken by AWS",
	deadName:           "name that leads to nothing, with answer",
	asleepAnswers:      "name that leads to an unavailable region although another serves",
	deadNameUnanswered: "name that leads to nothing, without answer",
}

// worst is the worst minute of a check.
type worst struct {
	found   bool
	minutes minute
	where   string
}

func (w *worst) merge(other worst) {
	if other.found && (!w.found || other.minutes > w.minutes) {
		*w = other
	}
}

// report is what a simulation found: the worst minutes after runs on time and after all others, and violations.
type report struct {
	scenario           scenario
	minutes            minute
	runs               map[string]int
	onTime, disturbed  [checks]worst
	violations         []string
	countsOfViolations [checks]int
}

func newReport(s scenario) *report { return &report{scenario: s, runs: map[string]int{}} }

// note notes a minute that may be the worst of a check, and is allowed.
func (p *report) note(r *simulatedRegion, c check, minutes minute) {
	p.noteIn(&p.onTime[c], r, minutes)
}

func (p *report) noteIn(into *worst, r *simulatedRegion, minutes minute) {
	if !into.found || minutes > into.minutes {
		*into = worst{true, minutes, p.where(r)}
	}
}

// expect notes a minute that is allowed up to a limit, and beyond it only if the last run was not on time.
func (p *report) expect(r *simulatedRegion, c check, minutes, limit minute, excused bool) {
	switch {
	case excused:
		p.noteIn(&p.disturbed[c], r, minutes)
	case minutes > limit:
		p.violate(r, c, minutes)
	default:
		p.note(r, c, minutes)
	}
}

// violate notes a violation, and describes the first ones.
func (p *report) violate(r *simulatedRegion, c check, minutes minute) {
	const described = 3
	p.note(r, c, minutes)
	if p.countsOfViolations[c]++; p.countsOfViolations[c] <= described {
		p.violations = append(p.violations, fmt.Sprintf("%s: %s, %s: %+v, %d tasks; run under way: %+v",
			checkNames[c], format(minutes), p.where(r), r.deployed, r.desired, r.applying))
	}
}

func (p *report) where(r *simulatedRegion) string {
	local := r.world.now.time().In(r.Schedule.Zone())
	return fmt.Sprintf("%s, %s, %s", r.Name, local.Format("Mon 2006-01-02 15:04 MST"), p.scenario)
}

func (p *report) merge(other *report) {
	p.minutes += other.minutes
	for kind, count := range other.runs {
		p.runs[kind] += count
	}
	for c := range checks {
		p.onTime[c].merge(other.onTime[c])
		p.disturbed[c].merge(other.disturbed[c])
	}
}

// String returns the table of the worst minutes.
func (p *report) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d minutes of regions;", p.minutes)
	for _, kind := range slices.Sorted(maps.Keys(p.runs)) {
		fmt.Fprintf(&text, " %s %d", kind, p.runs[kind])
	}
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "\n\nWORST MINUTE\tRUN ON TIME\t\tRUN SKIPPED, LATE, REFUSED, FAILED OR KILLED, OR OVERRIDE\t")
	for c := range checks {
		on, disturbed := p.onTime[c], p.disturbed[c]
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", checkNames[c], on.text(), on.where, disturbed.text(), disturbed.where)
	}
	_ = table.Flush()
	return text.String()
}

func (w worst) text() string {
	if !w.found {
		return "never"
	}
	return format(w.minutes)
}

func format(minutes minute) string {
	switch {
	case minutes == 0:
		return "0 min"
	case minutes < 0:
		return span.Format(time.Duration(-minutes)*time.Minute) + " before"
	}
	return span.Format(time.Duration(minutes) * time.Minute)
}
