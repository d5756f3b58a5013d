package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/capacityproviders"
	"github.com/cdtait/mcpfleet/constructs/secrets"
)

// forget removes from the state, and leaves in AWS, what a stack may have had before:
//   - the capacity providers of the cluster, because a service that has left Spot still uses a provider, and ECS rejects to
//     dissociate it. They cost nothing and are deleted with the cluster.
//   - the placeholder of a secret whose value is adopted.
//
// https://developer.hashicorp.com/terraform/language/resources/syntax#remove-resources
func forget(stack cdktf.TerraformStack, region config.Region) {
	var removed []any
	add := func(address string) {
		removed = append(removed, map[string]any{"from": address, "lifecycle": map[string]any{"destroy": false}})
	}
	if !region.Service.Capacity.HasSpot() {
		add(capacityproviders.Association)
	}
	if len(region.Container.SecretKeys()) > 0 && !hasPlaceholder(region) {
		add(secrets.Placeholder)
	}
	if len(removed) > 0 {
		stack.AddOverride(new("removed"), removed)
	}
}

// hasPlaceholder reports whether the stack writes a placeholder into its secret. It would replace the value of an adopted
// one.
func hasPlaceholder(region config.Region) bool {
	return len(region.Container.SecretKeys()) > 0 && region.Adopt == ""
}
