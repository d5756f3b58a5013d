package stacks

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/loadbalancer"
	"github.com/cdtait/mcpfleet/constructs/orphans"
	"github.com/cdtait/mcpfleet/constructs/secrets"
	"github.com/cdtait/mcpfleet/constructs/security"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
)

// orphansConfig lists the resources that a killed apply may leave behind in AWS, and the names to look them
// up by. A test compares the list with the resources of every stack.
func orphansConfig(region config.Region) orphans.Config {
	list := orphanedNetwork(region)
	if region.CreatesEgress() {
		list = append(list, orphanedEgress(region)...)
	}
	if region.Network.FlowLogs.Enabled {
		list = append(list,
			orphans.Resource{Address: "aws_cloudwatch_log_group.flow_logs", Name: region.Names.FlowLogGroup()},
			orphans.Resource{Address: "aws_iam_role.flow_logs", Name: region.Names.FlowLogRole()},
			orphans.Resource{Address: "aws_flow_log.main", Name: region.Names.FlowLog()})
	}
	if len(region.OwnVolumes()) > 0 {
		list = append(list, orphanedFileSystem(region)...)
	}
	list = append(list, orphanedService(region)...)
	if region.LoadBalancer.Enabled {
		list = append(list, orphanedLoadBalancer(region)...)
	}
	return orphans.Config{Tags: region.Names.Tags(), VPCID: region.Network.Existing.VPCID, Resources: list, Known: knownIDs(region)}
}

func orphanedNetwork(region config.Region) []orphans.Resource {
	names := region.Names
	list := orphanedVPC(region)
	list = append(list,
		orphans.Resource{Address: security.Tasks, Name: names.TaskSecurityGroup()},
		orphans.Resource{Address: "aws_vpc_security_group_egress_rule.ecs_tasks_internet", Name: ruleOf("ecs_tasks", `rule.cidr_ipv4 == "0.0.0.0/0"`)})
	for _, subnet := range region.Subnets {
		list = append(list,
			orphans.Resource{Address: "aws_subnet.public_" + subnet.Zone, Name: names.Subnet(subnet.Zone)},
			orphans.Resource{Address: "aws_route_table_association.public_" + subnet.Zone, Name: names.Subnet(subnet.Zone)})
	}
	for _, client := range region.Discovery.Clients {
		list = append(list, orphans.Resource{
			Address: fmt.Sprintf("aws_vpc_security_group_ingress_rule.ecs_tasks_clients[%q]", client),
			Name:    ruleOf("ecs_tasks", fmt.Sprintf("contains([rule.cidr_ipv4, rule.referenced_security_group_id], %q)", client)),
		})
	}
	if region.IPv6() && !region.HasExistingVPC() {
		list = append(list, orphans.Resource{Address: "aws_route.internet_ipv6", Name: "::/0", Table: publicTable(region)})
	}
	if region.IPv6() {
		list = append(list, orphans.Resource{Address: "aws_vpc_security_group_egress_rule.ecs_tasks_internet_ipv6", Name: ruleOf("ecs_tasks", `rule.cidr_ipv6 == "::/0"`)})
	}
	return list
}

// publicTable is the key of the public route table in stacks with several.
func publicTable(region config.Region) string {
	if region.Network.PublicTasks() {
		return ""
	}
	return "public"
}

// orphanedEgress are the private subnets, and what leads out of them.
func orphanedEgress(region config.Region) (list []orphans.Resource) {
	names := region.Names
	for _, subnet := range region.PrivateSubnets {
		key := "private_" + subnet.Zone
		list = append(list,
			orphans.Resource{Address: "aws_subnet." + key, Name: names.PrivateSubnet(subnet.Zone)},
			orphans.Resource{Address: "aws_route_table." + privateTable(region, subnet.Zone), Name: names.PrivateRouteTable(region.Network.Mode, subnet.Zone)},
			orphans.Resource{Address: "aws_route_table_association." + key, Name: names.PrivateSubnet(subnet.Zone)})
		if len(region.NATZones()) > 0 {
			list = append(list, orphans.Resource{Address: "aws_route." + key + "[0]", Name: "0.0.0.0/0", Table: key, Present: egressPresent})
		}
	}
	for _, zone := range region.NATZones() {
		list = append(list,
			orphans.Resource{Address: "aws_eip.nat_" + zone + "[0]", Name: names.NATGateway(zone), Present: egressPresent},
			orphans.Resource{Address: "aws_nat_gateway.main_" + zone + "[0]", Name: names.NATGateway(zone), Present: egressPresent})
	}
	if len(region.InterfaceEndpoints()) == 0 {
		return list
	}
	for _, service := range region.InterfaceEndpoints() {
		list = append(list, orphans.Resource{Address: "aws_vpc_endpoint." + strings.ReplaceAll(service, ".", "_") + "[0]", Name: names.Endpoint(service), Present: egressPresent})
	}
	return append(list,
		orphans.Resource{Address: "aws_vpc_endpoint.s3", Name: names.Endpoint("s3")},
		orphans.Resource{Address: "aws_security_group.endpoints", Name: names.EndpointSecurityGroup()},
		orphans.Resource{Address: "aws_vpc_security_group_ingress_rule.endpoints_tasks", Name: ruleOf("endpoints", "rule.referenced_security_group_id == "+groupID("ecs_tasks"))})
}

// orphanedVPC is none in an existing VPC.
func orphanedVPC(region config.Region) []orphans.Resource {
	if region.HasExistingVPC() {
		return nil
	}
	names := region.Names
	return []orphans.Resource{
		{Address: "aws_vpc.main", Name: names.VPC()},
		{Address: "aws_internet_gateway.main", Name: names.InternetGateway()},
		{Address: "aws_route_table.public", Name: names.RouteTable()},
		{Address: "aws_route.internet", Name: "0.0.0.0/0", Table: publicTable(region)},
	}
}

func orphanedService(region config.Region) []orphans.Resource {
	names := region.Names
	list := []orphans.Resource{
		{Address: "aws_cloudwatch_log_group.main", Name: names.LogGroup()},
		{Address: "aws_iam_role.ecs_task_execution_role", Name: names.ExecutionRole()},
		{Address: "aws_iam_role.ecs_task_role", Name: names.TaskRole()},
		{Address: "aws_ecs_cluster.main", Name: names.Cluster()},
		{Address: "aws_ecs_service.main", Name: names.Service()},
	}
	if region.Logs.ExecEnabled() {
		list = append(list, orphans.Resource{Address: "aws_cloudwatch_log_group.exec", Name: names.ExecLogGroup()})
	}
	if len(region.Container.SecretKeys()) > 0 {
		list = append(list, orphans.Resource{Address: "aws_secretsmanager_secret.api_key", Name: names.Secret()})
	}
	if hasPlaceholder(region) {
		list = append(list, orphans.Resource{Address: secrets.Placeholder, Name: names.Secret()})
	}
	if region.Discovery.Enabled {
		list = append(list,
			orphans.Resource{Address: "aws_service_discovery_private_dns_namespace.main", Name: names.Namespace()},
			orphans.Resource{Address: "aws_service_discovery_service.main", Name: names.DiscoveryService()})
	}
	return list
}

func orphanedLoadBalancer(region config.Region) []orphans.Resource {
	names := region.Names
	list := []orphans.Resource{
		{Address: "aws_lb.main[0]", Name: region.LoadBalancerName(), Present: loadBalancerPresent},
		{Address: "aws_lb_target_group.main", Name: region.TargetGroupName()},
		{Address: "aws_security_group.alb", Name: names.LoadBalancerSecurityGroup()},
	}
	list = append(list, orphanedClients(region, "http", "alb_clients", region.LoadBalancer.Port)...)
	if region.HTTPS() {
		list = append(list, orphanedClients(region, "https", "alb_https_clients", config.HTTPSPort)...)
	}
	list = append(list,
		orphans.Resource{Address: "aws_vpc_security_group_egress_rule.alb_tasks", Name: ruleOf("alb", "rule.referenced_security_group_id == "+groupID("ecs_tasks"))},
		orphans.Resource{Address: "aws_vpc_security_group_ingress_rule.ecs_tasks_alb", Name: ruleOf("ecs_tasks", "rule.referenced_security_group_id == "+groupID("alb"))})
	if region.WAF.Enabled {
		list = append(list, orphans.Resource{Address: "aws_wafv2_web_acl.main", Name: names.WebACL()})
	}
	if region.Logs.AccessEnabled() {
		list = append(list, orphans.Resource{Address: "aws_s3_bucket.access_logs", Name: names.AccessLogs(awsprovider.AccountID)})
	}
	if region.HasStandby() {
		list = append(list, orphanedStandby(region)...)
	}
	return append(list, orphanedRules(region)...)
}

// orphanedClients are the rules that let clients connect to a listener.
func orphanedClients(region config.Region, protocol, clients string, port int) (list []orphans.Resource) {
	for _, block := range region.Access.CIDRs {
		address, attribute := fmt.Sprintf("%s[%q]", clients, block), "cidr_ipv4"
		switch block {
		case config.AnyIPv4:
			address = "alb_" + protocol
		case config.AnyIPv6:
			address = "alb_" + protocol + "_ipv6"
		}
		if block.Addr().Is6() {
			attribute = "cidr_ipv6"
		}
		list = append(list, orphans.Resource{
			Address: "aws_vpc_security_group_ingress_rule." + address,
			Name:    ruleOf("alb", fmt.Sprintf("rule.%s == %q && rule.from_port == %d", attribute, block, port)),
		})
	}
	return list
}

// orphanedRules are the rules of the listener that forwards.
func orphanedRules(region config.Region) (list []orphans.Resource) {
	if len(region.Access.Paths) == 0 {
		return nil
	}
	for i := range region.Access.PathRules() {
		list = append(list, orphans.Resource{
			Address: fmt.Sprintf("aws_lb_listener_rule.paths[%q]", strconv.Itoa(i+1)),
			Name:    loadbalancer.PathRuleName(region.LoadBalancerName(), strconv.Itoa(i+1)), Present: loadBalancerPresent,
		})
	}
	return append(list, orphans.Resource{
		Address: "aws_lb_listener_rule.other_paths[0]", Name: loadbalancer.OtherPathsName(region.LoadBalancerName()), Present: loadBalancerPresent,
	})
}

// ruleOf returns a condition that matches a rule of one of the stack's security groups.
func ruleOf(group, condition string) string {
	return "rule.security_group_id == " + groupID(group) + " && " + condition
}

// groupID returns an expression for the ID of an existing security group: "" unless exactly one is found.
func groupID(group string) string {
	return fmt.Sprintf("try(coalesce(one(data.aws_security_groups.existing[%q].ids)), \"\")", group)
}
