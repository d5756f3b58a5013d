package cli

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) costLive(ctx context.Context, prices *cost.Table, options costOptions) error {
	fleet, connected, err := a.connect(ctx)
	if err != nil {
		return err
	}
	estimate := prices.Estimate(fleet)
	now := a.Now()
	result := cost.Live{At: now.UTC(), Plan: estimate.Total, Shared: estimate.Shared}
	var bill *ops.Bill
	var billErr error
	var billing sync.WaitGroup
	billing.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		bill, billErr = ops.MonthToDate(ctx, a.opener(), fleet, now)
	})
	looks := queryRegions(ctx, a, connected.Regions, func(ctx context.Context, region *ops.Region) liveResult { return liveRegion(ctx, prices, region) },
		func(known []*liveResult) string { return partialLive(connected.Regions, known) })
	billing.Wait()
	result.Rate = cost.Sum(result.Shared)
	var verdicts []verdict
	for i, look := range looks {
		look.Plan = estimate.Regions[i].Total
		if look.problem != nil {
			look.Problem = a.problemText(*look.problem)
		}
		result.Rate = result.Rate.Plus(look.Known())
		result.Regions = append(result.Regions, look.LiveRegion)
		verdicts = append(verdicts, a.liveVerdict(look))
	}
	if billErr != nil {
		result.BilledProblem = a.problemText(ops.ProblemOf(billErr))
	} else {
		result.Bill(bill.ByRegion)
	}
	shown := a.liveDocument(fleet, result, verdicts)
	if billErr != nil {
		shown.BilledProblem = new(a.problem(ops.ProblemOf(billErr)))
	}
	return a.printPage(shown, view.LivePage(result), options)
}

// partialLive returns the table of tasks while some regions are still pending. It has no costs, which
// need all regions.
func partialLive(regions []*ops.Region, known []*liveResult) string {
	var rows [][]string
	for i, look := range known {
		tasks := "…"
		switch {
		case look == nil:
		case look.problem != nil:
			tasks = look.problem.Message
		case look.Running == nil:
			tasks = "not deployed"
		default:
			tasks = fmt.Sprintf("%d of %d", look.Running.Tasks, look.Wanted.Tasks)
		}
		rows = append(rows, []string{regions[i].Name, tasks})
	}
	return view.Table([]string{"REGION", "TASKS"}, rows)
}

// liveResult is what is running in a region, or the problem that prevented the query.
type liveResult struct {
	*cost.LiveRegion
	problem *ops.Problem
}

func (a *App) liveVerdict(look liveResult) verdict {
	if look.problem != nil {
		return a.verdict(look.Region, []ops.Problem{*look.problem})
	}
	return a.priceVerdict(look.Region, look.Rate.Missing)
}

func liveRegion(ctx context.Context, prices *cost.Table, region *ops.Region) liveResult {
	result := liveResult{LiveRegion: &cost.LiveRegion{Region: region.Name, Wanted: wanted(region.Region, region.Now())}}
	result.WantedRate = prices.Rate(region.Region, result.Wanted)
	running, err := region.Running(ctx)
	switch {
	case err != nil:
		result.problem = new(ops.ProblemOf(err))
	case running == nil:
		result.Rate = &cost.Total{}
	default:
		result.Running = running
		result.Rate = new(prices.Rate(region.Region, *running))
	}
	return result
}

// wanted returns what should be running in a region at a given time.
func wanted(region config.Region, now time.Time) cost.Running {
	expected := region.ExpectedAt(now, config.Auto)
	running := cost.Running{Tasks: expected.Tasks, CPU: region.Container.CPU, Memory: region.Container.Memory}
	if expected.LoadBalancer {
		running.Zones = len(region.Subnets)
	}
	return running
}
