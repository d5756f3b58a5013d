package cost

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// Scenario is a way of running the fleet.
type Scenario string

// The scenarios that Compare compares, each with the fleet's own windows.
const (
	AlwaysOn       Scenario = "24/7"
	WeekendKeep    Scenario = "weekend, load balancers kept"
	WeekendDestroy Scenario = "weekend, load balancers destroyed"
	OneRegion      Scenario = "one region 24/7"
)

// Scenarios returns all scenarios in display order.
func Scenarios() []Scenario { return []Scenario{AlwaysOn, WeekendKeep, WeekendDestroy, OneRegion} }

var uptimes = map[Scenario]func(config.Region) uptime{
	AlwaysOn:       func(config.Region) uptime { return alwaysOn },
	WeekendKeep:    weekendKeep,
	WeekendDestroy: weekendDestroy,
	OneRegion:      func(config.Region) uptime { return alwaysOn },
}

// In returns the cost of a fleet in a scenario.
func (t *Table) In(fleet *config.Fleet, scenario Scenario) Fleet {
	if scenario == OneRegion {
		fleet = t.oneRegion(fleet)
	}
	return t.estimate(fleet, placementOf, uptimes[scenario])
}

// oneRegion returns the fleet reduced to its cheapest region. Regions with fewer missing prices come first,
// because a missing price makes a region look cheap.
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
	// Remaining is the remaining region in OneRegion.
	Remaining         string
	TaskHours         *decimal.Decimal
	LoadBalancerHours *decimal.Decimal
	Total             Total
	// Estimate has the lines of the fleet's total.
	Estimate Fleet
	// Saving is the monthly saving compared with 24/7. It is a lower bound if a total is one, because a
	// missing item costs no more in any other scenario.
	Saving decimal.Decimal
	// Percent is nil if a price is missing.
	Percent *decimal.Decimal
}

// MachineCost is the planned cost of a region, or of the fleet, on one of the machines.
type MachineCost struct {
	Region  string
	Machine string
	Total   Total
}

// Window is a region's weekly window, and the saving from destroying its load balancer while asleep.
type Window struct {
	Region            string
	TaskHours         int
	LoadBalancerHours int
	// LeadMinutes is how long before the window an apply already creates the load balancer.
	LeadMinutes int
	// Saving is the saving compared with weekend mode that keeps the load balancer.
	Saving Total
	// LeadHour is the monthly cost of each additional hour of lead; nil if a price is missing.
	LeadHour *decimal.Decimal
	// BreakEven is the lead, in hours, at which destroying saves nothing; nil if there is no such lead.
	BreakEven *decimal.Decimal
}

// Comparison compares all scenarios.
type Comparison struct {
	Currency string
	Regions  []Outcome
	Fleet    []Outcome
	Machines []MachineCost
	// RunsOn describes the machines that the fleet file sets, by region.
	RunsOn    map[string]string
	Windows   []Window
	Hours     []string
	Footnotes []string
}

// Compare compares the cost of a fleet in all scenarios.
func (t *Table) Compare(fleet *config.Fleet) Comparison {
	result := Comparison{Currency: "USD", RunsOn: map[string]string{}, Footnotes: []string{}}
	always := t.In(fleet, AlwaysOn)
	for i, region := range fleet.Regions {
		for _, scenario := range Scenarios()[:3] {
			each := t.region(region, placementOf, uptimes[scenario](region))
			outcome := outcome(scenario, each.Total, always.Regions[i].Total)
			outcome.Region, outcome.TaskHours = region.Name, &each.TaskHours
			outcome.LoadBalancerHours = &each.LoadBalancerHours
			result.Regions = append(result.Regions, outcome)
		}
		result.Windows = append(result.Windows, t.window(region))
		result.Machines = append(result.Machines, t.machines(region)...)
		result.RunsOn[region.Name] = runsOn(region)
	}
	for _, scenario := range Scenarios() {
		each := t.In(fleet, scenario)
		outcome := outcome(scenario, each.Total, always.Total)
		outcome.Estimate = each
		if scenario == OneRegion {
			outcome.Remaining = each.Regions[0].Region
		}
		result.Fleet = append(result.Fleet, outcome)
	}
	for _, machine := range Machines() {
		result.Machines = append(result.Machines, MachineCost{"", machine.String(), t.estimate(fleet, machine.all, planned).Total})
	}
	result.Hours = append(monthlyHours(result.Windows), hoursOnRequest(fleet.Regions)...)
	return result
}

// Annotate adds the footnotes of the most expensive scenario, which has all lines.
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
		costs = append(costs, MachineCost{region.Name, machine.String(), t.region(region, machine.all, planned(region)).Total})
	}
	return costs
}

// window returns the saving from destroying the load balancer while asleep. AWS bills a partial hour as a
// whole one, so the lead is rounded up to hours.
func (t *Table) window(region config.Region) Window {
	up := weekendDestroy(region)
	result := Window{
		Region: region.Name, TaskHours: int(up.tasks), LoadBalancerHours: int(up.loadBalancer), LeadMinutes: region.Weekend.LeadMinutes,
	}
	keep, destroy := t.region(region, placementOf, weekendKeep(region)).Total, t.region(region, placementOf, up).Total
	result.Saving = Total{keep.Monthly.Sub(destroy.Monthly), keep.Missing}
	creations := creationsPerWeek(region)
	present := max(up.loadBalancer, up.egress)
	if creations == 0 || present == 0 {
		return result
	}
	withoutLead := present - creations*hours((region.Weekend.LeadMinutes+59)/60)
	result.BreakEven = new(decimal.New(int64(allWeek-withoutLead), 0).DivRound(decimal.New(int64(creations), 0), 1))
	// An additional hour of lead adds one hour of what is destroyed per creation.
	added := uptime{loadBalancer: creations, egress: creations}
	lead := Sum(append(t.loadBalancer(region, added), t.egress(region, added)...))
	if !lead.LowerBound() {
		result.LeadHour = &lead.Monthly
	}
	return result
}

// creationsPerWeek returns how often a week the load balancer is created: before each window day that does not
// follow another window day.
func creationsPerWeek(region config.Region) hours {
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

// monthlyHours shows how hours per week convert to hours per month.
func monthlyHours(windows []Window) []string {
	lines := []string{"month (a twelfth of a year): 24 h x 365 / 12 = 730 h"}
	add := func(line string) {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	for _, window := range windows {
		if window.TaskHours > 0 {
			add(fmt.Sprintf("tasks: %d h per week x 365 / 7 / 12 = %s h per month", window.TaskHours, rounded(hours(window.TaskHours).perMonth(), 2).StringFixed(2)))
		}
		if window.LoadBalancerHours > 0 {
			add(fmt.Sprintf("load balancer destroyed while asleep: %d whole h per week, from %d minutes before the first window to the end of the last, x 365 / 7 / 12 = %s h per month",
				window.LoadBalancerHours, window.LeadMinutes, rounded(hours(window.LoadBalancerHours).perMonth(), 2).StringFixed(2)))
		}
	}
	return lines
}
