// Package privatesubnets creates the subnets of tasks without public addresses, each with a route table of its own.
//
// A new route table leads nowhere but to the VPC. Packages nat and endpoints add the ways out. With a table for each
// zone, the number of NAT gateways can change while the subnets and their tables stay. With tables of their own for
// each kind of way out, a subnet moves from one to the other at once, after everything in the new one exists.
package privatesubnets

import (
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/routetable"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/routetableassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/subnet"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config configures the subnets.
type Config struct {
	VPCID   string
	Subnets []Subnet
}

// Subnet configures a private subnet.
type Subnet struct {
	// ID is the suffix of the Terraform addresses: a in aws_subnet.private_a.
	ID   string
	Name string
	// RouteTableID is the suffix of the route table's Terraform address.
	RouteTableID     string
	RouteTableName   string
	AvailabilityZone string
	CIDR             netip.Prefix
}

// Subnets holds references to the created resources, in the order of Config.Subnets.
type Subnets struct {
	IDs           []string
	RouteTableIDs []string

	scope   constructs.Construct
	subnets []Subnet
}

// New creates the subnets and their route tables. Associate them when the routes exist.
func New(scope constructs.Construct, id string, cfg Config) *Subnets {
	scope = constructs.NewConstruct(scope, &id)
	result := &Subnets{scope: scope, subnets: cfg.Subnets}
	for _, each := range cfg.Subnets {
		private := subnet.NewSubnet(scope, new("subnet_"+each.ID), &subnet.SubnetConfig{
			VpcId:            &cfg.VPCID,
			CidrBlock:        new(each.CIDR.String()),
			AvailabilityZone: &each.AvailabilityZone,
			Tags:             pointer.NameTag(each.Name),
			Lifecycle:        afterTheService(),
		})
		private.OverrideLogicalId(new("private_" + each.ID))
		table := routetable.NewRouteTable(scope, new("route_table_"+each.ID), &routetable.RouteTableConfig{
			VpcId:     &cfg.VPCID,
			Tags:      pointer.NameTag(each.RouteTableName),
			Lifecycle: afterTheService(),
		})
		table.OverrideLogicalId(&each.RouteTableID)
		result.IDs = append(result.IDs, hcl.Attribute("aws_subnet.private_"+each.ID, "id"))
		result.RouteTableIDs = append(result.RouteTableIDs, hcl.Attribute("aws_route_table."+each.RouteTableID, "id"))
	}
	return result
}

// Associate associates the subnets with their route tables, after the resources at the given addresses have been
// created. It returns addresses for depends_on of what runs in the subnets: a subnet without an association uses the
// main route table of the VPC.
//
// The service does not change if the way out does, so Terraform would not put it between the new one and the old one.
// The associations do change, and keep that order.
func (s *Subnets) Associate(after []string) (ready []string) {
	for i, each := range s.subnets {
		association := routetableassociation.NewRouteTableAssociation(s.scope, new("association_"+each.ID), &routetableassociation.RouteTableAssociationConfig{
			SubnetId:     &s.IDs[i],
			RouteTableId: &s.RouteTableIDs[i],
			Lifecycle:    afterTheService(),
		})
		association.OverrideLogicalId(new("private_" + each.ID))
		association.AddOverride(new("depends_on"), after)
		ready = append(ready, "aws_route_table_association.private_"+each.ID)
	}
	return ready
}

// afterTheService makes Terraform move the service to other subnets before it destroys these. By default it destroys
// first.
func afterTheService() *cdktf.TerraformResourceLifecycle {
	return &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}
}
