// Package capacityproviders associates the capacity providers of Fargate with the cluster, so that a service may use them.
package capacityproviders

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsclustercapacityproviders"

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
