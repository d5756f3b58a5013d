//go:build e2e

package e2e

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

// networkFleet has one region in destroy mode, which is awake by its schedule.
func networkFleet() string {
	return `project: fmp-mcp
environment: dev
defaults:
  container:
    image: 123456789012.dkr.ecr.eu-west-2.amazonaws.com/fmp-mcp-server:1.0.0
    secrets: {FMP_API_KEY: API_KEY}
  discovery: {enabled: false}
  ` + weekend(openNow(), true) + `
regions:
  eu-west-2: {network: {cidr: 172.30.0.0/16, zones: [a, b], mode: public, nat: single}}
`
}

// inZones returns an address for each zone of the fleet.
func inZones(address, index string) []string {
	return []string{address + "_a" + index, address + "_b" + index}
}

// TestNetworkModes moves a running fleet through all modes of its network, with a night in each. The order of the
// calls shows that the tasks never lack a way out.
func TestNetworkModes(t *testing.T) {
	t.Parallel()
	w := newFleet(t, networkFleet())
	s := w.initialize(t, "dev-eu-west-2")
	s.apply(t)
	public := s.addresses(t)
	tables, associations := inZones("aws_route_table.private", ""), inZones("aws_route_table_association.private", "")
	subnets := append(inZones("aws_subnet.private", ""), associations...)
	natGateway := func(zone string) []string {
		return []string{"aws_eip.nat_" + zone + "[0]", "aws_nat_gateway.main_" + zone + "[0]"}
	}
	routes := inZones("aws_route.private", "[0]")
	interfaces := []string{"aws_vpc_endpoint.ecr_api[0]", "aws_vpc_endpoint.ecr_dkr[0]", "aws_vpc_endpoint.logs[0]", "aws_vpc_endpoint.secretsmanager[0]"}
	endpoints := append([]string{"aws_vpc_endpoint.s3", "aws_security_group.endpoints", "aws_vpc_security_group_ingress_rule.endpoints_tasks"},
		slices.Concat(interfaces, inZones("aws_route_table.endpoints", ""))...)

	// From public to private: the service moves last. Two killed applies leave an address and a NAT gateway behind.
	w.edit(t, "mode: public", "mode: private")
	want := changes(nil, slices.Concat(subnets, tables, routes, natGateway("a")), service)
	if difference := cmp.Diff(want, s.plan(t)); difference != "" {
		t.Errorf("to private (- want, + got)\n%s", difference)
	}
	if w.aws != nil {
		s.killApply(t, []string{"ec2.AllocateAddress"})
		s.killApply(t, []string{"ec2.CreateNatGateway"})
	}
	s.apply(t)
	s.checkNoChanges(t)
	w.checkNATGateways(t, 1)
	w.checkCalledBefore(t, "ec2.CreateRoute", "ecs.UpdateService")

	// To a NAT gateway in each zone, and back: the routes stay, and always lead to a NAT gateway.
	w.edit(t, "nat: single", "nat: per_zone")
	if difference := cmp.Diff(changes(nil, natGateway("b"), routes[1]), s.apply(t)); difference != "" {
		t.Errorf("per zone (- want, + got)\n%s", difference)
	}
	w.checkCalledBefore(t, "ec2.CreateNatGateway", "ec2.ReplaceRoute")
	w.edit(t, "nat: per_zone", "nat: single")
	if difference := cmp.Diff(changes(natGateway("b"), nil, routes[1]), s.apply(t)); difference != "" {
		t.Errorf("single (- want, + got)\n%s", difference)
	}
	w.checkCalledBefore(t, "ec2.ReplaceRoute", "ec2.DeleteNatGateway")
	w.checkCalledBefore(t, "ec2.DeleteNatGateway", "ec2.ReleaseAddress")

	// Asleep, nothing of this is left but what is free.
	private := s.addresses(t)
	s.apply(t, asleep)
	s.checkAddresses(t, without(private, slices.Concat(loadBalancerAddresses, natGateway("a"), routes)))
	w.checkCalledBefore(t, "application-autoscaling.RegisterScalableTarget", "ec2.DeleteRoute")
	w.checkCalledBefore(t, "ec2.DeleteRoute", "ec2.DeleteNatGateway")
	w.checkCalledBefore(t, "ec2.DeleteNatGateway", "ec2.ReleaseAddress")
	s.apply(t)
	s.checkNoChanges(t)
	s.checkAddresses(t, private)
	w.checkCalledBefore(t, "ec2.CreateRoute", "application-autoscaling.RegisterScalableTarget")

	// From NAT gateways to endpoints. A killed apply leaves an endpoint behind.
	w.edit(t, "mode: private, nat: single", "mode: endpoints")
	want = changes(slices.Concat(natGateway("a"), routes, tables), endpoints, "")
	for _, address := range associations {
		want[address] = "update"
	}
	if difference := cmp.Diff(want, s.plan(t)); difference != "" {
		t.Errorf("to endpoints (- want, + got)\n%s", difference)
	}
	if w.aws != nil {
		s.killApply(t, []string{"ec2.CreateVpcEndpoint"})
	}
	s.apply(t)
	s.checkNoChanges(t)
	w.checkCalledBefore(t, "ec2.CreateVpcEndpoint", "ec2.ReplaceRouteTableAssociation")
	w.checkCalledBefore(t, "ec2.ReplaceRouteTableAssociation", "ec2.DeleteNatGateway")

	withEndpoints := s.addresses(t)
	s.apply(t, asleep)
	s.checkAddresses(t, without(withEndpoints, append(loadBalancerAddresses, interfaces...)))
	w.checkCalledBefore(t, "application-autoscaling.RegisterScalableTarget", "ec2.DeleteVpcEndpoints")
	s.apply(t)
	s.checkAddresses(t, withEndpoints)
	w.checkCalledBefore(t, "ec2.CreateVpcEndpoint", "application-autoscaling.RegisterScalableTarget")

	// Back to public addresses: the service moves first.
	w.edit(t, "mode: endpoints", "mode: public")
	if difference := cmp.Diff(changes(slices.Concat(subnets, endpoints), nil, service), s.apply(t)); difference != "" {
		t.Errorf("to public (- want, + got)\n%s", difference)
	}
	w.checkCalledBefore(t, "ecs.UpdateService", "ec2.DeleteVpcEndpoints")
	w.checkCalledBefore(t, "ecs.UpdateService", "ec2.DeleteSubnet")
	s.checkAddresses(t, public)
	s.destroy(t)
	w.checkNATGateways(t, 0)
}

// checkCalledBefore fails the test unless all calls of one operation came before all calls of the other, and each was
// called.
func (w *workspace) checkCalledBefore(t *testing.T, first, second string) {
	t.Helper()
	if w.aws == nil {
		return
	}
	log := w.aws.Log()
	lastOfFirst, firstOfSecond := -1, slices.Index(log, second)
	for i, operation := range log {
		if operation == first {
			lastOfFirst = i
		}
	}
	if lastOfFirst < 0 || firstOfSecond < 0 || lastOfFirst > firstOfSecond {
		t.Errorf("%s was not called before %s; the calls are\n%v", first, second, log)
	}
}

// checkNATGateways checks the number of NAT gateways in the region's VPC, and of Elastic IP addresses.
func (w *workspace) checkNATGateways(t *testing.T, want int) {
	t.Helper()
	if w.aws == nil {
		return
	}
	client := ec2.NewFromConfig(w.config(t, "eu-west-2"))
	project := ec2types.Filter{Name: new("tag:Project"), Values: []string{w.region(t, "eu-west-2").Names.Project}}
	gateways, err := client.DescribeNatGateways(t.Context(), &ec2.DescribeNatGatewaysInput{Filter: []ec2types.Filter{project, {Name: new("state"), Values: []string{"available"}}}})
	if err != nil {
		t.Fatal(err)
	}
	addresses, err := client.DescribeAddresses(t.Context(), &ec2.DescribeAddressesInput{Filters: []ec2types.Filter{project}})
	if err != nil {
		t.Fatal(err)
	}
	if len(gateways.NatGateways) != want || len(addresses.Addresses) != want {
		t.Errorf("%d NAT gateways and %d addresses, want %d", len(gateways.NatGateways), len(addresses.Addresses), want)
	}
}
