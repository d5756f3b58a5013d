package cli

import (
	"context"
	"errors"
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
	var asked sync.WaitGroup
	asked.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		bill, billErr = ops.MonthToDate(ctx, a.opener(), fleet, now)
	})
	result.Regions = ops.Each(ctx, connected.Regions, a.timeout, func(ctx context.Context, region *ops.Region) *cost.LiveRegion { return liveRegion(ctx, prices, region) })
	asked.Wait()
	result.Rate = cost.Sum(result.Shared)
	var wrong error
	for i, each := range result.Regions {
		each.Plan = estimate.Regions[i].Total
		result.Rate = result.Rate.Plus(each.Known())
		if each.Problem != "" {
			wrong = errWrong
		}
	}
	if billErr != nil {
		result.BilledProblem = ops.Reason(billErr)
	} else {
		result.Bill(bill.ByRegion)
	}
	return errors.Join(a.show(result, view.LivePage(result), options), wrong)
}

func liveRegion(ctx context.Context, prices *cost.Table, region *ops.Region) *cost.LiveRegion {
	result := &cost.LiveRegion{Region: region.Name, Wanted: wanted(region.Region, region.Now())}
	result.WantedRate = prices.Rate(region.Region, result.Wanted)
	running, err := region.Running(ctx)
	switch {
	case err != nil:
		result.Problem = ops.Reason(err)
	case running == nil:
		result.Rate = &cost.Total{}
	default:
		result.Running = running
		result.Rate = new(prices.Rate(region.Region, *running))
	}
	return result
}

// wanted is what belongs in a region at an instant.
func wanted(region config.Region, now time.Time) cost.Running {
	expected := region.ExpectedAt(now, config.Auto)
	running := cost.Running{Tasks: expected.Tasks, CPU: region.Container.CPU, Memory: region.Container.Memory}
	if expected.LoadBalancer {
		running.Zones = len(region.Subnets)
	}
	return running
}
