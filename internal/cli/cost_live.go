package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// live is what a region has and costs now, beside what was planned.
type live struct {
	Region string `json:"region"`
	// Running is absent where nothing is deployed, or where it cannot be seen.
	Running *cost.Running `json:"running,omitempty"`
	// Wanted is what belongs there at this time.
	Wanted cost.Running `json:"planned_now"`
	// Rate and WantedRate are those of a month that stayed as it is now; Plan follows the schedule.
	Rate       cost.Total       `json:"rate"`
	WantedRate cost.Total       `json:"planned_rate"`
	Plan       cost.Total       `json:"plan"`
	Billed     *decimal.Decimal `json:"billed,omitempty"`
	Problem    string           `json:"problem,omitempty"`
}

// liveFleet is every region, and the bill of the month so far.
type liveFleet struct {
	At      time.Time   `json:"at"`
	Regions []*live     `json:"regions"`
	Shared  []cost.Line `json:"shared"`
	Rate    cost.Total  `json:"rate"`
	Plan    cost.Total  `json:"plan"`
	// Billed is since the month began, in all regions; BilledProblem is why it is not known.
	Billed        *decimal.Decimal `json:"billed,omitempty"`
	BilledProblem string           `json:"billed_problem,omitempty"`
}

func (a *App) costLive(ctx context.Context, prices *cost.Table, options costOptions) error {
	fleet, connected, err := a.connect(ctx)
	if err != nil {
		return err
	}
	estimate := prices.Estimate(fleet)
	now := a.Now()
	result := liveFleet{At: now.UTC(), Plan: estimate.Total, Shared: estimate.Shared}
	var bill *ops.Bill
	var billErr error
	var asked sync.WaitGroup
	asked.Go(func() { bill, billErr = ops.MonthToDate(ctx, fleet, now) })
	result.Regions = ops.Each(connected.Regions, func(region *ops.Region) *live { return liveRegion(ctx, prices, region) })
	asked.Wait()
	result.Rate = cost.Sum(result.Shared)
	var wrong error
	for i, each := range result.Regions {
		each.Plan = estimate.Regions[i].Total
		result.Rate = result.Rate.Plus(each.Rate)
		if each.Problem != "" {
			wrong = errWrong
		}
	}
	result.addBill(bill, billErr)
	return errors.Join(a.show(result, livePage(result), options), wrong)
}

func liveRegion(ctx context.Context, prices *cost.Table, region *ops.Region) *live {
	result := &live{Region: region.Name, Wanted: wanted(region.Region, region.Now())}
	result.WantedRate = prices.Rate(region.Region, result.Wanted)
	running, err := region.Running(ctx)
	switch {
	case err != nil:
		result.Problem = ops.Reason(err)
		result.Rate.Missing = []string{region.Name + " cannot be seen"}
	case running != nil:
		result.Running = running
		result.Rate = prices.Rate(region.Region, *running)
	}
	return result
}

// wanted is what belongs in a region at an instant.
func wanted(region config.Region, now time.Time) cost.Running {
	running := cost.Running{Tasks: ops.ShouldRun(region, now), CPU: region.Container.CPU, Memory: region.Container.Memory}
	if ops.ShouldHaveLoadBalancer(region, now) {
		running.Zones = len(region.Subnets)
	}
	return running
}

// addBill spreads what was billed over the regions.
func (l *liveFleet) addBill(bill *ops.Bill, err error) {
	if err != nil {
		l.BilledProblem = ops.Reason(err)
		return
	}
	sum := decimal.Zero
	for _, amount := range bill.ByRegion {
		sum = sum.Add(amount)
	}
	l.Billed = new(sum.Round(2))
	for _, each := range l.Regions {
		each.Billed = new(bill.ByRegion[each.Region].Round(2))
	}
}

func livePage(result liveFleet) page {
	shown := block{heading: "What runs at " + result.At.Format("Mon 2 Jan 15:04 MST") + ", in US dollars", align: "lllrrrrr",
		header: []string{"REGION", "TASKS", "LOAD BALANCER", "AN HOUR", "PLANNED NOW", "A MONTH LIKE THIS", "PLAN A MONTH", "BILLED"}}
	for _, each := range result.Regions {
		shown.rows = append(shown.rows, liveRow(each))
		if more := each.excess(); more.IsPositive() {
			shown.remarks = append(shown.remarks, fmt.Sprintf("%s costs %s an hour more than planned for now; mcpfleet status says what differs", each.Region, more.StringFixed(4)))
		}
		if each.Problem != "" {
			shown.remarks = append(shown.remarks, each.Region+": "+each.Problem)
		}
	}
	for _, line := range result.Shared {
		shown.rows = append(shown.rows, []string{line.Name, "", "", "", "", money(line.Monthly), money(line.Monthly), ""})
	}
	shown.rows = append(shown.rows, []string{"Total", "", "", result.Rate.Hourly().StringFixed(4), "", result.Rate.String(), result.Plan.String(), billedCell(result.Billed)})
	return page{shown, {remarks: append(lowerBound(result.Rate), result.billRemark())}}
}

func liveRow(each *live) []string {
	tasks, balancer := "not deployed", "-"
	switch {
	case each.Problem != "":
		tasks = "not seen"
	case each.Running != nil:
		tasks, balancer = fmt.Sprintf("%d of %d", each.Running.Tasks, each.Wanted.Tasks), "none"
		if each.Running.Zones > 0 {
			balancer = fmt.Sprintf("in %d zones", each.Running.Zones)
		}
	}
	return []string{
		each.Region, tasks, balancer, each.Rate.Hourly().StringFixed(4), each.WantedRate.Hourly().StringFixed(4),
		each.Rate.String(), each.Plan.String(), billedCell(each.Billed),
	}
}

// excess is what an hour costs more than was planned for it.
func (l *live) excess() decimal.Decimal {
	if l.Running == nil {
		return decimal.Zero
	}
	return l.Rate.Hourly().Sub(l.WantedRate.Hourly())
}

func billedCell(amount *decimal.Decimal) string {
	if amount == nil {
		return "-"
	}
	return amount.StringFixed(2)
}

func (l *liveFleet) billRemark() string {
	switch {
	case l.BilledProblem != "":
		return "What was billed is not known: " + l.BilledProblem
	case l.Billed.IsZero():
		return "Nothing is billed for the fleet's tags this month; Cost Explorer knows them a day after Project and Environment are activated as cost allocation tags."
	}
	return "BILLED is by the tags Project and Environment, since the month began; the total also has what belongs to no region."
}
