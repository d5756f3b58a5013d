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
	alone := *fleet
	alone.Regions = []config.Region{region}
	prices := cost.Builtin()
	estimate := prices.Estimate(&alone).Regions[0]
	plan := estimate.Total
	analysis := map[string]any{
		"currency":     "USD",
		"plan_monthly": plan.Monthly.StringFixed(2),
		"lower_bound":  plan.LowerBound(),
	}
	if estimate.Maximum != nil {
		analysis["plan_monthly_maximum"] = estimate.Maximum.Monthly.StringFixed(2)
	}
	for _, outcome := range prices.Compare(&alone).Regions {
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
