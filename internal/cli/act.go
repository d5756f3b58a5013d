package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// outcome is what a command does to one region, step by step.
type outcome struct {
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
func (o *outcome) did(format string, arguments ...any) {
	o.done = append(o.done, fmt.Sprintf(format, arguments...))
}

// say shows progress.
func (o *outcome) say(text string) { o.app.progressf("%s: %s", o.region, text) }

// changeTimeout is how long AWS may take to be told of a change; what is waited for afterwards has a
// time of its own.
const changeTimeout = 30 * time.Second

// changing bounds the part of a change in which AWS is told.
func (a *App) changing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, min(changeTimeout, a.timeout))
}

// act works on all regions at once, prints what was done to each, and answers errWrong where
// something went wrong. After Ctrl-C it says how to go on.
func (a *App) act(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet, work func(*ops.Region, *outcome) error) error {
	outcomes := ops.Each(ctx, connected.Regions, 0, func(_ context.Context, region *ops.Region) *outcome { return a.outcome(region, work) })
	return a.printOutcomes(ctx, fleet, outcomes)
}

func (a *App) outcome(region *ops.Region, work func(*ops.Region, *outcome) error) *outcome {
	o := &outcome{region: region.Name, app: a}
	if err := work(region, o); err != nil {
		o.problem = new(ops.ProblemOf(err))
	}
	return o
}

// outcomeReport is a outcome as a script reads it.
type outcomeReport struct {
	verdict
	Done []string `json:"done"`
	Note string   `json:"note,omitempty"`
	Undo []fix    `json:"undo,omitempty"`
}

func (a *App) outcomeReport(o *outcome, problems []ops.Problem) outcomeReport {
	report := outcomeReport{verdict: a.verdict(o.region, problems), Done: append([]string{}, o.done...), Note: o.note}
	for _, each := range o.undo {
		report.Undo = append(report.Undo, fix{a.command(each), each.Advice})
	}
	return report
}

func (a *App) printOutcomes(ctx context.Context, fleet *config.Fleet, outcomes []*outcome) error {
	var result error
	var rows [][]string
	var reports []outcomeReport
	for _, o := range outcomes {
		var problems []ops.Problem
		parts := []string{strings.Join(o.done, ", ")}
		if o.problem != nil {
			result = errWrong
			problems = append(problems, *o.problem)
			parts = append(parts, a.problemText(*o.problem))
		}
		parts = append(parts, o.note)
		reports = append(reports, a.outcomeReport(o, problems))
		rows = append(rows, []string{o.region, strings.Trim(strings.Join(parts, "; "), "; ")})
	}
	if a.json {
		result = printReport(a, fleet, reports)
	} else {
		a.printTable([]string{"REGION", "RESULT"}, rows)
		a.printUndo(outcomes)
	}
	if ctx.Err() != nil {
		a.progressf("stopped waiting; what is listed as done stays done, and AWS goes on with it. See how with %s, or give the command again",
			a.command(ops.Fix{Verb: ops.VerbStatus, Arguments: []string{"--watch"}}))
	}
	return result
}

// printUndo says how to go back, a command a line.
func (a *App) printUndo(outcomes []*outcome) {
	for _, o := range outcomes {
		if len(o.undo) == 0 {
			continue
		}
		a.printf("\nTo go back in %s:\n", o.region)
		for _, each := range o.undo {
			a.printf("  %s\n", a.fixText(each))
		}
	}
}
