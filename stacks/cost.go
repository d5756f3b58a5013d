package stacks

import (
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
)

// scenarioNames are the scenarios as scripts read them.
var scenarioNames = map[cost.Scenario]string{
	cost.AlwaysOn:       "always_on",
	cost.WeekendKeep:    "weekend_keeping_load_balancer",
	cost.WeekendDestroy: "weekend_destroying_load_balancer",
}

// weekendModeCostAnalysis is what mcpfleet cost --compare says of the region. Amounts are texts, as
// money is no float. It rests on the price table of this version, not on what the stack runs.
func weekendModeCostAnalysis(fleet *config.Fleet, region config.Region) map[string]any {
	alone := *fleet
	alone.Regions = []config.Region{region}
	prices := cost.Builtin()
	plan := prices.Estimate(&alone).Regions[0].Total
	analysis := map[string]any{
		"currency":     "USD",
		"plan_monthly": plan.Monthly.StringFixed(2),
		"lower_bound":  plan.LowerBound(),
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
