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
	results := queryRegions(ctx, a, connected.Regions, func(ctx context.Context, region *ops.Region) liveResult { return queryLiveCost(ctx, prices, region) },
		func(known []*liveResult) string { return partialLive(connected.Regions, known) })
	billing.Wait()
	result.Rate = cost.Sum(result.Shared)
	var verdicts []verdict
	for i, region := range results {
		region.Plan = estimate.Regions[i].Total
		if region.problem != nil {
			region.Problem = a.problemText(*region.problem)
		}
		result.Rate = result.Rate.Plus(region.Known())
		result.Regions = append(result.Regions, region.LiveRegion)
		verdicts = append(verdicts, a.liveVerdict(region))
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
	for i, region := range known {
		tasks := "…"
		switch {
		case region == nil:
		case region.problem != nil:
			tasks = region.problem.Message
		case region.Running == nil:
			tasks = "not deployed"
		default:
			tasks = fmt.Sprintf("%d of %d", region.Running.Tasks, region.Wanted.Tasks)
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

func (a *App) liveVerdict(region liveResult) verdict {
	if region.problem != nil {
		return a.verdict(region.Region, []ops.Problem{*region.problem})
	}
	return a.priceVerdict(region.Region, region.Rate.Missing)
}

func queryLiveCost(ctx context.Context, prices *cost.Table, region *ops.Region) liveResult {
	running, err := region.Running(ctx)
	result := liveResult{LiveRegion: &cost.LiveRegion{Region: region.Name, Wanted: expectedAt(region.Region, running, region.Now())}}
	result.WantedRate = prices.Rate(region.Region, result.Wanted)
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

// expectedAt returns what should be running in a region at a given time. Of the range of autoscaling that is the
// number that is running, if it is within the range.
func expectedAt(region config.Region, is *cost.Running, now time.Time) cost.Running {
	expected, tasks := region.ExpectedAt(now, config.OverrideAuto), 0
	if is != nil {
		tasks = is.Tasks
	}
	tasks = expected.Tasks.Clamp(tasks)
	onSpot := region.Service.Capacity.OnSpot(tasks)
	running := cost.Running{
		Tasks: tasks, CPU: region.Container.CPU, Memory: region.Container.Memory, Storage: region.Container.EphemeralStorage,
		Machine: cost.Machine{ARM: region.Container.ARM(), Spot: onSpot > 0}, SpotTasks: onSpot,
	}
	if expected.LoadBalancer {
		running.Zones, running.Internal = region.LoadBalancerSubnets(), region.LoadBalancer.Internal
	}
	running.Private = !region.Network.PublicTasks()
	if expected.Egress {
		running.NATGateways, running.Endpoints = len(region.NATZones()), len(region.InterfaceEndpoints())*len(region.PrivateSubnets)
	}
	return running
}
