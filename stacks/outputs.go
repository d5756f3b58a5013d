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

// newOutputs declares the stack's outputs. Scripts rely on every name: what is not there is null.
func newOutputs(stack cdktf.TerraformStack, fleet *config.Fleet, region config.Region, r resources) {
	discoveryName, secretARN := hcl.Null, hcl.Null
	if r.discovery != nil {
		discoveryName = r.discovery.DNSName
	}
	if r.secret != nil {
		secretARN = r.secret.ARN
	}
	outputs := []output{
		{name: "region", description: "AWS region of the stack.", value: region.Name},
		{name: "vpc_id", description: "Id of the VPC.", value: r.network.VPCID},
		{name: "vpc_cidr_block", description: "IPv4 block of the VPC.", value: r.network.CIDRBlock},
		{name: "public_subnet_ids", description: "Ids of the public subnets, in the order of their zones.", value: r.network.SubnetIDs},
		{name: "ecs_cluster_id", description: "ARN of the ECS cluster.", value: r.ecs.ClusterID},
		{name: "ecs_cluster_name", description: "Name of the ECS cluster.", value: r.ecs.ClusterName},
		{name: "ecs_service_id", description: "ARN of the ECS service.", value: r.ecs.ServiceID},
		{name: "ecs_service_name", description: "Name of the ECS service.", value: r.ecs.ServiceName},
		{name: "ecs_task_definition_arn", description: "ARN of the task definition's revision.", value: r.ecs.TaskDefinitionARN},
		{name: "ecs_security_group_id", description: "Id of the tasks' security group.", value: r.security.TasksID},
		{name: "cloudwatch_log_group_name", description: "Name of the tasks' log group.", value: r.logs.Name},
		{name: "service_discovery_dns_name", description: "Name of the tasks within the VPC.", value: discoveryName},
		{name: "secret_arn", description: "ARN of the JSON secret.", value: secretARN, sensitive: true},
		{name: "deployment_info", description: "What this stack deploys.", value: deploymentInfo(fleet, region)},
		{name: "weekend_schedule", description: "When the region is awake; null where it always is.", value: weekendSchedule(region)},
		{name: "weekend_mode_cost_analysis", description: "Estimated cost in US dollars with and without weekend mode.", value: weekendModeCostAnalysis(fleet, region)},
	}
	outputs = append(outputs, loadBalancerOutputs(r)...)
	outputs = append(outputs, dnsOutputs(r)...)
	for _, each := range outputs {
		if each.mayBeNull(region) {
			each.override(stack)
		} else {
			each.declare(stack)
		}
	}
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
		{name: "load_balancer_zone_id", description: "Hosted zone of the load balancer's name, for alias records.", value: zone},
		{name: "target_group_arn", description: "ARN of the target group.", value: group},
		{name: "alb_security_group_id", description: "Id of the load balancer's security group.", value: securityGroup},
		{name: "application_url", description: "Where the load balancer answers.", value: address},
	}
}

func dnsOutputs(r resources) []output {
	zone, address := hcl.Null, hcl.Null
	if r.dns != nil {
		zone, address = r.dns.ZoneID, r.dns.URL
	}
	return []output{
		{name: "route53_zone_id", description: "Id of the hosted zone.", value: zone},
		{name: "custom_domain_url", description: "Where the fleet answers under its own name.", value: address},
	}
}

// mayBeNull is whether the output is null, or will be whenever the load balancer is destroyed.
func (o output) mayBeNull(region config.Region) bool {
	text, _ := o.value.(string)
	return text == hcl.Null || (region.Weekend.DestroyALBs && strings.HasPrefix(text, "${one("))
}

func (o output) declare(stack cdktf.TerraformStack) {
	cfg := &cdktf.TerraformOutputConfig{Description: &o.description, Value: o.value}
	if o.sensitive {
		cfg.Sensitive = new(true)
	}
	cdktf.NewTerraformOutput(stack, &o.name, cfg).OverrideLogicalId(&o.name)
}

// override declares the output to Terraform but not to the CDKTF CLI, which ends a deploy with an
// error when an output that it knows is null: Terraform does not keep those.
func (o output) override(stack cdktf.TerraformStack) {
	block := map[string]any{"description": o.description, "value": o.value}
	if o.sensitive {
		block["sensitive"] = true
	}
	stack.AddOverride(new("output."+o.name), block)
}
