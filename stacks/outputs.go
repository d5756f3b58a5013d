package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// newOutputs declares the stack's outputs. Scripts rely on every name: what is not there is null.
func newOutputs(stack cdktf.TerraformStack, fleet *config.Fleet, region config.Region, r resources) {
	newOutput(stack, "region", "AWS region of the stack.", region.Name)
	newOutput(stack, "vpc_id", "Id of the VPC.", r.network.VPCID)
	newOutput(stack, "vpc_cidr_block", "IPv4 block of the VPC.", r.network.CIDRBlock)
	newOutput(stack, "public_subnet_ids", "Ids of the public subnets, in the order of their zones.", r.network.SubnetIDs)
	newLoadBalancerOutputs(stack, r)
	newDNSOutputs(stack, r)
	newOutput(stack, "ecs_cluster_id", "ARN of the ECS cluster.", r.ecs.ClusterID)
	newOutput(stack, "ecs_cluster_name", "Name of the ECS cluster.", r.ecs.ClusterName)
	newOutput(stack, "ecs_service_id", "ARN of the ECS service.", r.ecs.ServiceID)
	newOutput(stack, "ecs_service_name", "Name of the ECS service.", r.ecs.ServiceName)
	newOutput(stack, "ecs_task_definition_arn", "ARN of the task definition's revision.", r.ecs.TaskDefinitionARN)
	newOutput(stack, "ecs_security_group_id", "Id of the tasks' security group.", r.security.TasksID)
	newOutput(stack, "cloudwatch_log_group_name", "Name of the tasks' log group.", r.logs.Name)
	discoveryName := hcl.Null
	if r.discovery != nil {
		discoveryName = r.discovery.DNSName
	}
	newOutput(stack, "service_discovery_dns_name", "Name of the tasks within the VPC.", discoveryName)
	secretARN := hcl.Null
	if r.secret != nil {
		secretARN = r.secret.ARN
	}
	newOutput(stack, "secret_arn", "ARN of the JSON secret.", secretARN).SetSensitive(new(true))
	newOutput(stack, "deployment_info", "What this stack deploys.", deploymentInfo(fleet, region))
	newOutput(stack, "weekend_mode_cost_analysis", "Estimated monthly cost with and without weekend mode.", hcl.Null)
}

func newLoadBalancerOutputs(stack cdktf.TerraformStack, r resources) {
	arn, name, zone, group, securityGroup, address := hcl.Null, hcl.Null, hcl.Null, hcl.Null, hcl.Null, hcl.Null
	if lb := r.loadBalancer; lb != nil {
		arn, name, zone, group, securityGroup = lb.ARN, lb.DNSName, lb.ZoneID, lb.TargetGroupARN, r.security.LoadBalancerID
		address = lb.URL
	}
	newOutput(stack, "load_balancer_arn", "ARN of the load balancer.", arn)
	newOutput(stack, "load_balancer_dns_name", "DNS name of the load balancer.", name)
	newOutput(stack, "load_balancer_zone_id", "Hosted zone of the load balancer's name, for alias records.", zone)
	newOutput(stack, "target_group_arn", "ARN of the target group.", group)
	newOutput(stack, "alb_security_group_id", "Id of the load balancer's security group.", securityGroup)
	newOutput(stack, "application_url", "Where the load balancer answers.", address)
}

func newDNSOutputs(stack cdktf.TerraformStack, r resources) {
	zone, address := hcl.Null, hcl.Null
	if r.dns != nil {
		zone, address = r.dns.ZoneID, r.dns.URL
	}
	newOutput(stack, "route53_zone_id", "Id of the hosted zone.", zone)
	newOutput(stack, "custom_domain_url", "Where the fleet answers under its own name.", address)
}

func newOutput(stack cdktf.TerraformStack, name, description string, value any) cdktf.TerraformOutput {
	output := cdktf.NewTerraformOutput(stack, &name, &cdktf.TerraformOutputConfig{Description: &description, Value: value})
	output.OverrideLogicalId(&name)
	return output
}
