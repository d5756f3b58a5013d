package network

import (
	"fmt"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawssubnet"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsvpc"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsvpcs"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Existing configures the lookup of a VPC that the stack does not create.
type Existing struct {
	VPCID string
	// PublicSubnetIDs are the subnets of the load balancer, TaskSubnetIDs those of the tasks.
	PublicSubnetIDs, TaskSubnetIDs []string
	// LoadBalancer reports whether there is a load balancer, which takes one subnet in each of its zones.
	LoadBalancer bool
	// DNS reports whether names of a private zone must resolve in the VPC.
	DNS bool
	// Volumes reports whether the tasks mount volumes of EFS, whose names must resolve in the VPC too.
	Volumes bool
	// IPv6 reports whether the load balancer has IPv6 addresses.
	IPv6 bool
	// OwnTags are the tags that a VPC of the stack itself would have.
	OwnTags map[string]string
}

// Find looks up an existing VPC and its subnets. It fails the plan if they do not fit each other, or lack what the
// region needs. The result has the IDs as they are in the fleet file, so that nothing is replaced if a lookup is
// delayed until the apply.
// https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
func Find(scope constructs.Construct, id string, cfg Existing) *Network {
	scope = constructs.NewConstruct(scope, &id)
	subnets := dataawssubnet.NewDataAwsSubnet(scope, new("subnets"), &dataawssubnet.DataAwsSubnetConfig{Id: new("${each.value}")})
	subnets.OverrideLogicalId(new("main"))
	all := slices.Concat(cfg.PublicSubnetIDs, cfg.TaskSubnetIDs)
	slices.Sort(all)
	subnets.AddOverride(new("for_each"), hcl.Set(slices.Compact(all)))
	subnets.AddOverride(new("lifecycle.postcondition"), subnetConditions(cfg))
	main := dataawsvpc.NewDataAwsVpc(scope, new("vpc"), &dataawsvpc.DataAwsVpcConfig{Id: &cfg.VPCID})
	main.OverrideLogicalId(new("main"))
	if conditions := vpcConditions(cfg); len(conditions) > 0 {
		main.AddOverride(new("lifecycle.postcondition"), conditions)
	}
	forbidMove(scope, cfg)
	return &Network{VPCID: cfg.VPCID, CIDRBlock: hcl.Attribute("data.aws_vpc.main", "cidr_block"), PublicSubnetIDs: cfg.PublicSubnetIDs, TaskSubnetByZone: subnetByZone(cfg.TaskSubnetIDs)}
}

// subnetByZone returns an HCL expression for a map of zones to the first of the subnets in each.
func subnetByZone(subnetIDs []string) string {
	return fmt.Sprintf("{for zone, ids in {for id in %s : data.aws_subnet.main[id].availability_zone => id...} : zone => ids[0]}", hcl.Document(subnetIDs))
}

// forbidMove fails the plan while the stack still has a VPC of its own. AWS moves neither load balancers nor target
// groups between VPCs, and their names are taken until they are destroyed.
func forbidMove(scope constructs.Construct, cfg Existing) {
	own := dataawsvpcs.NewDataAwsVpcs(scope, new("own"), &dataawsvpcs.DataAwsVpcsConfig{Tags: pointer.Map(cfg.OwnTags)})
	own.OverrideLogicalId(new("own"))
	own.AddOverride(new("lifecycle.postcondition"), []any{hcl.Condition("try(length(self.ids), 0) == 0",
		"The region runs in ${join(\", \", self.ids)}, which is the stack's own, and cannot move to "+cfg.VPCID+" in place. Destroy the stack, then deploy it again.")})
}

func subnetConditions(cfg Existing) []any {
	conditions := []any{hcl.Condition(fmt.Sprintf("self.vpc_id == %q", cfg.VPCID),
		"${each.value} is in ${self.vpc_id}, but network.existing.vpc_id is "+cfg.VPCID+". List subnets of that VPC.")}
	if cfg.LoadBalancer && cfg.IPv6 {
		conditions = append(conditions, hcl.Condition(
			fmt.Sprintf(`!contains(%s, each.value) || try(length(self.ipv6_cidr_block), 0) > 0`, hcl.Document(cfg.PublicSubnetIDs)),
			"${each.value} has no IPv6 block, which a load balancer with IPv6 needs. Add one, or set dns.ipv6: false."))
	}
	return conditions
}

func vpcConditions(cfg Existing) (conditions []any) {
	if cfg.DNS {
		// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
		conditions = append(conditions, hcl.Condition("self.enable_dns_support && self.enable_dns_hostnames",
			cfg.VPCID+" does not resolve names of private zones. Turn on its DNS resolution and DNS hostnames, or set discovery.enabled: false."))
	}
	if cfg.Volumes {
		// https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
		conditions = append(conditions, hcl.Condition("self.enable_dns_support && self.enable_dns_hostnames",
			cfg.VPCID+" does not resolve names of EFS file systems. Turn on its DNS resolution and DNS hostnames, or remove volumes."))
	}
	if cfg.LoadBalancer {
		// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-subnets.html
		each := fmt.Sprintf("[for id in %s : %%s]", hcl.Document(cfg.PublicSubnetIDs))
		zones := fmt.Sprintf(each, "data.aws_subnet.main[id].availability_zone")
		conditions = append(conditions, hcl.Condition(fmt.Sprintf("length(distinct(%s)) == %d", zones, len(cfg.PublicSubnetIDs)),
			"A load balancer takes one subnet in each of its zones, but those in network.existing.public_subnets are in ${join(\", \", "+zones+")}. List subnets in different zones."))
	}
	return conditions
}
