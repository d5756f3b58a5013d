// Package nat creates the NAT gateways by which private subnets reach the internet, and the routes to them.
//
// Elastic IP addresses and NAT gateways are billed by the hour, so they can be counted like the load balancer.
package nat

import (
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/eip"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/natgateway"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config configures the NAT gateways.
type Config struct {
	// Count is an HCL expression for the count of every gateway, address and route: 1 or 0.
	Count string
	// InternetRoute is the address of the public subnets' route to the internet gateway. A NAT gateway needs it to
	// work.
	InternetRoute string
	Gateways      []Gateway
	Routes        []Route
}

// Gateway configures a NAT gateway with its Elastic IP address.
type Gateway struct {
	// ID is the suffix of the Terraform addresses: a in aws_nat_gateway.main_a and aws_eip.nat_a.
	ID   string
	Name string
	// SubnetID is the public subnet.
	SubnetID string
}

// Route configures the default route of a private subnet.
type Route struct {
	// ID is the suffix of the route's Terraform address: a in aws_route.private_a.
	ID           string
	RouteTableID string
	// Gateway is the ID of a gateway in Config.Gateways.
	Gateway string
}

// Gateways holds references to the created resources.
type Gateways struct {
	// PublicIPs is a list of the public addresses, which is empty while there is no gateway.
	PublicIPs string
	// Ready are addresses for depends_on of what needs the internet.
	Ready []string
}

// New creates the NAT gateways and the routes.
func New(scope constructs.Construct, id string, cfg Config) *Gateways {
	scope = constructs.NewConstruct(scope, &id)
	result := &Gateways{}
	var addresses []string
	for _, each := range cfg.Gateways {
		newGateway(scope, cfg, each)
		addresses = append(addresses, "aws_eip.nat_"+each.ID+"[*].public_ip")
	}
	for _, each := range cfg.Routes {
		internet := route.NewRoute(scope, new("route_"+each.ID), &route.RouteConfig{
			RouteTableId:         &each.RouteTableID,
			DestinationCidrBlock: new("0.0.0.0/0"),
			NatGatewayId:         new(hcl.OneOrNull("aws_nat_gateway.main_"+each.Gateway, "id")),
			Lifecycle:            afterTheTasks(),
		})
		internet.OverrideLogicalId(new("private_" + each.ID))
		internet.AddOverride(new("count"), hcl.Expression(cfg.Count))
		result.Ready = append(result.Ready, "aws_route.private_"+each.ID)
	}
	result.PublicIPs = hcl.Expression("concat(" + strings.Join(addresses, ", ") + ")")
	return result
}

func newGateway(scope constructs.Construct, cfg Config, each Gateway) {
	address := eip.NewEip(scope, new("address_"+each.ID), &eip.EipConfig{
		Domain:    new("vpc"),
		Tags:      pointer.NameTag(each.Name),
		Lifecycle: afterTheTasks(),
	})
	address.OverrideLogicalId(new("nat_" + each.ID))
	address.AddOverride(new("count"), hcl.Expression(cfg.Count))
	address.AddOverride(new("depends_on"), []string{cfg.InternetRoute})
	gateway := natgateway.NewNatGateway(scope, new("gateway_"+each.ID), &natgateway.NatGatewayConfig{
		AllocationId: new(hcl.OneOrNull("aws_eip.nat_"+each.ID, "id")),
		SubnetId:     &each.SubnetID,
		Tags:         pointer.NameTag(each.Name),
		Lifecycle:    afterTheTasks(),
	})
	gateway.OverrideLogicalId(new("main_" + each.ID))
	gateway.AddOverride(new("count"), hcl.Expression(cfg.Count))
	gateway.AddOverride(new("depends_on"), []string{cfg.InternetRoute})
}

// afterTheTasks makes Terraform stop or move the tasks, and lead their routes elsewhere, before it destroys what
// they use. By default it destroys first.
func afterTheTasks() *cdktf.TerraformResourceLifecycle {
	return &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}
}
