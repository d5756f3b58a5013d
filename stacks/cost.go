package stacks

import (
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
)

// scenarioNames are the output's keys of the scenarios.
var scenarioNames = map[cost.Scenario]string{
	cost.AlwaysOn:       "always_on",
	cost.WeekendKeep:    "weekend_keeping_load_balancer",
	cost.WeekendDestroy: "weekend_destroying_load_balancer",
}

// weekendModeCostAnalysis returns the numbers that mcpfleet cost --compare prints for the region. Amounts are
// decimal strings. They are based on the built-in price table and the fleet file, not on the deployed
// resources.
func weekendModeCostAnalysis(fleet *config.Fleet, region config.Region) map[string]any {
	only := alone(fleet, region)
	prices := cost.Builtin()
	estimate := prices.Estimate(only).Regions[0]
	plan := estimate.Total
	analysis := map[string]any{
		"currency":     "USD",
		"plan_monthly": plan.Monthly.StringFixed(2),
		"lower_bound":  plan.LowerBound(),
	}
	if estimate.Maximum != nil {
		analysis["plan_monthly_maximum"] = estimate.Maximum.Monthly.StringFixed(2)
	}
	for _, outcome := range prices.Compare(only).Regions {
		analysis[scenarioNames[outcome.Scenario]] = map[string]any{
			"monthly":             outcome.Total.Monthly.StringFixed(2),
			"annual":              outcome.Total.Annual().StringFixed(2),
			"saving_monthly":      outcome.Saving.StringFixed(2),
			"task_hours":          outcome.TaskHours.StringFixed(2),
			"load_balancer_hours": outcome.LoadBalancerHours.StringFixed(2),
		}
	}
	return analysis
}

// alone returns the fleet with one region only.
func alone(fleet *config.Fleet, region config.Region) *config.Fleet {
	result := *fleet
	result.Regions = []config.Region{region}
	return &result
}

// budgetLimit returns the region's budget in USD per month: that of the fleet file, or the maximum of the
// estimate, rounded up.
func budgetLimit(fleet *config.Fleet, region config.Region) string {
	if region.Alarms.Budget.IsSet() {
		return region.Alarms.Budget.String()
	}
	estimate := cost.Builtin().Estimate(alone(fleet, region)).Regions[0]
	if estimate.Maximum != nil {
		return estimate.Maximum.Monthly.Ceil().String()
	}
	return estimate.Total.Monthly.Ceil().String()
}
