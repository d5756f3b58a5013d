package ops

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
)

func checkBalancer(_ context.Context, p *examination) ([]Problem, error) {
	switch {
	case p.seen.balancer.State != nil && p.seen.balancer.State.Code == elbtypes.LoadBalancerStateEnumFailed:
		return []Problem{{LoadBalancerFailed, "the load balancer failed: " + oneLine(value(p.seen.balancer.State.Reason)), p.deploy()}}, nil
	case p.expected.LoadBalancer && len(p.seen.service.LoadBalancers) == 0:
		return []Problem{{NotAttached, "the service is not attached to the load balancer", p.deploy()}}, nil
	}
	return nil, nil
}

// checkLeftover names what an apply leaves that was killed while it woke the region. No apply takes it
// over before the next opening, as the load balancer is not in the configuration while it sleeps.
func checkLeftover(_ context.Context, p *examination) ([]Problem, error) {
	imports := Fix{Verb: VerbTerraform, Region: p.Name, Arguments: []string{
		p.Names.Stack(), "import", "-var", "weekend_state=up", "aws_lb.main[0]", value(p.seen.balancer.LoadBalancerArn),
	}}
	return []Problem{
		{Leftover, "a load balancer exists, and is paid for, although the region sleeps", p.deploy()},
		{Leftover, "if the load balancer is still there after that, no state knows it", imports.withAdvice("then deploy again")},
	}, nil
}

func checkListener(ctx context.Context, p *examination) ([]Problem, error) {
	answer, err := p.elb.DescribeListeners(ctx, &elb.DescribeListenersInput{LoadBalancerArn: p.seen.balancer.LoadBalancerArn})
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(answer.Listeners, func(listener elbtypes.Listener) bool { return int(value(listener.Port)) == p.LoadBalancer.Port })
	if at < 0 {
		return []Problem{{ListenerWrong, fmt.Sprintf("there is no listener on port %d", p.LoadBalancer.Port), p.deploy()}}, nil
	}
	listener := answer.Listeners[at]
	var found []Problem
	if listener.Protocol == elbtypes.ProtocolEnumHttps && len(listener.Certificates) == 0 {
		found = append(found, Problem{ListenerWrong, "the HTTPS listener has no certificate", p.deploy()})
	}
	if len(p.seen.service.LoadBalancers) == 0 {
		return found, nil
	}
	group := value(p.seen.service.LoadBalancers[0].TargetGroupArn)
	forwards := slices.ContainsFunc(listener.DefaultActions, func(action elbtypes.Action) bool {
		if action.ForwardConfig != nil {
			for _, each := range action.ForwardConfig.TargetGroups {
				if value(each.TargetGroupArn) == group {
					return true
				}
			}
		}
		return value(action.TargetGroupArn) == group
	})
	if !forwards {
		found = append(found, Problem{ListenerWrong, "the listener does not send requests to the service's target group", p.deploy()})
	}
	return found, nil
}

// checkSecurityGroups follows the way of a request: internet, load balancer, task.
func checkSecurityGroups(ctx context.Context, p *examination) (found []Problem, err error) {
	network := p.seen.network()
	if network == nil || len(p.seen.balancer.SecurityGroups) == 0 {
		return nil, nil
	}
	wanted := slices.Concat(p.seen.balancer.SecurityGroups, network.SecurityGroups)
	answer, err := p.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: wanted})
	if err != nil {
		return nil, err
	}
	var in, out, taskIn []ec2types.IpPermission
	for _, group := range answer.SecurityGroups {
		id := value(group.GroupId)
		if slices.Contains(p.seen.balancer.SecurityGroups, id) {
			in, out = append(in, group.IpPermissions...), append(out, group.IpPermissionsEgress...)
		}
		if slices.Contains(network.SecurityGroups, id) {
			taskIn = append(taskIn, group.IpPermissions...)
		}
	}
	path := []struct {
		problem string
		open    bool
	}{
		{fmt.Sprintf("the load balancer's security group does not let the internet in on port %d", p.LoadBalancer.Port), open(in, p.LoadBalancer.Port, nil, internet)},
		{fmt.Sprintf("the load balancer's security group lets nothing out to port %d of the tasks", p.Container.Port), open(out, p.Container.Port, network.SecurityGroups, p.Network.CIDR)},
		{fmt.Sprintf("the tasks' security group does not let the load balancer in on port %d", p.Container.Port), open(taskIn, p.Container.Port, p.seen.balancer.SecurityGroups, p.Network.CIDR)},
	}
	for _, step := range path {
		if !step.open {
			found = append(found, Problem{SecurityGroups, step.problem, p.deploy()})
		}
	}
	return found, nil
}

// internet is every address.
var internet = netip.MustParsePrefix("0.0.0.0/0")

// open says whether rules let TCP through on a port, from or to one of the groups or a whole range.
// What is behind a prefix list cannot be seen, and is taken to be open.
func open(rules []ec2types.IpPermission, port int, groups []string, whole netip.Prefix) bool {
	return slices.ContainsFunc(rules, func(rule ec2types.IpPermission) bool {
		all := value(rule.IpProtocol) == "-1"
		if !all && (value(rule.IpProtocol) != "tcp" || port < int(value(rule.FromPort)) || port > int(value(rule.ToPort))) {
			return false
		}
		toGroup := slices.ContainsFunc(rule.UserIdGroupPairs, func(pair ec2types.UserIdGroupPair) bool { return slices.Contains(groups, value(pair.GroupId)) })
		return toGroup || len(rule.PrefixListIds) > 0 || slices.ContainsFunc(rule.IpRanges, func(each ec2types.IpRange) bool {
			block, err := netip.ParsePrefix(value(each.CidrIp))
			return err == nil && block.Bits() <= whole.Bits() && block.Contains(whole.Addr())
		})
	})
}

// network is where the service's tasks are.
func (o *observed) network() *network {
	cfg := o.service.NetworkConfiguration
	if cfg == nil || cfg.AwsvpcConfiguration == nil {
		return nil
	}
	return &network{Subnets: cfg.AwsvpcConfiguration.Subnets, SecurityGroups: cfg.AwsvpcConfiguration.SecurityGroups}
}

type network struct{ Subnets, SecurityGroups []string }

// checkSubnets looks for room for a deployment, which runs every task twice for a while, spread over
// the subnets.
func checkSubnets(ctx context.Context, p *examination) (found []Problem, err error) {
	network := p.seen.network()
	if network == nil {
		return nil, nil
	}
	answer, err := p.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: network.Subnets})
	if err != nil {
		return nil, err
	}
	needed := (p.Service.DesiredCount + len(answer.Subnets) - 1) / max(len(answer.Subnets), 1)
	for _, subnet := range answer.Subnets {
		if free := int(value(subnet.AvailableIpAddressCount)); free < needed {
			text := fmt.Sprintf("subnet %s in %s has %d addresses left, and a deployment needs %d", value(subnet.SubnetId), value(subnet.AvailabilityZone), free, needed)
			found = append(found, Problem{FewAddresses, text, advice(largerSubnets)})
		}
	}
	return found, nil
}

// checkRoutes looks for a way to the internet: there is no NAT, so a task without one can neither
// pull its image nor read its secret.
func checkRoutes(ctx context.Context, p *examination) (found []Problem, err error) {
	network := p.seen.network()
	if network == nil {
		return nil, nil
	}
	answer, err := p.ec2.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{Filters: []ec2types.Filter{{Name: new("association.subnet-id"), Values: network.Subnets}}})
	if err != nil {
		return nil, err
	}
	routed := map[string]bool{}
	for _, table := range answer.RouteTables {
		outward := slices.ContainsFunc(table.Routes, func(route ec2types.Route) bool {
			return value(route.DestinationCidrBlock) == "0.0.0.0/0" && strings.HasPrefix(value(route.GatewayId), "igw-") && route.State != ec2types.RouteStateBlackhole
		})
		for _, association := range table.Associations {
			routed[value(association.SubnetId)] = outward
		}
	}
	for _, subnet := range network.Subnets {
		if !routed[subnet] {
			found = append(found, Problem{NoRoute, "subnet " + subnet + " has no route to an internet gateway", p.deploy()})
		}
	}
	return found, nil
}

// checkDomain looks for the zone, and for this region's record in it.
func checkDomain(ctx context.Context, p *examination) ([]Problem, error) {
	zones, err := p.route53.ListHostedZonesByName(ctx, &route53.ListHostedZonesByNameInput{DNSName: &p.DNS.Zone})
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(zones.HostedZones, func(zone route53types.HostedZone) bool {
		return value(zone.Name) == p.DNS.Zone+"." && (zone.Config == nil || !zone.Config.PrivateZone)
	})
	if at < 0 {
		return []Problem{{DomainWrong, "there is no public hosted zone " + p.DNS.Zone, advice("aws route53 create-hosted-zone --caller-reference mcpfleet --name " + p.DNS.Zone)}}, nil
	}
	records, err := p.route53.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{
		HostedZoneId: zones.HostedZones[at].Id, StartRecordName: new(p.CustomDomain()), StartRecordType: route53types.RRTypeA,
	})
	if err != nil {
		return nil, err
	}
	for _, record := range records.ResourceRecordSets {
		if value(record.Name) != p.CustomDomain()+"." || record.Type != route53types.RRTypeA || value(record.SetIdentifier) != p.Name {
			continue
		}
		if p.seen.balancer != nil && record.AliasTarget != nil && !sameHost(value(record.AliasTarget.DNSName), value(p.seen.balancer.DNSName)) {
			return []Problem{{DomainWrong, p.CustomDomain() + " points at another load balancer", p.deploy()}}, nil
		}
		return nil, nil
	}
	return []Problem{{DomainWrong, p.CustomDomain() + " has no record for the region", p.deploy()}}, nil
}

// sameHost compares names as DNS does. Route 53 puts a dot at the end, and the console dualstack. in front.
func sameHost(a, b string) bool {
	trim := func(host string) string {
		return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(host), "."), "dualstack.")
	}
	return trim(a) == trim(b)
}
