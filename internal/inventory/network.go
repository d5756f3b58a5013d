package inventory

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func ec2Tag(tag types.Tag) (key, value *string) { return tag.Key, tag.Value }

func filter(name string, of ...string) []types.Filter {
	return []types.Filter{{Name: &name, Values: of}}
}

// readNetwork reads the VPC of the tasks, its subnets and its internet gateway.
func (s *survey) readNetwork(ctx context.Context) error {
	network := s.service.NetworkConfiguration
	if network == nil || network.AwsvpcConfiguration == nil || len(network.AwsvpcConfiguration.Subnets) == 0 {
		return nil // the service has no tasks of its own network
	}
	client := ec2.NewFromConfig(s.cfg)
	ofTasks, err := client.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: network.AwsvpcConfiguration.Subnets[:1]})
	if err != nil {
		return err
	}
	s.vpc = aws.ToString(ofTasks.Subnets[0].VpcId)
	vpcs, err := client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: []string{s.vpc}})
	if err != nil {
		return err
	}
	vpc := vpcs.Vpcs[0]
	attributes := values{"id": s.vpc, "cidr_block": vpc.CidrBlock, "instance_tenancy": vpc.InstanceTenancy, "tags": tagged(vpc.Tags, ec2Tag)}
	for _, each := range vpc.Ipv6CidrBlockAssociationSet {
		attributes["ipv6_cidr_block"] = each.Ipv6CidrBlock
	}
	support, err := client.DescribeVpcAttribute(ctx, &ec2.DescribeVpcAttributeInput{VpcId: &s.vpc, Attribute: types.VpcAttributeNameEnableDnsSupport})
	if err != nil {
		return err
	}
	attributes["enable_dns_support"] = support.EnableDnsSupport.Value
	hostnames, err := client.DescribeVpcAttribute(ctx, &ec2.DescribeVpcAttributeInput{VpcId: &s.vpc, Attribute: types.VpcAttributeNameEnableDnsHostnames})
	if err != nil {
		return err
	}
	attributes["enable_dns_hostnames"] = hostnames.EnableDnsHostnames.Value
	s.add("aws_vpc", s.vpc, attributes)
	for pages := ec2.NewDescribeSubnetsPaginator(client, &ec2.DescribeSubnetsInput{Filters: filter("vpc-id", s.vpc)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, each := range page.Subnets {
			s.add("aws_subnet", *each.SubnetId, values{"id": each.SubnetId, "availability_zone": each.AvailabilityZone, "cidr_block": each.CidrBlock})
		}
	}
	gateways, err := client.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{Filters: filter("attachment.vpc-id", s.vpc)})
	if err != nil {
		return err
	}
	for _, each := range gateways.InternetGateways {
		s.add("aws_internet_gateway", *each.InternetGatewayId, values{"id": each.InternetGatewayId})
	}
	return nil
}

// readRoutes reads the route tables of subnets. A VPC also has a main table, which a stack leaves alone.
func (s *survey) readRoutes(ctx context.Context) error {
	if s.vpc == "" {
		return nil
	}
	for pages := ec2.NewDescribeRouteTablesPaginator(ec2.NewFromConfig(s.cfg), &ec2.DescribeRouteTablesInput{Filters: filter("vpc-id", s.vpc)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, table := range page.RouteTables {
			var associations []values
			for _, each := range table.Associations {
				if each.SubnetId != nil {
					associations = append(associations, values{"subnet_id": each.SubnetId, "route_table_id": table.RouteTableId})
				}
			}
			if len(associations) == 0 {
				continue
			}
			s.add("aws_route_table", *table.RouteTableId, values{"id": table.RouteTableId, "route": routes(table.Routes)})
			for _, each := range associations {
				s.add("aws_route_table_association", *each["subnet_id"].(*string), each)
			}
		}
	}
	return nil
}

// routes returns the routes that are not those of the VPC itself, or of its gateway endpoints.
func routes(all []types.Route) (routes []values) {
	for _, each := range all {
		if aws.ToString(each.GatewayId) != "local" && each.DestinationPrefixListId == nil {
			routes = append(routes, values{"cidr_block": each.DestinationCidrBlock, "ipv6_cidr_block": each.DestinationIpv6CidrBlock, "gateway_id": each.GatewayId})
		}
	}
	return routes
}

// readGroups reads the security groups of the tasks and of the load balancer, with their rules.
func (s *survey) readGroups(ctx context.Context) error {
	if len(s.groups) == 0 {
		return nil
	}
	client := ec2.NewFromConfig(s.cfg)
	slices.Sort(s.groups)
	s.groups = slices.Compact(s.groups)
	output, err := client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: s.groups})
	if err != nil {
		return err
	}
	for _, each := range output.SecurityGroups {
		s.add("aws_security_group", *each.GroupId, values{"id": each.GroupId, "tags": tagged(each.Tags, ec2Tag)})
	}
	for pages := ec2.NewDescribeSecurityGroupRulesPaginator(client, &ec2.DescribeSecurityGroupRulesInput{Filters: filter("group-id", s.groups...)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, rule := range page.SecurityGroupRules {
			kind := map[bool]string{false: "aws_vpc_security_group_ingress_rule", true: "aws_vpc_security_group_egress_rule"}[aws.ToBool(rule.IsEgress)]
			attributes := values{
				"security_group_id": rule.GroupId, "security_group_rule_id": rule.SecurityGroupRuleId, "ip_protocol": rule.IpProtocol, "from_port": rule.FromPort, "to_port": rule.ToPort,
				"cidr_ipv4": rule.CidrIpv4, "cidr_ipv6": rule.CidrIpv6, "prefix_list_id": rule.PrefixListId,
			}
			if rule.ReferencedGroupInfo != nil {
				attributes["referenced_security_group_id"] = rule.ReferencedGroupInfo.GroupId
			}
			s.add(kind, *rule.SecurityGroupRuleId, attributes)
		}
	}
	return nil
}
