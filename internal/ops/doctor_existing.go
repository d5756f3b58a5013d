package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// balancerAddresses is how many free addresses a load balancer needs in each of its subnets, to scale.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-subnets.html
const balancerAddresses = 8

// correctVPC is the advice for IDs that do not fit.
const correctVPC = "correct network.existing, then deploy"

// checkExistingVPC checks that the VPC and the subnets in the fleet file exist and fit each other. Their owner may
// have changed them since the last plan.
func checkExistingVPC(ctx context.Context, e *examination) (found []Problem, err error) {
	existing := e.Network.Existing
	vpcs, err := e.ec2.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{Filters: filter("vpc-id", existing.VPCID)})
	if err != nil {
		return nil, err
	}
	if len(vpcs.Vpcs) == 0 {
		return []Problem{{VPCWrong, fmt.Sprintf("%s does not exist in %s", existing.VPCID, e.Name), advice(correctVPC)}}, nil
	}
	if e.Discovery.Enabled {
		found, err = e.checkPrivateNames(ctx)
	}
	subnets, subnetsErr := e.checkExistingSubnets(ctx)
	if err == nil {
		err = subnetsErr
	}
	return append(found, subnets...), err
}

// checkPrivateNames checks that the VPC resolves names of private zones, such as the tasks' name.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
func (e *examination) checkPrivateNames(ctx context.Context) (found []Problem, err error) {
	for _, attribute := range []ec2types.VpcAttributeName{ec2types.VpcAttributeNameEnableDnsSupport, ec2types.VpcAttributeNameEnableDnsHostnames} {
		output, err := e.ec2.DescribeVpcAttribute(ctx, &ec2.DescribeVpcAttributeInput{VpcId: &e.Network.Existing.VPCID, Attribute: attribute})
		if err != nil {
			return found, err
		}
		on := output.EnableDnsSupport
		if attribute == ec2types.VpcAttributeNameEnableDnsHostnames {
			on = output.EnableDnsHostnames
		}
		if !value(value(on).Value) {
			found = append(found, Problem{VPCWrong, fmt.Sprintf("%s of %s is off, so the tasks' private name does not resolve", attribute, e.Network.Existing.VPCID),
				advice("turn it on, or set discovery.enabled: false")})
		}
	}
	return found, nil
}

func (e *examination) checkExistingSubnets(ctx context.Context) (found []Problem, err error) {
	existing := e.Network.Existing
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(existing.PublicSubnets, existing.TaskSubnets))))
	output, err := e.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{Filters: filter("subnet-id", all...)})
	if err != nil {
		return nil, err
	}
	there := map[string]ec2types.Subnet{}
	for _, subnet := range output.Subnets {
		there[value(subnet.SubnetId)] = subnet
	}
	for _, id := range all {
		switch subnet, exists := there[id]; {
		case !exists:
			found = append(found, Problem{VPCWrong, fmt.Sprintf("subnet %s does not exist in %s", id, e.Name), advice(correctVPC)})
		case value(subnet.VpcId) != existing.VPCID:
			found = append(found, Problem{VPCWrong, fmt.Sprintf("subnet %s is in %s, not in %s", id, value(subnet.VpcId), existing.VPCID), advice(correctVPC)})
		}
	}
	if e.LoadBalancer.Enabled {
		found = append(found, e.checkBalancerSubnets(there)...)
	}
	return found, nil
}

// checkBalancerSubnets checks that the load balancer's subnets are in different zones and have free addresses.
func (e *examination) checkBalancerSubnets(there map[string]ec2types.Subnet) (found []Problem) {
	inZone := map[string]string{}
	for _, id := range e.Network.Existing.PublicSubnets {
		subnet, exists := there[id]
		if !exists {
			continue
		}
		zone := value(subnet.AvailabilityZone)
		if other := inZone[zone]; other != "" {
			found = append(found, Problem{VPCWrong, fmt.Sprintf("subnets %s and %s of the load balancer are both in %s", other, id, zone), advice(correctVPC)})
		}
		inZone[zone] = id
		if free := int(value(subnet.AvailableIpAddressCount)); free < balancerAddresses {
			found = append(found, Problem{FewAddresses, fmt.Sprintf("subnet %s in %s has %d free addresses; the load balancer needs %d to scale", id, zone, free, balancerAddresses), advice(largerSubnets[e.networkKind()])})
		}
	}
	return found
}

// checkExistingRoutes checks that the load balancer's subnets and the tasks' lead to the internet.
func checkExistingRoutes(ctx context.Context, e *examination) (found []Problem, err error) {
	existing := e.Network.Existing
	output, err := e.ec2.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{Filters: filter("vpc-id", existing.VPCID)})
	if err != nil {
		return nil, err
	}
	public, private := e.existingSubnets()
	for _, id := range public {
		if !leadsOut(output.RouteTables, id, toInternetGateway) {
			found = append(found, Problem{NoRoute, "subnet " + id + " has no route to an internet gateway",
				advice("add the route 0.0.0.0/0 to the subnet's route table, or list another subnet in network.existing")})
		}
	}
	closed := slices.DeleteFunc(private, func(id string) bool { return leadsOut(output.RouteTables, id, toOtherGateway) })
	if len(closed) == 0 {
		return found, nil
	}
	// Tasks can do without the internet if there are endpoints of what they need. All tasks need logs.
	endpoints, err := e.ec2.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{
		Filters: slices.Concat(filter("vpc-id", existing.VPCID), filter("service-name", "com.amazonaws."+e.Name+".logs")),
	})
	if err != nil || len(endpoints.VpcEndpoints) > 0 {
		return found, err
	}
	for _, id := range closed {
		found = append(found, Problem{NoRoute, "subnet " + id + " has no route to a NAT gateway or another way out, and the VPC no endpoint for logs",
			advice("add the route 0.0.0.0/0 or the endpoints, or list another subnet in network.existing.task_subnets")})
	}
	return found, nil
}

// existingSubnets returns the subnets that need an internet gateway, and those that need another way out: the ones of
// tasks without public addresses.
func (e *examination) existingSubnets() (public, private []string) {
	if e.LoadBalancer.Enabled && !e.LoadBalancer.Internal {
		public = slices.Clone(e.Network.Existing.PublicSubnets)
	}
	switch network := e.observed.network(); {
	case network == nil:
	case network.PublicIP == ecstypes.AssignPublicIpEnabled:
		public = append(public, network.Subnets...)
	default:
		private = slices.Clone(network.Subnets)
	}
	slices.Sort(public)
	return slices.Compact(public), private
}

// leadsOut reports whether the default route of a subnet leads to a kind of gateway. A subnet without a route table
// of its own has the VPC's main one.
// https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html
func leadsOut(tables []ec2types.RouteTable, subnet string, to func(ec2types.Route) bool) bool {
	leads := func(table ec2types.RouteTable) bool {
		return slices.ContainsFunc(table.Routes, func(route ec2types.Route) bool {
			return isDefault(route) && route.State != ec2types.RouteStateBlackhole && to(route)
		})
	}
	main := false
	for _, table := range tables {
		for _, association := range table.Associations {
			if value(association.SubnetId) == subnet {
				return leads(table)
			}
			main = main || value(association.Main) && leads(table)
		}
	}
	return main
}

func toInternetGateway(route ec2types.Route) bool {
	return strings.HasPrefix(value(route.GatewayId), "igw-")
}

func toOtherGateway(route ec2types.Route) bool { return !toInternetGateway(route) }
