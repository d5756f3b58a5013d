package ops

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/config"
)

func checkBalancer(_ context.Context, e *examination) ([]Problem, error) {
	switch {
	case e.observed.balancer.State != nil && e.observed.balancer.State.Code == elbtypes.LoadBalancerStateEnumFailed:
		return []Problem{{LoadBalancerFailed, "the load balancer failed: " + oneLine(value(e.observed.balancer.State.Reason)), e.deploy()}}, nil
	case e.expected.LoadBalancer && len(e.observed.service.LoadBalancers) == 0:
		return []Problem{{NotAttached, "the service is not attached to the load balancer", e.deploy()}}, nil
	}
	return nil, nil
}

// checkLeftover reports a load balancer left behind when an apply was killed while waking the region. No
// apply adopts it before the next window, because the load balancer is not in the configuration while the
// region sleeps.
func checkLeftover(_ context.Context, e *examination) ([]Problem, error) {
	imports := Fix{Verb: VerbTerraform, Region: e.Name, Arguments: []string{
		e.Names.Stack(), "import", "-var", "weekend_state=up", "aws_lb.main[0]", value(e.observed.balancer.LoadBalancerArn),
	}}
	return []Problem{
		{Leftover, "a load balancer exists and is billed, although the region is asleep", e.deploy()},
		{Leftover, "if the load balancer still exists after that, it is in no Terraform state: import it", imports.withAdvice("then deploy again")},
	}, nil
}

// checkSecurityGroups follows the path of a request: client, load balancer, task.
func checkSecurityGroups(ctx context.Context, e *examination) (found []Problem, err error) {
	network := e.observed.network()
	if network == nil || len(e.observed.balancer.SecurityGroups) == 0 {
		return nil, nil
	}
	wanted := slices.Concat(e.observed.balancer.SecurityGroups, network.SecurityGroups)
	output, err := e.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: wanted})
	if err != nil {
		return nil, err
	}
	var in, out, taskIn []ec2types.IpPermission
	for _, group := range output.SecurityGroups {
		id := value(group.GroupId)
		if slices.Contains(e.observed.balancer.SecurityGroups, id) {
			in, out = append(in, group.IpPermissions...), append(out, group.IpPermissionsEgress...)
		}
		if slices.Contains(network.SecurityGroups, id) {
			taskIn = append(taskIn, group.IpPermissions...)
		}
	}
	type step struct {
		problem string
		open    bool
	}
	var path []step
	for _, block := range e.Access.CIDRs {
		client := block.String()
		if block.Bits() == 0 {
			client = "the internet"
		}
		for _, port := range e.ListenerPorts() {
			path = append(path, step{
				fmt.Sprintf("the load balancer's security group does not allow inbound traffic from %s on port %d", client, port),
				open(in, port, nil, block),
			})
		}
	}
	path = append(path, []step{
		{fmt.Sprintf("the load balancer's security group does not allow outbound traffic to the tasks on port %d", e.Container.IngressPort()), open(out, e.Container.IngressPort(), network.SecurityGroups, e.wholeNetwork())},
		{fmt.Sprintf("the tasks' security group does not allow inbound traffic from the load balancer on port %d", e.Container.IngressPort()), open(taskIn, e.Container.IngressPort(), e.observed.balancer.SecurityGroups, e.wholeNetwork())},
	}...)
	for _, step := range path {
		if !step.open {
			found = append(found, Problem{SecurityGroups, step.problem, e.deploy()})
		}
	}
	fromInternet := func(rule ec2types.IpPermission) bool { return covers(rule, config.AnyIPv4) }
	for _, port := range e.ListenerPorts() {
		if !e.Access.IsOpen() && allowed(in, port, fromInternet) {
			found = append(found, Problem{Drift,
				fmt.Sprintf("the load balancer's security group allows inbound traffic from the internet on port %d, but access.cidrs does not", port),
				advice("remove the rule; no deployment does, because Terraform did not create it")})
		}
	}
	return found, nil
}

// wholeNetwork returns the block of the VPC. That of an existing VPC is not in the fleet file, so only a rule for all
// addresses covers it for certain.
func (e *examination) wholeNetwork() netip.Prefix {
	if e.HasExistingVPC() {
		return config.AnyIPv4
	}
	return e.Network.CIDR
}

// open reports whether the rules allow TCP on a port, from or to one of the groups or an entire range. Prefix
// lists are not resolved and count as open.
func open(rules []ec2types.IpPermission, port int, groups []string, whole netip.Prefix) bool {
	return allowed(rules, port, func(rule ec2types.IpPermission) bool {
		toGroup := slices.ContainsFunc(rule.UserIdGroupPairs, func(pair ec2types.UserIdGroupPair) bool { return slices.Contains(groups, value(pair.GroupId)) })
		return toGroup || len(rule.PrefixListIds) > 0 || covers(rule, whole)
	})
}

// allowed reports whether any of the rules allows TCP on a port from or to the given peers.
func allowed(rules []ec2types.IpPermission, port int, peers func(ec2types.IpPermission) bool) bool {
	return slices.ContainsFunc(rules, func(rule ec2types.IpPermission) bool {
		protocol := value(rule.IpProtocol)
		onPort := protocol == "-1" || (protocol == "tcp" && int(value(rule.FromPort)) <= port && port <= int(value(rule.ToPort)))
		return onPort && peers(rule)
	})
}

// covers reports whether one of a rule's ranges contains an entire range.
func covers(rule ec2types.IpPermission, whole netip.Prefix) bool {
	contains := func(cidr *string) bool {
		block, err := netip.ParsePrefix(value(cidr))
		return err == nil && block.Bits() <= whole.Bits() && block.Contains(whole.Addr())
	}
	return slices.ContainsFunc(rule.IpRanges, func(each ec2types.IpRange) bool { return contains(each.CidrIp) }) ||
		slices.ContainsFunc(rule.Ipv6Ranges, func(each ec2types.Ipv6Range) bool { return contains(each.CidrIpv6) })
}

// network returns the network settings of the service's tasks.
func (o *observed) network() *network {
	cfg := o.service.NetworkConfiguration
	if cfg == nil || cfg.AwsvpcConfiguration == nil {
		return nil
	}
	return &network{cfg.AwsvpcConfiguration.Subnets, cfg.AwsvpcConfiguration.SecurityGroups, cfg.AwsvpcConfiguration.AssignPublicIp}
}

type network struct {
	Subnets, SecurityGroups []string
	PublicIP                ecstypes.AssignPublicIp
}

// checkSubnets checks that the subnets have enough free addresses for a deployment, which temporarily runs more tasks,
// spread over the subnets.
func checkSubnets(ctx context.Context, e *examination) (found []Problem, err error) {
	network := e.observed.network()
	if network == nil {
		return nil, nil
	}
	output, err := e.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: network.Subnets})
	if err != nil {
		return nil, err
	}
	tasks := e.Service.TaskRange().Max
	_, most := e.Service.Deployment.RunningDuringDeployment(tasks)
	needed := (most - tasks + len(output.Subnets) - 1) / max(len(output.Subnets), 1)
	for _, subnet := range output.Subnets {
		if free := int(value(subnet.AvailableIpAddressCount)); free < needed {
			text := fmt.Sprintf("subnet %s in %s has %d free addresses; a deployment needs %d", value(subnet.SubnetId), value(subnet.AvailabilityZone), free, needed)
			found = append(found, Problem{FewAddresses, text, advice(largerSubnets[e.networkKind()])})
		}
	}
	return found, nil
}

// ways are the routes by which tasks reach AWS, by network mode.
var ways = map[string]struct {
	target string
	leads  func(ec2types.Route) bool
}{
	"public":  {"an internet gateway", func(route ec2types.Route) bool { return isDefault(route) && toInternetGateway(route) }},
	"private": {"a NAT gateway", func(route ec2types.Route) bool { return isDefault(route) && value(route.NatGatewayId) != "" }},
	"endpoints": {"the S3 endpoint, where ECR keeps images", func(route ec2types.Route) bool {
		return value(route.DestinationPrefixListId) != "" && strings.HasPrefix(value(route.GatewayId), "vpce-")
	}},
}

func isDefault(route ec2types.Route) bool {
	return value(route.DestinationCidrBlock) == config.AnyIPv4.String()
}

// checkRoutes checks for the route by which tasks pull their image and read their secret.
func checkRoutes(ctx context.Context, e *examination) (found []Problem, err error) {
	network := e.observed.network()
	if network == nil {
		return nil, nil
	}
	output, err := e.ec2.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{Filters: filter("association.subnet-id", network.Subnets...)})
	if err != nil {
		return nil, err
	}
	way, routed := ways[e.Network.Mode], map[string]bool{}
	for _, table := range output.RouteTables {
		outward := slices.ContainsFunc(table.Routes, func(route ec2types.Route) bool {
			return route.State != ec2types.RouteStateBlackhole && way.leads(route)
		})
		for _, association := range table.Associations {
			routed[value(association.SubnetId)] = outward
		}
	}
	for _, subnet := range network.Subnets {
		if !routed[subnet] {
			found = append(found, Problem{NoRoute, "subnet " + subnet + " has no route to " + way.target, e.deploy()})
		}
	}
	return found, nil
}
