// Package network creates the VPC of a region, with public subnets and an internet gateway, or looks up an existing
// VPC.
//
// By default the tasks are in these subnets: they have public IPs, and their security group only allows the load
// balancer in. NAT gateways in three zones would cost more than the tasks. Package privatesubnets creates the subnets
// of private tasks.
package network

import (
	"fmt"
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/internetgateway"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/routetable"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/routetableassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/subnet"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpc"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Addresses for depends_on of resources that need the internet.
const (
	InternetGateway = "aws_internet_gateway.main"
	DefaultRoute    = "aws_route.internet"
)

const mainVPC = "aws_vpc.main"

// Config configures the VPC.
type Config struct {
	Name                string
	InternetGatewayName string
	RouteTableName      string
	CIDR                netip.Prefix
	Subnets             []Subnet
	// IPv6 adds an Amazon-provided IPv6 block, with a /64 for each subnet.
	IPv6 bool
}

// Subnet configures a public subnet.
type Subnet struct {
	// ID is the suffix of the subnet's Terraform address: a in aws_subnet.public_a.
	ID               string
	Name             string
	AvailabilityZone string
	CIDR             netip.Prefix
}

// Network holds references to the VPC.
type Network struct {
	VPCID           string
	CIDRBlock       string
	PublicSubnetIDs []string
	// TaskSubnetByZone is an HCL expression for a map of the zones of an existing VPC to the first task subnet in each, ""
	// in a VPC of the stack.
	TaskSubnetByZone string
}

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV2_AWS_11", Address: mainVPC, Reason: "Only without network.flow_logs, which are billed per gigabyte, in every region."},
	{Check: "CKV2_AWS_12", Address: mainVPC, Reason: "The stack uses no default security group, but other workloads in the VPC may. Closing it would make Terraform adopt it and remove their rules."},
	{Check: "CKV_AWS_130", Address: "aws_subnet.public_*", Reason: "The subnets are public: the load balancer is in them, and, in network.mode public, the tasks, which reach the internet by public IPs."},
}

// New creates the VPC.
func New(scope constructs.Construct, id string, cfg Config) *Network {
	scope = constructs.NewConstruct(scope, &id)
	main := vpc.NewVpc(scope, new("vpc"), &vpc.VpcConfig{
		CidrBlock:          new(cfg.CIDR.String()),
		EnableDnsSupport:   true,
		EnableDnsHostnames: true,
		Tags:               pointer.NameTag(cfg.Name),
	})
	main.OverrideLogicalId(new("main"))
	vpcID := hcl.Attribute(mainVPC, "id")
	gateway := internetgateway.NewInternetGateway(scope, new("internet_gateway"), &internetgateway.InternetGatewayConfig{
		VpcId: &vpcID,
		Tags:  pointer.NameTag(cfg.InternetGatewayName),
	})
	gateway.OverrideLogicalId(new("main"))
	table := routetable.NewRouteTable(scope, new("route_table"), &routetable.RouteTableConfig{
		VpcId: &vpcID,
		Tags:  pointer.NameTag(cfg.RouteTableName),
	})
	table.OverrideLogicalId(new("public"))
	tableID := hcl.Attribute("aws_route_table.public", "id")
	internet := route.NewRoute(scope, new("route"), &route.RouteConfig{
		RouteTableId:         &tableID,
		DestinationCidrBlock: new("0.0.0.0/0"),
		GatewayId:            new(hcl.Attribute(InternetGateway, "id")),
	})
	internet.OverrideLogicalId(new("internet"))
	result := &Network{VPCID: vpcID, CIDRBlock: hcl.Attribute(mainVPC, "cidr_block")}
	for i, each := range cfg.Subnets {
		id := newSubnet(scope, vpcID, i, each, cfg.IPv6)
		association := routetableassociation.NewRouteTableAssociation(scope, new("association_"+each.ID), &routetableassociation.RouteTableAssociationConfig{
			SubnetId:     &id,
			RouteTableId: &tableID,
		})
		association.OverrideLogicalId(new("public_" + each.ID))
		result.PublicSubnetIDs = append(result.PublicSubnetIDs, id)
	}
	if cfg.IPv6 {
		main.SetAssignGeneratedIpv6CidrBlock(true)
		internet6 := route.NewRoute(scope, new("route_ipv6"), &route.RouteConfig{
			RouteTableId:             &tableID,
			DestinationIpv6CidrBlock: new("::/0"),
			GatewayId:                new(hcl.Attribute(InternetGateway, "id")),
		})
		internet6.OverrideLogicalId(new("internet_ipv6"))
	}
	return result
}

func newSubnet(scope constructs.Construct, vpcID string, index int, cfg Subnet, ipv6 bool) (id string) {
	public := subnet.NewSubnet(scope, new("subnet_"+cfg.ID), &subnet.SubnetConfig{
		VpcId:               &vpcID,
		CidrBlock:           new(cfg.CIDR.String()),
		AvailabilityZone:    &cfg.AvailabilityZone,
		MapPublicIpOnLaunch: true,
		Tags:                pointer.NameTag(cfg.Name),
	})
	public.OverrideLogicalId(new("public_" + cfg.ID))
	if ipv6 {
		// The VPC has a /56. Subnets always have a /64.
		public.SetIpv6CidrBlock(new(hcl.Expression(fmt.Sprintf("cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, %d)", index))))
		public.SetAssignIpv6AddressOnCreation(true)
	}
	return hcl.Attribute("aws_subnet.public_"+cfg.ID, "id")
}
