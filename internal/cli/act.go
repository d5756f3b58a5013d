package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
)

// outcome is the result of a command in one region.
type outcome struct {
	region string
	// done lists the completed steps, even if a later one failed.
	done []string
	// note is additional information for the operator.
	note    string
	problem *ops.Problem
	// undo lists, in order, the commands that restore the region's previous state.
	undo []ops.Fix

	app *App
}

// addStep records a completed step.
func (o *outcome) addStep(format string, arguments ...any) {
	o.done = append(o.done, fmt.Sprintf(format, arguments...))
}

// progress prints a progress line.
func (o *outcome) progress(text string) { o.app.progressf("%s: %s", o.region, text) }

// waitSteady waits until the tasks of a region are running, and adds that as a step.
func (o *outcome) waitSteady(ctx context.Context, region *ops.Region, tasks config.TaskRange) error {
	if err := region.WaitSteady(ctx, tasks, o.app.timeout, o.progress); err != nil {
		return err
	}
	o.addStep("%s", steady(tasks))
	return nil
}

func steady(tasks config.TaskRange) string {
	if tasks.Max == 0 {
		return "stopped"
	}
	return "steady"
}

// changeTimeout bounds the API calls that make a change. Waiting for the change to take effect has its
// own timeout.
const changeTimeout = 30 * time.Second

// withChangeTimeout bounds the API calls of a change.
func (a *App) withChangeTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, min(changeTimeout, a.timeout))
}

// outcome runs work in a region.
func (a *App) outcome(region *ops.Region, work func(*ops.Region, *outcome) error) *outcome {
	o := &outcome{region: region.Name, app: a}
	if err := work(region, o); err != nil {
		o.problem = new(ops.ProblemOf(err))
	}
	return o
}

// outcomeReport is the JSON form of an outcome.
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
			result = errFailed
			problems = append(problems, *o.problem)
			parts = append(parts, a.problemText(*o.problem))
		}
		parts = append(parts, o.note)
		reports = append(reports, a.outcomeReport(o, problems))
		rows = append(rows, []string{o.region, text.JoinNonEmpty("; ", parts...)})
	}
	if a.json {
		result = printReport(a, fleet, reports)
	} else {
		a.printTable([]string{"REGION", "RESULT"}, rows)
		a.printUndo(outcomes)
	}
	if ctx.Err() != nil {
		a.progressf("interrupted; completed steps stay in effect and AWS carries on with them. Follow them with %s, or run the command again",
			a.command(ops.Fix{Verb: ops.VerbStatus, Arguments: []string{"--watch"}}))
	}
	return result
}

// printUndo prints the commands that undo the changes, one per line.
func (a *App) printUndo(outcomes []*outcome) {
	for _, o := range outcomes {
		if len(o.undo) == 0 {
			continue
		}
		a.printf("\nTo roll back %s:\n", o.region)
		for _, each := range o.undo {
			a.printf("  %s\n", a.fixText(each))
		}
	}
}
