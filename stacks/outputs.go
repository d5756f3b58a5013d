package stacks

import (
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// output is an output of a stack.
type output struct {
	name        string
	description string
	value       any
	sensitive   bool
}

// newOutputs declares the stack's outputs. All stacks have the same outputs, for scripts; the values of
// missing resources are null.
func newOutputs(stack cdktf.TerraformStack, fleet *config.Fleet, region config.Region, r resources) {
	discoveryName, secretARN := hcl.Null, hcl.Null
	var privateSubnetIDs any = hcl.Null
	natPublicIPs := hcl.Null
	if r.private != nil {
		privateSubnetIDs = r.private.IDs
	}
	if r.nat != nil {
		natPublicIPs = r.nat.PublicIPs
	}
	if r.discovery != nil {
		discoveryName = r.discovery.DNSName
	}
	if r.secret != nil {
		secretARN = r.secret.ARN
	}
	outputs := []output{
		{name: "region", description: "AWS region of the stack.", value: region.Name},
		{name: "vpc_id", description: "ID of the VPC.", value: r.network.VPCID},
		{name: "vpc_cidr_block", description: "IPv4 CIDR block of the VPC.", value: r.network.CIDRBlock},
		{name: "public_subnet_ids", description: "IDs of the public subnets, ordered by availability zone.", value: r.network.PublicSubnetIDs},
		{name: "private_subnet_ids", description: "IDs of the private subnets, ordered by availability zone.", value: privateSubnetIDs},
		{name: "nat_public_ips", description: "Public IP addresses of the NAT gateways, from which the tasks connect to the internet.", value: natPublicIPs},
		{name: "ecs_cluster_id", description: "ARN of the ECS cluster.", value: r.ecs.ClusterID},
		{name: "ecs_cluster_name", description: "Name of the ECS cluster.", value: r.ecs.ClusterName},
		{name: "ecs_service_id", description: "ARN of the ECS service.", value: r.ecs.ServiceID},
		{name: "ecs_service_name", description: "Name of the ECS service.", value: r.ecs.ServiceName},
		{name: "ecs_task_definition_arn", description: "ARN of the task definition revision.", value: r.ecs.TaskDefinitionARN},
		{name: "ecs_security_group_id", description: "ID of the tasks' security group.", value: r.security.TasksID},
		{name: "cloudwatch_log_group_name", description: "Name of the tasks' log group.", value: r.logs.Name},
		{name: "service_discovery_dns_name", description: "DNS name of the tasks inside the VPC.", value: discoveryName},
		{name: "secret_arn", description: "ARN of the JSON secret.", value: secretARN, sensitive: true},
		{name: "deployment_info", description: "Summary of the deployment.", value: deploymentInfo(fleet, region)},
		{name: "weekend_schedule", description: "When the region is awake; null if always.", value: weekendSchedule(region)},
		{name: "weekend_mode_cost_analysis", description: "Estimated cost in US dollars, with and without weekend mode.", value: weekendModeCostAnalysis(fleet, region)},
	}
	outputs = append(outputs, loadBalancerOutputs(r)...)
	outputs = append(outputs, dnsOutputs(r)...)
	blocks, listed := map[string]any{}, map[string]any{}
	for _, each := range outputs {
		blocks[each.name] = each.block()
		if !each.mayBeNull(region) {
			listed[each.name] = each.name
		}
	}
	stack.AddOverride(new("output"), blocks)
	// The CDKTF CLI shows what is listed here. It fails a deploy if one of these is null, because Terraform does not store
	// null outputs.
	stack.AddOverride(new("//.outputs"), map[string]any{region.Names.Stack(): listed})
}

func loadBalancerOutputs(r resources) []output {
	arn, name, zone, group, securityGroup, address := hcl.Null, hcl.Null, hcl.Null, hcl.Null, hcl.Null, hcl.Null
	if lb := r.loadBalancer; lb != nil {
		arn, name, zone, group, securityGroup = lb.ARN, lb.DNSName, lb.ZoneID, lb.TargetGroupARN, r.security.LoadBalancerID
		address = lb.URL
	}
	return []output{
		{name: "load_balancer_arn", description: "ARN of the load balancer.", value: arn},
		{name: "load_balancer_dns_name", description: "DNS name of the load balancer.", value: name},
		{name: "load_balancer_zone_id", description: "Hosted zone ID of the load balancer, for alias records.", value: zone},
		{name: "target_group_arn", description: "ARN of the target group.", value: group},
		{name: "alb_security_group_id", description: "ID of the load balancer's security group.", value: securityGroup},
		{name: "application_url", description: "URL by which clients reach the region.", value: address},
	}
}

func dnsOutputs(r resources) []output {
	zone, address := hcl.Null, hcl.Null
	if r.dns != nil {
		zone, address = r.zoneID, r.dns.URL
	}
	return []output{
		{name: "route53_zone_id", description: "ID of the hosted zone.", value: zone},
		{name: "custom_domain_url", description: "URL of the custom domain.", value: address},
	}
}

// mayBeNull reports whether the output is null, or will be while the load balancer is destroyed.
func (o output) mayBeNull(region config.Region) bool {
	text, _ := o.value.(string)
	return text == hcl.Null || (region.Weekend.DestroyALBs && strings.HasPrefix(text, "${one("))
}

func (o output) block() map[string]any {
	block := map[string]any{"description": o.description, "value": o.value}
	if o.sensitive {
		block["sensitive"] = true
	}
	return block
}
