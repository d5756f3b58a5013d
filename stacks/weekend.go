package stacks

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/weekend"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/schedule"
)

// HCL expressions for the constructs.
const (
	loadBalancerPresent = "local.load_balancer"
	loadBalancerCount   = loadBalancerPresent + " ? 1 : 0"
	deploymentWait      = "var.deployment_wait"
	deploymentForce     = "var.force_new_deployment"
)

// locals returns the locals awake and load_balancer: whether tasks run, and whether the load balancer
// exists, at the time of the plan. The variable weekend_state overrides the schedule, and works the same
// without weekend mode.
func locals(region config.Region) map[string]any {
	rules := region.Rules()
	awake, present := overridden(rules.Tasks), "true"
	if rules.Overridable {
		present = overridden(rules.LoadBalancer)
	}
	var window []schedule.Local
	if region.Weekend.Enabled {
		window = region.Schedule.Locals("plantimestamp()")
	}
	values := map[string]any{"awake": hcl.Expression(awake), "load_balancer": hcl.Expression(present)}
	decisions := awake + present
	if region.Answers() && opens(region) {
		decisions += "local." + schedule.LocalOpening
	}
	for _, local := range needed(window, decisions) {
		values[local.Name] = hcl.Expression(local.Expression)
		if local.Table != nil {
			values[local.Name] = local.Table
		}
	}
	return values
}

// overridden returns an HCL expression for a rule and its override by weekend_state.
func overridden(rule config.Rule) string {
	switch rule {
	case config.Always:
		return `var.weekend_state != "down"`
	case config.Never:
		return `var.weekend_state == "up"`
	}
	return fmt.Sprintf(`var.weekend_state == "auto" ? local.%s : var.weekend_state == "up"`, rule)
}

var localName = regexp.MustCompile(`\blocal\.(\w+)`)

// needed returns the locals that an expression refers to, directly or indirectly. Each local must come after
// those that it refers to.
func needed(locals []schedule.Local, expression string) []schedule.Local {
	var kept []schedule.Local
	for _, local := range slices.Backward(locals) {
		for _, reference := range localName.FindAllStringSubmatch(expression, -1) {
			if reference[1] == local.Name {
				kept = append(kept, local)
				expression += local.Expression
				break
			}
		}
	}
	slices.Reverse(kept)
	return kept
}

func weekendConfig(region config.Region, r resources) weekend.Config {
	cfg := weekend.Config{Target: weekend.Target(r.scalableTarget.Target), Timezone: region.Weekend.Timezone}
	for _, each := range region.ScheduledActions() {
		action := weekend.Action{
			ID: each.Name, Name: region.Names.ScheduledAction(each.Name), Cron: each.Expression, Count: unless("up"), MinCapacity: "0", MaxCapacity: "0",
		}
		if each.Up {
			tasks := tasksOf(region)
			action.Count, action.MinCapacity, action.MaxCapacity = unless("down"), tasks.min, tasks.max
		}
		cfg.Actions = append(cfg.Actions, action)
	}
	return cfg
}

// unless returns the count of an action: 0 if the override is the given state.
func unless(state string) string { return fmt.Sprintf("var.weekend_state == %q ? 0 : 1", state) }
