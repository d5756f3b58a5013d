package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cdtait/mcpfleet/internal/ops"
)

// deed is what a command does to one region, step by step.
type deed struct {
	Region string `json:"region"`
	// Done are the steps that are done, whatever came after.
	Done []string `json:"done"`
	// Note is what the operator should know of the result.
	Note    string `json:"note,omitempty"`
	Problem string `json:"problem,omitempty"`
	// Stopped is whether the command was interrupted here.
	Stopped bool `json:"stopped,omitempty"`

	app *App
}

// did records a step.
func (d *deed) did(format string, arguments ...any) {
	d.Done = append(d.Done, fmt.Sprintf(format, arguments...))
}

// say shows progress.
func (d *deed) say(text string) { d.app.progressf("%s: %s", d.Region, text) }

// act works on all regions at once, prints what was done to each, and answers errWrong where
// something went wrong. After Ctrl-C it says how to go on.
func (a *App) act(ctx context.Context, fleet *ops.Fleet, work func(*ops.Region, *deed) error) error {
	deeds := ops.Each(fleet.Regions, func(region *ops.Region) *deed {
		d := &deed{Region: region.Name, Done: []string{}, app: a}
		err := work(region, d)
		d.Stopped = errors.Is(err, context.Canceled)
		if err != nil {
			d.Problem = ops.Reason(err)
		}
		return d
	})
	return a.printDeeds(ctx, deeds)
}

func (a *App) printDeeds(ctx context.Context, deeds []*deed) error {
	var result error
	var rows [][]string
	for _, d := range deeds {
		text := strings.Join(d.Done, ", ")
		if d.Problem != "" {
			result = errWrong
			text += "; " + d.Problem
		}
		if d.Note != "" {
			text += "; " + d.Note
		}
		rows = append(rows, []string{d.Region, strings.TrimPrefix(text, "; ")})
	}
	switch {
	case a.json:
		if err := a.printJSON(deeds); err != nil {
			return err
		}
	default:
		a.printTable([]string{"REGION", "RESULT"}, rows)
	}
	if ctx.Err() != nil {
		a.progressf("stopped waiting; what is listed as done stays done, and AWS goes on with it. See how with mcpfleet status --watch, or give the command again")
	}
	return result
}
