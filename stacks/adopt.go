package stacks

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
)

// unchangeable are what AWS cannot change in place, by the resource that an adopted region keeps as it was created.
var unchangeable = map[string][]string{
	"aws_security_group.alb":       {"name", "name_prefix", "description"},
	"aws_security_group.ecs_tasks": {"name", "name_prefix", "description"},
	// Targets are registered with the port of the container, whatever that of the group.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
	"aws_lb_target_group.main": {"name", "port"},
}

// knownIDs returns the IDs of what a region adopts, by Terraform address.
func knownIDs(region config.Region) map[string]string {
	ids := map[string]string{}
	if region.Adoption != nil {
		for _, each := range region.Adoption.Imports {
			ids[each.To] = each.ID
		}
	}
	return ids
}

// adopt makes a stack keep what it takes over.
func adopt(stack cdktf.TerraformStack, region config.Region) {
	if region.Adopt == "" {
		return
	}
	for _, address := range slices.Sorted(maps.Keys(unchangeable)) {
		if region.LoadBalancer.Enabled || address == "aws_security_group.ecs_tasks" {
			stack.AddOverride(new("resource."+address+".lifecycle.ignore_changes"), unchangeable[address])
		}
	}
	if region.Adoption == nil {
		return
	}
	var moves []any
	for _, each := range region.Adoption.Moves {
		moves = append(moves, map[string]any{"from": each.From, "to": each.To})
	}
	if len(moves) > 0 {
		stack.AddOverride(new("moved"), moves)
	}
}
