package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// deed is what a command does to one region, step by step.
type deed struct {
	region string
	// done are the steps that are done, whatever came after.
	done []string
	// note is what the operator should know of the result.
	note    string
	problem *ops.Problem
	// undo are the commands that take the region back to what it was, in their order.
	undo []ops.Fix

	app *App
}

// did records a step.
func (d *deed) did(format string, arguments ...any) {
	d.done = append(d.done, fmt.Sprintf(format, arguments...))
}

// say shows progress.
func (d *deed) say(text string) { d.app.progressf("%s: %s", d.region, text) }

// changeTimeout is how long AWS may take to be told of a change; what is waited for afterwards has a
// time of its own.
const changeTimeout = 30 * time.Second

// changing bounds the part of a change in which AWS is told.
func (a *App) changing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, min(changeTimeout, a.timeout))
}

// act works on all regions at once, prints what was done to each, and answers errWrong where
// something went wrong. After Ctrl-C it says how to go on.
func (a *App) act(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet, work func(*ops.Region, *deed) error) error {
	deeds := ops.Each(ctx, connected.Regions, 0, func(_ context.Context, region *ops.Region) *deed { return a.deed(region, work) })
	return a.printDeeds(ctx, fleet, deeds)
}

func (a *App) deed(region *ops.Region, work func(*ops.Region, *deed) error) *deed {
	d := &deed{region: region.Name, app: a}
	if err := work(region, d); err != nil {
		d.problem = new(ops.ProblemOf(err))
	}
	return d
}

// deedReport is a deed as a script reads it.
type deedReport struct {
	verdict
	Done []string `json:"done"`
	Note string   `json:"note,omitempty"`
	Undo []fix    `json:"undo,omitempty"`
}

func (a *App) deedReport(d *deed, problems []ops.Problem) deedReport {
	report := deedReport{verdict: a.verdict(d.region, problems), Done: append([]string{}, d.done...), Note: d.note}
	for _, each := range d.undo {
		report.Undo = append(report.Undo, fix{a.command(each), each.Advice})
	}
	return report
}

func (a *App) printDeeds(ctx context.Context, fleet *config.Fleet, deeds []*deed) error {
	var result error
	var rows [][]string
	var reports []deedReport
	for _, d := range deeds {
		var problems []ops.Problem
		parts := []string{strings.Join(d.done, ", ")}
		if d.problem != nil {
			result = errWrong
			problems = append(problems, *d.problem)
			parts = append(parts, a.problemText(*d.problem))
		}
		parts = append(parts, d.note)
		reports = append(reports, a.deedReport(d, problems))
		rows = append(rows, []string{d.region, strings.Trim(strings.Join(parts, "; "), "; ")})
	}
	if a.json {
		result = printReport(a, fleet, reports)
	} else {
		a.printTable([]string{"REGION", "RESULT"}, rows)
		a.printUndo(deeds)
	}
	if ctx.Err() != nil {
		a.progressf("stopped waiting; what is listed as done stays done, and AWS goes on with it. See how with %s, or give the command again",
			a.command(ops.Fix{Verb: ops.VerbStatus, Arguments: []string{"--watch"}}))
	}
	return result
}

// printUndo says how to go back, a command a line.
func (a *App) printUndo(deeds []*deed) {
	for _, d := range deeds {
		if len(d.undo) == 0 {
			continue
		}
		a.printf("\nTo go back in %s:\n", d.region)
		for _, each := range d.undo {
			a.printf("  %s\n", a.fixText(each))
		}
	}
}
