package cli

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// The JSON documents of mcpfleet cost. Numbers keep their computed decimal digits, so scripts choose how
// to round them.

// priceMissing is the code of an item that has no price in the price table.
const priceMissing ops.Code = "price_missing"

const currency = "USD"

// money formats an amount to the cent, or null if it is unknown.
func money(amount *decimal.Decimal) *json.Number {
	if amount == nil {
		return nil
	}
	return new(json.Number(amount.StringFixed(2)))
}

// number formats a quantity with all its digits, or null if it is unknown.
func number(amount *decimal.Decimal) *json.Number {
	if amount == nil {
		return nil
	}
	return new(json.Number(amount.String()))
}

// costLine is the cost of one item.
type costLine struct {
	Item cost.Item `json:"item"`
	Name string    `json:"name"`
	Unit string    `json:"unit"`
	// Quantity is per month; null if the fleet file does not declare the usage.
	Quantity *json.Number `json:"quantity"`
	// UnitPrice is null if unknown; confidence, as_of and source are then absent.
	UnitPrice *json.Number `json:"unit_price"`
	// Monthly is null if the quantity or the price is unknown.
	Monthly *json.Number `json:"monthly"`
	// Confidence is A, B, C or unverified.
	Confidence cost.Confidence `json:"confidence,omitempty"`
	// AsOf is the date of the price.
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

// costTotal is a sum of costs.
type costTotal struct {
	Monthly *json.Number `json:"monthly"`
	Annual  *json.Number `json:"annual"`
	// LowerBound reports whether the total lacks a price.
	LowerBound bool     `json:"lower_bound"`
	Missing    []string `json:"missing"`
}

func totalOf(total cost.Total) costTotal {
	return costTotal{money(&total.Monthly), money(new(total.Annual())), total.LowerBound(), append([]string{}, total.Missing...)}
}

// maximumOf returns the total at the maximum, nil if it is the same.
func maximumOf(total *cost.Total) *costTotal {
	if total == nil {
		return nil
	}
	return new(totalOf(*total))
}

// priceVerdict returns the verdict of a region whose total may lack prices. A missing price makes the
// total a lower bound but leaves the region OK.
func (a *App) priceVerdict(region string, missing []string) verdict {
	var problems []ops.Problem
	for _, each := range missing {
		problems = append(problems, ops.Problem{Code: priceMissing, Message: each, Fix: ops.Fix{Verb: ops.VerbCostRefresh, Region: region}})
	}
	result := a.verdict(region, problems)
	result.OK = true
	return result
}

// estimateDocument is the estimated cost of the fleet file.
type estimateDocument struct {
	report[regionEstimate]
	Currency string `json:"currency"`
	// Shared lists the items that the fleet has once, not per region.
	Shared []costLine `json:"shared"`
	Total  costTotal  `json:"total"`
	// Maximum is the total at the maximum of autoscaling, and of the hours that requests may keep regions awake; absent
	// if it is the same.
	Maximum *costTotal `json:"maximum,omitempty"`
	// Notes are remarks about the prices.
	Notes []string `json:"notes"`
}

// regionEstimate is the monthly cost of a region.
type regionEstimate struct {
	verdict
	// What describes the region in a few words.
	What string `json:"what"`
	// TaskHours and LoadBalancerHours are per month.
	TaskHours         *json.Number `json:"task_hours"`
	LoadBalancerHours *json.Number `json:"load_balancer_hours"`
	// Lines and Total are for the minimum number of tasks.
	Lines []costLine `json:"lines"`
	Total costTotal  `json:"total"`
	// Maximum is the total at the maximum of autoscaling, and of the hours that requests may keep regions awake; absent
	// if it is the same.
	Maximum *costTotal `json:"maximum,omitempty"`
	// NotIncluded lists the items that depend on usage that the fleet file does not declare.
	NotIncluded []costLine `json:"not_included"`
}

func (a *App) estimateDocument(fleet *config.Fleet, estimate cost.Fleet) estimateDocument {
	var regions []regionEstimate
	for _, each := range estimate.Regions {
		regions = append(regions, regionEstimate{
			a.priceVerdict(each.Region, each.Total.Missing), each.Summary, number(&each.TaskHours), number(&each.LoadBalancerHours),
			costLines(each.Lines), totalOf(each.Total), maximumOf(each.Maximum), costLines(each.NotIncluded),
		})
	}
	return estimateDocument{newReport(a, fleet, regions), currency, costLines(estimate.Shared), totalOf(estimate.Total), maximumOf(estimate.Maximum), estimate.Notes}
}

// compareDocument compares all scenarios.
type compareDocument struct {
	report[regionComparison]
	Currency string           `json:"currency"`
	Fleet    costAlternatives `json:"fleet"`
	// Hours explains how weekly hours are converted to monthly hours.
	Hours []string `json:"hours"`
	// Notes are remarks about the prices.
	Notes []string `json:"notes"`
}

// costAlternatives lists other ways to run a region or the fleet.
type costAlternatives struct {
	Scenarios []costScenario `json:"scenarios"`
	// Machines is the planned schedule on other machine types.
	Machines []costMachine `json:"machines"`
}

type regionComparison struct {
	verdict
	costAlternatives
	Window costWindow `json:"window"`
}

type costScenario struct {
	Scenario cost.Scenario `json:"scenario"`
	// Keeps is the remaining region in a scenario with a single region.
	Keeps string `json:"keeps,omitempty"`
	// TaskHours and LoadBalancerHours are per month, in one region.
	TaskHours         *json.Number `json:"task_hours,omitempty"`
	LoadBalancerHours *json.Number `json:"load_balancer_hours,omitempty"`
	Total             costTotal    `json:"total"`
	// Saving is per month, compared with 24/7; a lower bound if the total is one.
	Saving *json.Number `json:"saving"`
	// Percent is null if a price is missing.
	Percent *json.Number `json:"saving_percent"`
}

type costMachine struct {
	Machine string    `json:"machine"`
	Total   costTotal `json:"total"`
}

// costWindow is a region's weekly window, and what destroying its load balancer outside it saves.
type costWindow struct {
	TaskHours         int `json:"task_hours_a_week"`
	LoadBalancerHours int `json:"load_balancer_hours_a_week"`
	// LeadMinutes is how long before the window an apply may create the load balancer.
	LeadMinutes int `json:"lead_minutes"`
	// Saving is what destroying the load balancer saves in addition to stopping the tasks.
	Saving costTotal `json:"saving_of_destroying"`
	// LeadHour is the cost of each additional hour of lead; null if a price is missing.
	LeadHour *json.Number `json:"cost_of_an_hour_of_lead"`
	// BreakEven is the lead at which destroying the load balancer saves nothing; null if there is none.
	BreakEven *json.Number `json:"break_even_lead_hours"`
}

func (a *App) compareDocument(fleet *config.Fleet, comparison cost.Comparison) compareDocument {
	var regions []regionComparison
	for _, window := range comparison.Windows {
		alternatives := alternativesOf(window.Region, comparison.Regions, comparison.Machines)
		always := alternatives.Scenarios[0].Total
		regions = append(regions, regionComparison{a.priceVerdict(window.Region, always.Missing), alternatives, costWindow{
			window.TaskHours, window.LoadBalancerHours, window.LeadMinutes, totalOf(window.Saving), money(window.LeadHour), number(window.BreakEven),
		}})
	}
	return compareDocument{
		newReport(a, fleet, regions), currency, alternativesOf("", comparison.Fleet, comparison.Machines), comparison.Hours, comparison.Footnotes,
	}
}

// alternativesOf returns the alternatives of a region, or of the fleet if region is "".
func alternativesOf(region string, outcomes []cost.Outcome, machines []cost.MachineCost) (alternatives costAlternatives) {
	for _, each := range outcomes {
		if each.Region == region {
			alternatives.Scenarios = append(alternatives.Scenarios, costScenario{
				each.Scenario, each.Remaining, number(each.TaskHours), number(each.LoadBalancerHours), totalOf(each.Total), money(&each.Saving), number(each.Percent),
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

// recommendDocument lists the possible savings.
type recommendDocument struct {
	report[regionPlan]
	Currency string    `json:"currency"`
	Plan     costTotal `json:"plan"`
	// Recommendations do not add up: each is compared with the plan on its own.
	Recommendations []recommendation `json:"recommendations"`
	// Notes are remarks about the prices.
	Notes []string `json:"notes"`
}

type regionPlan struct {
	verdict
	Plan costTotal `json:"plan"`
}

type recommendation struct {
	Title string `json:"title"`
	// Saving is per month; null if unknown.
	Saving *json.Number `json:"saving"`
	// Estimate reports whether the saving varies from day to day.
	Estimate bool `json:"estimate"`
	// AtLeast reports whether the saving lacks a price.
	AtLeast bool   `json:"at_least"`
	Risk    string `json:"risk"`
	// How states what to change.
	How string `json:"how"`
}

func (a *App) recommendDocument(fleet *config.Fleet, plan cost.Fleet, advice []cost.Advice) recommendDocument {
	var regions []regionPlan
	for _, each := range plan.Regions {
		regions = append(regions, regionPlan{a.priceVerdict(each.Region, each.Total.Missing), totalOf(each.Total)})
	}
	recommendations := []recommendation{}
	for _, each := range advice {
		recommendations = append(recommendations, recommendation{each.Title, money(each.Saving), each.Estimate, each.AtLeast, each.Risk, each.How})
	}
	return recommendDocument{newReport(a, fleet, regions), currency, totalOf(plan.Total), recommendations, plan.Notes}
}

// diffDocument is what a change to the fleet file costs or saves.
type diffDocument struct {
	envelope
	Currency string       `json:"currency"`
	Changes  []lineChange `json:"changes"`
	Before   costTotal    `json:"before"`
	After    costTotal    `json:"after"`
	// Change is after minus before, without missing prices.
	Change *json.Number `json:"change"`
	// Notes are remarks about the prices.
	Notes []string `json:"notes"`
}

// lineChange is the monthly cost of an item before and after a change.
type lineChange struct {
	// Region is absent if the fleet has the item once.
	Region string `json:"region,omitempty"`
	Name   string `json:"name"`
	// Before and After are null if the item does not exist or has no price.
	Before *json.Number `json:"before"`
	After  *json.Number `json:"after"`
	// Missing reports whether a price is missing.
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

// liveDocument is the cost of what is running now, and this month's bill.
type liveDocument struct {
	report[regionLive]
	Currency string `json:"currency"`
	// Shared lists the items that the fleet has once, not per region.
	Shared []costLine `json:"shared"`
	// Rate is the cost of a month at the current usage.
	Rate costTotal `json:"rate"`
	Plan costTotal `json:"plan"`
	// Billed is the bill since the start of the month, in all regions; absent if unknown.
	Billed *json.Number `json:"billed,omitempty"`
	// BilledProblem is why billed is absent. It does not affect ok.
	BilledProblem *problem `json:"billed_problem,omitempty"`
}

type regionLive struct {
	verdict
	// Running is absent if nothing is deployed or the region could not be queried.
	Running *cost.Running `json:"running,omitempty"`
	// Wanted is what should be running at this time.
	Wanted cost.Running `json:"planned_now"`
	// Rate is the cost of a month at the current usage; null if the region could not be queried.
	Rate *costTotal `json:"rate"`
	// WantedRate is the cost of a month at the usage planned for now.
	WantedRate costTotal `json:"planned_rate"`
	// Plan is the cost of a month that follows the schedule.
	Plan costTotal `json:"plan"`
	// Billed is the bill since the start of the month.
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

// refreshDocument is the result of fetching current prices.
type refreshDocument struct {
	report[regionPrices]
	Currency string `json:"currency"`
	// PriceFile is the file that the prices were written to.
	PriceFile string `json:"price_file"`
	Prices    int    `json:"prices"`
	// Changes lists the prices that are new or differ from before.
	Changes []priceChange `json:"changes"`
}

// regionPrices has a problem for each price that was not found. Such a price keeps its previous value.
type regionPrices struct {
	verdict
	Prices int `json:"prices"`
}

type priceChange struct {
	Item   cost.Item `json:"item"`
	Region string    `json:"region"`
	// Was is null if there was no price.
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
