package cost

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// Scenario is a way to run the fleet.
type Scenario string

// The scenarios that are compared, each with the fleet's own windows.
const (
	AlwaysOn       Scenario = "24/7"
	WeekendKeep    Scenario = "weekend, load balancers kept"
	WeekendDestroy Scenario = "weekend, load balancers destroyed"
	OneRegion      Scenario = "one region 24/7"
)

// Scenarios are all of them, in the order in which they are shown.
func Scenarios() []Scenario { return []Scenario{AlwaysOn, WeekendKeep, WeekendDestroy, OneRegion} }

var presences = map[Scenario]func(config.Region) presence{
	AlwaysOn:       func(config.Region) presence { return awake },
	WeekendKeep:    kept,
	WeekendDestroy: destroyed,
	OneRegion:      func(config.Region) presence { return awake },
}

// In is what a fleet costs in a scenario.
func (t *Table) In(fleet *config.Fleet, scenario Scenario) Fleet {
	if scenario == OneRegion {
		fleet = t.oneRegion(fleet)
	}
	return t.estimate(fleet, Machine{}, presences[scenario])
}

// oneRegion is the fleet without all but its cheapest region. One whose prices are all known goes
// before one that only seems cheap.
func (t *Table) oneRegion(fleet *config.Fleet) *config.Fleet {
	all := t.In(fleet, AlwaysOn).Regions
	cheapest := slices.MinFunc(all, func(a, b Region) int {
		return cmp.Or(cmp.Compare(len(a.Total.Missing), len(b.Total.Missing)), a.Total.Monthly.Cmp(b.Total.Monthly), cmp.Compare(a.Region, b.Region))
	})
	one := *fleet
	one.Regions = nil
	for _, region := range fleet.Regions {
		if region.Name == cheapest.Region {
			one.Regions = []config.Region{region}
		}
	}
	return &one
}

// Outcome is a region, or the fleet, in a scenario.
type Outcome struct {
	// Region is "" for the fleet.
	Region   string
	Scenario Scenario
	// Keeps is the region that is left in OneRegion.
	Keeps             string
	TaskHours         *decimal.Decimal
	LoadBalancerHours *decimal.Decimal
	Total             Total
	// Estimate is what the fleet's total is made of.
	Estimate Fleet
	// Saving is against 24/7, in a month. With a lower bound in it, it is one itself: whatever is
	// missing costs no more in another scenario.
	Saving decimal.Decimal
	// Percent is nil where something is missing.
	Percent *decimal.Decimal
}

// MachineCost is a region, or the fleet, as planned but on another machine.
type MachineCost struct {
	Region  string
	Machine string
	Total   Total
}

// Window is a region's weekly window, and what its load balancer costs to bring and take away.
type Window struct {
	Region            string
	TaskHours         int
	LoadBalancerHours int
	// LeadMinutes is how long before the window the load balancer may come back.
	LeadMinutes int
	// Saving is what destroying saves on top of sleeping.
	Saving Total
	// LeadHour is what each more hour of lead costs; nil where a price is missing.
	LeadHour *decimal.Decimal
	// BreakEven is the lead, in hours, at which destroying saves nothing; nil where it never does.
	BreakEven *decimal.Decimal
}

// Comparison is every scenario side by side.
type Comparison struct {
	Currency  string
	Regions   []Outcome
	Fleet     []Outcome
	Machines  []MachineCost
	Windows   []Window
	Hours     []string
	Footnotes []string
}

// Compare puts the scenarios side by side.
func (t *Table) Compare(fleet *config.Fleet) Comparison {
	result := Comparison{Currency: "USD", Footnotes: []string{}}
	always := t.In(fleet, AlwaysOn)
	for i, region := range fleet.Regions {
		for _, scenario := range Scenarios()[:3] {
			each := t.region(region, Machine{}, presences[scenario](region))
			outcome := outcome(scenario, each.Total, always.Regions[i].Total)
			outcome.Region, outcome.TaskHours = region.Name, &each.TaskHours
			outcome.LoadBalancerHours = &each.LoadBalancerHours
			result.Regions = append(result.Regions, outcome)
		}
		result.Windows = append(result.Windows, t.window(region))
		result.Machines = append(result.Machines, t.machines(region)...)
	}
	for _, scenario := range Scenarios() {
		each := t.In(fleet, scenario)
		outcome := outcome(scenario, each.Total, always.Total)
		outcome.Estimate = each
		if scenario == OneRegion {
			outcome.Keeps = each.Regions[0].Region
		}
		result.Fleet = append(result.Fleet, outcome)
	}
	for _, machine := range Machines() {
		result.Machines = append(result.Machines, MachineCost{"", machine.String(), t.estimate(fleet, machine, planned).Total})
	}
	result.Hours = arithmetic(result.Windows)
	return result
}

// Annotate gives a comparison the footnotes of its dearest scenario, which has every line.
func (c *Comparison) Annotate(now time.Time) {
	always := c.Fleet[0].Estimate
	always.Annotate(now)
	c.Footnotes = always.Notes
}

func outcome(scenario Scenario, now, always Total) Outcome {
	result := Outcome{Scenario: scenario, Total: now, Saving: always.Monthly.Sub(now.Monthly)}
	if !always.LowerBound() && !now.LowerBound() && always.Monthly.IsPositive() {
		result.Percent = new(result.Saving.Mul(decimal.New(100, 0)).DivRound(always.Monthly, 1))
	}
	return result
}

func (t *Table) machines(region config.Region) []MachineCost {
	var costs []MachineCost
	for _, machine := range Machines() {
		costs = append(costs, MachineCost{region.Name, machine.String(), t.region(region, machine, planned(region)).Total})
	}
	return costs
}

// window says what destroying the load balancer brings. With it there are as many hours of load
// balancer as its presence takes, a part of one being billed as a whole.
func (t *Table) window(region config.Region) Window {
	present := destroyed(region)
	result := Window{
		Region: region.Name, TaskHours: int(present.tasks), LoadBalancerHours: int(present.loadBalancer), LeadMinutes: region.Weekend.LeadMinutes,
	}
	keeps, destroys := t.region(region, Machine{}, kept(region)).Total, t.region(region, Machine{}, present).Total
	result.Saving = Total{keeps.Monthly.Sub(destroys.Monthly), keeps.Missing}
	comings := comings(region)
	if comings == 0 || present.loadBalancer == 0 {
		return result
	}
	without := present.loadBalancer - comings*hours((region.Weekend.LeadMinutes+59)/60)
	result.BreakEven = new(decimal.New(int64(allWeek-without), 0).DivRound(decimal.New(int64(comings), 0), 1))
	lead := Sum(t.loadBalancer(region, presence{loadBalancer: comings}))
	if !lead.LowerBound() {
		result.LeadHour = &lead.Monthly
	}
	return result
}

// comings are how often in a week the load balancer is brought back: before each day with a window that
// does not follow another such day.
func comings(region config.Region) hours {
	var opens [7]bool
	for _, day := range region.Schedule.Window().Days {
		opens[day] = true
	}
	var count hours
	for day, open := range opens {
		if open && !opens[(day+1)%7] {
			count++
		}
	}
	return count
}

// arithmetic shows how hours of a week become hours of a month.
func arithmetic(windows []Window) []string {
	lines := []string{"a month is a twelfth of a year: 24 h x 365 / 12 = 730 h"}
	add := func(text string) {
		if !slices.Contains(lines, text) {
			lines = append(lines, text)
		}
	}
	for _, window := range windows {
		if window.TaskHours > 0 {
			add(fmt.Sprintf("tasks: %d h a week x 365 / 7 / 12 = %s h a month", window.TaskHours, rounded(hours(window.TaskHours).perMonth(), 2).StringFixed(2)))
		}
		if window.LoadBalancerHours > 0 {
			add(fmt.Sprintf("a destroyed load balancer: %d whole h a week, from %d minutes before the first window to the end of the last, x 365 / 7 / 12 = %s h a month",
				window.LoadBalancerHours, window.LeadMinutes, rounded(hours(window.LoadBalancerHours).perMonth(), 2).StringFixed(2)))
		}
	}
	return lines
}
