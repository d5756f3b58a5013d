package stacks

import (
	"fmt"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/capacityproviders"
	"github.com/cdtait/mcpfleet/constructs/ecs"
)

// addCapacity associates the capacity providers with the cluster if the service uses them.
func addCapacity(stack cdktf.TerraformStack, region config.Region, r resources) {
	if !region.Service.Capacity.HasSpot() {
		return
	}
	capacityproviders.New(stack, "capacity", capacityproviders.Config{ClusterName: r.ecs.ClusterName, Providers: config.CapacityProviders()})
}

func capacityConfig(region config.Region) ecs.Capacity {
	cfg := ecs.Capacity{Mismatch: fmt.Sprintf(
		"The service in %[1]s does not run on the capacity that the fleet file sets, %[2]s. Terraform could only replace it, so it leaves it as it is. "+
			"To move it without a replacement, run: mcpfleet capacity --region %[1]s.", region.Name, region.Service.Capacity.Type)}
	if !region.Service.Capacity.HasSpot() {
		return cfg
	}
	for _, each := range region.Service.Capacity.Strategy() {
		cfg.Strategy = append(cfg.Strategy, ecs.Provider{Name: each.Name, Base: each.Base, Weight: each.Weight})
	}
	return cfg
}
