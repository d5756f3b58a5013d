package ecs

import (
	"fmt"
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsservice"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

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

// setCapacity sets the capacity of a new service. To change that of an existing one, the provider 5.x would replace
// the service, although ECS can move it in place. So the changes are ignored, and plans warn until the service has been
// moved. An error would keep the window from opening and closing, and protect nothing. That also covers services that
// moved back to on-demand capacity: they keep a strategy, with FARGATE alone, because AWS does not document which
// launch type a service gets that was created without one.
// https://github.com/hashicorp/terraform-provider-aws/issues/22408
func setCapacity(service ecsservice.EcsService, cfg Capacity) {
	condition := `alltrue([for each in aws_ecs_service.main.capacity_provider_strategy : each.capacity_provider == "FARGATE"])`
	if len(cfg.Strategy) == 0 {
		service.SetLaunchType(new("FARGATE"))
	} else {
		condition = putStrategy(service, cfg.Strategy)
	}
	cdktf.TerraformStack_Of(service).AddOverride(new("check.capacity"), map[string]any{
		"assert": []any{hcl.Condition(condition, cfg.Mismatch)},
	})
}

// putStrategy sets the strategy, and returns a condition that is true for a service that has it.
func putStrategy(service ecsservice.EcsService, strategy []Provider) (condition string) {
	var blocks []*ecsservice.EcsServiceCapacityProviderStrategy
	var items []string
	for _, each := range strategy {
		blocks = append(blocks, &ecsservice.EcsServiceCapacityProviderStrategy{
			CapacityProvider: &each.Name, Base: new(float64(each.Base)), Weight: new(float64(each.Weight)),
		})
		items = append(items, fmt.Sprintf("%q", fmt.Sprintf("%s %d %d", each.Name, each.Base, each.Weight)))
	}
	service.PutCapacityProviderStrategy(blocks)
	return `toset([for each in aws_ecs_service.main.capacity_provider_strategy : "${each.capacity_provider} ${each.base} ${each.weight}"]) == toset([` +
		strings.Join(items, ", ") + "])"
}
