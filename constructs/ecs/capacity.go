package ecs

import (
	"fmt"
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsservice"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Capacity is the Fargate capacity that a service runs on.
type Capacity struct {
	// Strategy is empty for the launch type FARGATE.
	Strategy []Provider
	// Mismatch is the warning of a plan if the service runs on other capacity.
	Mismatch string
}

// Provider is an item of a capacity provider strategy.
type Provider struct {
	Name         string
	Base, Weight int
}

// set sets the capacity of a new service. To change that of an existing one, the provider 5.x would replace the service,
// although ECS can move it in place. So the changes are ignored, and plans warn until the service has been moved.
// https://github.com/hashicorp/terraform-provider-aws/issues/22408
func (c Capacity) set(config *ecsservice.EcsServiceConfig) {
	if len(c.Strategy) == 0 {
		config.LaunchType = new("FARGATE")
		return
	}
	var blocks []*ecsservice.EcsServiceCapacityProviderStrategy
	for _, each := range c.Strategy {
		blocks = append(blocks, &ecsservice.EcsServiceCapacityProviderStrategy{
			CapacityProvider: &each.Name, Base: new(float64(each.Base)), Weight: new(float64(each.Weight)),
		})
	}
	config.CapacityProviderStrategy = blocks
}

// check returns a check block that warns while the service runs on other capacity. An error would keep the window from
// opening and closing, and protect nothing. The check also covers services that moved back to on-demand capacity: they
// keep a strategy, with FARGATE alone, because AWS does not document which launch type a service gets that was created
// without one.
func (c Capacity) check() map[string]any {
	condition := "alltrue([for each in " + service + `.capacity_provider_strategy : each.capacity_provider == "FARGATE"])`
	if len(c.Strategy) > 0 {
		condition = c.runsOnStrategy()
	}
	return map[string]any{"assert": []any{hcl.Condition(condition, c.Mismatch)}}
}

// runsOnStrategy is a condition that is true for a service that has the strategy.
func (c Capacity) runsOnStrategy() string {
	var items []string
	for _, each := range c.Strategy {
		items = append(items, fmt.Sprintf("%q", fmt.Sprintf("%s %d %d", each.Name, each.Base, each.Weight)))
	}
	return "toset([for each in " + service + `.capacity_provider_strategy : "${each.capacity_provider} ${each.base} ${each.weight}"]) == toset([` +
		strings.Join(items, ", ") + "])"
}
