// Package capacityproviders associates the capacity providers of Fargate with the cluster, so that a service may use them.
package capacityproviders

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsclustercapacityproviders"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Association is an address for depends_on of the service: ECS rejects a service whose strategy has a provider that
// is not associated with the cluster.
const Association = "aws_ecs_cluster_capacity_providers.main"

// Config configures the association.
type Config struct {
	ClusterName string
	// Providers are the names of the capacity providers.
	Providers []string
}

// New associates the providers with the cluster. The cluster gets no default strategy.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	association := ecsclustercapacityproviders.NewEcsClusterCapacityProviders(scope, new("association"), &ecsclustercapacityproviders.EcsClusterCapacityProvidersConfig{
		ClusterName:       &cfg.ClusterName,
		CapacityProviders: pointer.Strings(cfg.Providers...),
	})
	association.OverrideLogicalId(new("main"))
}

// Forget removes the association from the state of a stack that no longer has it, and leaves it in AWS: a service
// that has left Spot still uses a provider, and ECS rejects to dissociate it. It costs nothing and is deleted with
// the cluster.
// https://developer.hashicorp.com/terraform/language/resources/syntax#remove-resources
func Forget(stack cdktf.TerraformStack) {
	stack.AddOverride(new("removed"), []any{map[string]any{"from": Association, "lifecycle": map[string]any{"destroy": false}}})
}
