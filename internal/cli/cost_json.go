package cli

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// The documents of mcpfleet cost. A number has the digits that it was computed with: what floats would
// make of them, a script decides.

// priceMissing is the code of what the price table has no price for.
const priceMissing ops.Code = "price_missing"

const currency = "USD"

// money is an amount to the cent, null where nobody knows it.
func money(amount *decimal.Decimal) *json.Number {
	if amount == nil {
		return nil
	}
	return new(json.Number(amount.StringFixed(2)))
}

// number is what is no money.
func number(amount *decimal.Decimal) *json.Number {
	if amount == nil {
		return nil
	}
	return new(json.Number(amount.String()))
}

// costLine is one item.
type costLine struct {
	Item cost.Item `json:"item"`
	Name string    `json:"name"`
	Unit string    `json:"unit"`
	// Quantity is in a month; null where the fleet file does not give the usage.
	Quantity *json.Number `json:"quantity"`
	// UnitPrice is null where it is not known, and then nothing is said of it.
	UnitPrice *json.Number `json:"unit_price"`
	// Monthly is null where quantity or price is not known.
	Monthly *json.Number `json:"monthly"`
	// Confidence is A, B, C or unverified.
	Confidence cost.Confidence `json:"confidence,omitempty"`
	// AsOf is the day of the price.
	AsOf   string `json:"as_of,omitempty"`
	Source string `json:"source,omitempty"`
}

func costLines(lines []cost.Line) []costLine {
	result := []costLine{}
	for _, line := range lines {
		each := costLine{Item: line.Item, Name: line.Name, Unit: line.Unit, Quantity: number(line.Quantity), Monthly: money(line.Monthly)}
		if price := line.Price; price != nil {
			each.UnitPrice, each.Confidence = number(&price.USD), price.Confidence
			each.AsOf, each.Source = price.AsOf.Format(time.DateOnly), price.Source
		}
		result = append(result, each)
	}
	return result
}

// costTotal is a sum.
type costTotal struct {
	Monthly *json.Number `json:"monthly"`
	Annual  *json.Number `json:"annual"`
	// LowerBound is whether something is missing in it.
	LowerBound bool     `json:"lower_bound"`
	Missing    []string `json:"missing"`
}

func totalOf(total cost.Total) costTotal {
	return costTotal{money(&total.Monthly), money(new(total.Annual())), total.LowerBound(), append([]string{}, total.Missing...)}
}

// priced is the verdict of a region whose total may lack prices. That makes a lower bound of the total,
// and nothing wrong of the region.
func (a *App) priced(region string, missing []string) verdict {
	var problems []ops.Problem
	for _, each := range missing {
		problems = append(problems, ops.Problem{Code: priceMissing, Message: each, Fix: ops.Fix{Verb: ops.VerbCostRefresh, Region: region}})
	}
	result := a.verdict(region, problems)
	result.OK = true
	return result
}

// estimateDocument is what the fleet costs as its file says.
type estimateDocument struct {
	report[regionEstimate]
	Currency string `json:"currency"`
	// Shared is what the fleet has once.
	Shared []costLine `json:"shared"`
	Total  costTotal  `json:"total"`
	// Notes are what to know of the prices.
	Notes []string `json:"notes"`
}

// regionEstimate is what a region costs a month.
type regionEstimate struct {
	verdict
	// What sums up the region in a few words.
	What string `json:"what"`
	// TaskHours and LoadBalancerHours are in a month.
	TaskHours         *json.Number `json:"task_hours"`
	LoadBalancerHours *json.Number `json:"load_balancer_hours"`
	Lines             []costLine   `json:"lines"`
	Total             costTotal    `json:"total"`
	// NotIncluded is what depends on usage that the fleet file does not give.
	NotIncluded []costLine `json:"not_included"`
}

func (a *App) estimateDocument(fleet *config.Fleet, estimate cost.Fleet) estimateDocument {
	var regions []regionEstimate
	for _, each := range estimate.Regions {
		regions = append(regions, regionEstimate{
			a.priced(each.Region, each.Total.Missing), each.What, number(&each.TaskHours), number(&each.LoadBalancerHours),
			costLines(each.Lines), totalOf(each.Total), costLines(each.NotIncluded),
		})
	}
	return estimateDocument{newReport(a, fleet, regions), currency, costLines(estimate.Shared), totalOf(estimate.Total), estimate.Notes}
}

// compareDocument is every scenario side by side.
type compareDocument struct {
	report[regionComparison]
	Currency string           `json:"currency"`
	Fleet    costAlternatives `json:"fleet"`
	// Hours show how hours of a week become hours of a month.
	Hours []string `json:"hours"`
	// Notes are what to know of the prices.
	Notes []string `json:"notes"`
}

// costAlternatives are other ways to run a region, or the fleet.
type costAlternatives struct {
	Scenarios []costScenario `json:"scenarios"`
	// Machines are as planned, on other machines.
	Machines []costMachine `json:"machines"`
}

type regionComparison struct {
	verdict
	costAlternatives
	Window costWindow `json:"window"`
}

type costScenario struct {
	Scenario cost.Scenario `json:"scenario"`
	// Keeps is the region that is left where one is.
	Keeps string `json:"keeps,omitempty"`
	// TaskHours and LoadBalancerHours are in a month, and a region's.
	TaskHours         *json.Number `json:"task_hours,omitempty"`
	LoadBalancerHours *json.Number `json:"load_balancer_hours,omitempty"`
	Total             costTotal    `json:"total"`
	// Saving is against 24/7, in a month; a lower bound where the total is one.
	Saving *json.Number `json:"saving"`
	// Percent is null where something is missing.
	Percent *json.Number `json:"saving_percent"`
}

type costMachine struct {
	Machine string    `json:"machine"`
	Total   costTotal `json:"total"`
}

// costWindow is a region's weekly window, and what its load balancer costs to bring and take away.
type costWindow struct {
	TaskHours         int `json:"task_hours_a_week"`
	LoadBalancerHours int `json:"load_balancer_hours_a_week"`
	// LeadMinutes is how long before the window the load balancer may come back.
	LeadMinutes int `json:"lead_minutes"`
	// Saving is what destroying saves on top of sleeping.
	Saving costTotal `json:"saving_of_destroying"`
	// LeadHour is what each more hour of lead costs; null where a price is missing.
	LeadHour *json.Number `json:"cost_of_an_hour_of_lead"`
	// BreakEven is the lead at which destroying saves nothing; null where it never does.
	BreakEven *json.Number `json:"break_even_lead_hours"`
}

func (a *App) compareDocument(fleet *config.Fleet, comparison cost.Comparison) compareDocument {
	var regions []regionComparison
	for _, window := range comparison.Windows {
		alternatives := alternativesOf(window.Region, comparison.Regions, comparison.Machines)
		always := alternatives.Scenarios[0].Total
		regions = append(regions, regionComparison{a.priced(window.Region, always.Missing), alternatives, costWindow{
			window.TaskHours, window.LoadBalancerHours, window.LeadMinutes, totalOf(window.Saving), money(window.LeadHour), number(window.BreakEven),
		}})
	}
	return compareDocument{
		newReport(a, fleet, regions), currency, alternativesOf("", comparison.Fleet, comparison.Machines), comparison.Hours, comparison.Footnotes,
	}
}

// alternativesOf are those of a region, or of the fleet, whose name is "".
func alternativesOf(region string, outcomes []cost.Outcome, machines []cost.MachineCost) (alternatives costAlternatives) {
	for _, each := range outcomes {
		if each.Region == region {
			alternatives.Scenarios = append(alternatives.Scenarios, costScenario{
				each.Scenario, each.Keeps, number(each.TaskHours), number(each.LoadBalancerHours), totalOf(each.Total), money(&each.Saving), number(each.Percent),
			})
		}
	}
	for _, each := range machines {
		if each.Region == region {
			alternatives.Machines = append(alternatives.Machines, costMachine{each.Machine, totalOf(each.Total)})
		}
	}
	return alternatives
}

// recommendDocument is what would make the fleet cheaper.
type recommendDocument struct {
	report[regionPlan]
	Currency string    `json:"currency"`
	Plan     costTotal `json:"plan"`
	// Recommendations do not add up: each is against the plan by itself.
	Recommendations []recommendation `json:"recommendations"`
	// Notes are what to know of the prices.
	Notes []string `json:"notes"`
}

type regionPlan struct {
	verdict
	Plan costTotal `json:"plan"`
}

type recommendation struct {
	Title string `json:"title"`
	// Available is whether the fleet file has a key for it.
	Available bool `json:"available"`
	// Saving is in a month; null where nobody knows it.
	Saving *json.Number `json:"saving"`
	// Estimate is whether the saving varies from day to day.
	Estimate bool `json:"estimate"`
	// AtLeast is whether a price is missing in the saving.
	AtLeast bool   `json:"at_least"`
	Risk    string `json:"risk"`
	// How says what to write.
	How string `json:"how"`
}

func (a *App) recommendDocument(fleet *config.Fleet, plan cost.Fleet, advice []cost.Advice) recommendDocument {
	var regions []regionPlan
	for _, each := range plan.Regions {
		regions = append(regions, regionPlan{a.priced(each.Region, each.Total.Missing), totalOf(each.Total)})
	}
	recommendations := []recommendation{}
	for _, each := range advice {
		recommendations = append(recommendations, recommendation{each.Title, each.Available, money(each.Saving), each.Estimate, each.AtLeast, each.Risk, each.How})
	}
	return recommendDocument{newReport(a, fleet, regions), currency, totalOf(plan.Total), recommendations, plan.Notes}
}

// diffDocument is what a change of the fleet file costs or saves.
type diffDocument struct {
	envelope
	Currency string       `json:"currency"`
	Changes  []lineChange `json:"changes"`
	Before   costTotal    `json:"before"`
	After    costTotal    `json:"after"`
	// Change is after less before, of what is known.
	Change *json.Number `json:"change"`
	// Notes are what to know of the prices.
	Notes []string `json:"notes"`
}

// lineChange is what an item costs a month before and after.
type lineChange struct {
	// Region is absent where the fleet has the item once.
	Region string `json:"region,omitempty"`
	Name   string `json:"name"`
	// Before and After are null where there is no such item, or no price.
	Before *json.Number `json:"before"`
	After  *json.Number `json:"after"`
	// Missing is whether a price is.
	Missing bool `json:"missing"`
}

func newDiffDocument(difference cost.Difference, notes []string) diffDocument {
	changes := []lineChange{}
	for _, each := range difference.Changes {
		changes = append(changes, lineChange{each.Region, each.Name, money(each.Before), money(each.After), each.Missing})
	}
	return diffDocument{
		envelope{schemaVersion, true}, currency, changes, totalOf(difference.Before), totalOf(difference.After), money(&difference.Change), notes,
	}
}

// liveDocument is what runs now, and what was billed.
type liveDocument struct {
	report[regionLive]
	Currency string `json:"currency"`
	// Shared is what the fleet has once.
	Shared []costLine `json:"shared"`
	// Rate is that of a month that stayed as it is now.
	Rate costTotal `json:"rate"`
	Plan costTotal `json:"plan"`
	// Billed is since the month began, in all regions; absent where it is not known.
	Billed *json.Number `json:"billed,omitempty"`
	// BilledProblem is why that is not known. It leaves ok as it is.
	BilledProblem *problem `json:"billed_problem,omitempty"`
}

type regionLive struct {
	verdict
	// Running is absent where nothing is deployed, or where it cannot be seen.
	Running *cost.Running `json:"running,omitempty"`
	// Wanted is what belongs there at this time.
	Wanted cost.Running `json:"planned_now"`
	// Rate is that of a month that stayed as it is now; null where that cannot be seen.
	Rate *costTotal `json:"rate"`
	// WantedRate is that of a month as it should be now.
	WantedRate costTotal `json:"planned_rate"`
	// Plan follows the schedule.
	Plan costTotal `json:"plan"`
	// Billed is since the month began.
	Billed *json.Number `json:"billed,omitempty"`
}

func (a *App) liveDocument(fleet *config.Fleet, live cost.Live, verdicts []verdict) liveDocument {
	var regions []regionLive
	for i, each := range live.Regions {
		region := regionLive{
			verdict: verdicts[i], Running: each.Running, Wanted: each.Wanted,
			WantedRate: totalOf(each.WantedRate), Plan: totalOf(each.Plan), Billed: money(each.Billed),
		}
		if each.Rate != nil {
			region.Rate = new(totalOf(*each.Rate))
		}
		regions = append(regions, region)
	}
	return liveDocument{
		report: newReport(a, fleet, regions), Currency: currency, Shared: costLines(live.Shared),
		Rate: totalOf(live.Rate), Plan: totalOf(live.Plan), Billed: money(live.Billed),
	}
}

// refreshDocument is what was fetched of today's prices.
type refreshDocument struct {
	report[regionPrices]
	Currency string `json:"currency"`
	// PriceFile is where they are.
	PriceFile string `json:"price_file"`
	Prices    int    `json:"prices"`
	// Changes are those that are new, or not what they were.
	Changes []priceChange `json:"changes"`
}

// regionPrices has a problem for each price that was not found, and keeps the price that it had.
type regionPrices struct {
	verdict
	Prices int `json:"prices"`
}

type priceChange struct {
	Item   cost.Item `json:"item"`
	Region string    `json:"region"`
	// Was is null where there was no price.
	Was *json.Number `json:"was"`
	Is  json.Number  `json:"is"`
}

func priceChanges(changes []cost.PriceChange) []priceChange {
	result := []priceChange{}
	for _, each := range changes {
		change := priceChange{each.Item, each.Region, nil, json.Number(each.Is)}
		if each.Was != "" {
			change.Was = new(json.Number(each.Was))
		}
		result = append(result, change)
	}
	return result
}
