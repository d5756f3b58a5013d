package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/leftover"
	"github.com/cdtait/mcpfleet/internal/plan"
	"github.com/cdtait/mcpfleet/internal/session"
)

func planAll(ctx context.Context, patterns []string) (status int, err error) {
	results, err := plan.Plan(ctx, patterns, os.Stderr)
	if err != nil {
		return 0, err
	}
	left, err := summarize(ctx, results)
	status = plan.ExitCodeOfPlan(results)
	if status == plan.ExitEmpty && left {
		status = plan.ExitChanges
	}
	return status, err
}

func applyAll(ctx context.Context, patterns []string) (status int, err error) {
	results, err := plan.Apply(ctx, patterns, os.Stderr)
	if err != nil {
		return 0, err
	}
	_, err = summarize(ctx, results)
	return plan.ExitCodeOfApply(results), err
}

func applySaved(ctx context.Context, patterns []string) (status int, err error) {
	fleet, _, err := config.Load(config.File())
	if err != nil {
		return 0, err
	}
	results, err := plan.Saved{Fleet: fleet, File: config.File(), Now: time.Now}.Apply(ctx, patterns, os.Stderr)
	if err != nil {
		return 0, err
	}
	_, err = summarize(ctx, results)
	return plan.ExitCodeOfApply(results), err
}

// summarize prints the results, and regions that were removed from the fleet file but still have resources.
// An error while looking for those only prints a warning, because the work on the stacks is done.
func summarize(ctx context.Context, results []plan.Result) (left bool, err error) {
	if err := plan.Write(os.Stdout, results); err != nil || ctx.Err() != nil {
		return false, err
	}
	file := config.File()
	regions, err := leftovers(ctx, file)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot check for resources of regions that are no longer in "+file+": "+session.Cause(err))
	}
	for _, region := range regions {
		fmt.Printf("%s: no longer in %s, but %s\n", region.Name, file, region.Problem()+"; to destroy them, "+region.Destroy)
	}
	return len(regions) > 0, nil
}

func leftovers(ctx context.Context, file string) ([]leftover.Region, error) {
	fleet, _, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	return leftover.Find(ctx, session.Open, file, fleet)
}
