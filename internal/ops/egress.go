package ops

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/cdtait/mcpfleet/cost"
)

// natGateways returns the NAT gateways of the region in any of its zones, none if its network has none. It leaves
// out those that are being or have been deleted, which EC2 lists for a while.
func (r *Region) natGateways(ctx context.Context) ([]ec2types.NatGateway, error) {
	if len(r.NATZones()) == 0 {
		return nil, nil
	}
	pages := ec2.NewDescribeNatGatewaysPaginator(r.ec2, &ec2.DescribeNatGatewaysInput{
		Filter: slices.Concat(filter("tag:Name", r.natNames()...), filter("state", "pending", "available", "failed")),
	})
	return collect(ctx, pages, func(page *ec2.DescribeNatGatewaysOutput) []ec2types.NatGateway { return page.NatGateways })
}

// natNames are the names of the NAT gateways that the region can have, and of their addresses.
func (r *Region) natNames() (names []string) {
	for _, subnet := range r.Subnets {
		names = append(names, r.Names.NATGateway(subnet.Zone))
	}
	return names
}

// endpointServices returns the services that have a VPC endpoint, none if the network has no endpoints.
func (r *Region) endpointServices() []string {
	interfaces := r.InterfaceEndpoints()
	if len(interfaces) == 0 {
		return nil
	}
	return append(interfaces, "s3")
}

func (r *Region) vpcEndpoints(ctx context.Context) ([]ec2types.VpcEndpoint, error) {
	services := r.endpointServices()
	if len(services) == 0 {
		return nil, nil
	}
	var names []string
	for _, service := range services {
		names = append(names, r.Names.Endpoint(service))
	}
	pages := ec2.NewDescribeVpcEndpointsPaginator(r.ec2, &ec2.DescribeVpcEndpointsInput{Filters: filter("tag:Name", names...)})
	return collect(ctx, pages, func(page *ec2.DescribeVpcEndpointsOutput) []ec2types.VpcEndpoint { return page.VpcEndpoints })
}

// filter returns a filter of resources in EC2. They must match one of the values.
func filter(name string, values ...string) []ec2types.Filter {
	return []ec2types.Filter{{Name: &name, Values: values}}
}

// nameTag returns the Name tag of a resource in EC2.
func nameTag(tags []ec2types.Tag) string {
	for _, tag := range tags {
		if value(tag.Key) == "Name" {
			return value(tag.Value)
		}
	}
	return ""
}

// countEgress adds what AWS bills for the tasks' way out of private subnets.
func (r *Region) countEgress(ctx context.Context, running *cost.Running) error {
	gateways, err := r.natGateways(ctx)
	if err != nil {
		return err
	}
	endpoints, err := r.vpcEndpoints(ctx)
	if err != nil {
		return err
	}
	for _, gateway := range gateways {
		if gateway.State != ec2types.NatGatewayStateFailed {
			running.NATGateways++
		}
	}
	for _, endpoint := range endpoints {
		// A gateway endpoint has no subnets.
		running.Endpoints += len(endpoint.SubnetIds)
	}
	return nil
}
