package ecs

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsecsservice"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecsservice"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Service configures the ECS service.
type Service struct {
	Name      string
	SubnetIDs []string
	// PublicIP gives each task a public address.
	PublicIP        bool
	SecurityGroupID string
	// DesiredCount is an HCL expression.
	DesiredCount string
	Deployment   Deployment
	// Rebalanced reports whether ECS moves tasks between zones when they are unevenly distributed.
	Rebalanced bool
	// Exec reports whether commands can be run in the tasks with ECS Exec.
	Exec     bool
	Capacity Capacity
	// Scaled reports whether a scalable target owns the desired count after the service is created.
	Scaled bool
	// Target is nil without a load balancer.
	Target *Target
	// RegistryARN is the Cloud Map service to register tasks in; optional.
	RegistryARN string
	// DependsOn are the addresses of resources to create before the service.
	DependsOn []string
}

// Deployment configures deployments of the service.
type Deployment struct {
	// Wait is an HCL expression: whether an apply waits until the service is stable.
	Wait string
	// Force is an HCL expression: whether an apply starts a deployment even if nothing else changes.
	Force string
	// MinimumHealthyPercent and MaximumPercent are the least number of healthy tasks and the largest number of tasks
	// during a deployment, in percent of the desired count.
	MinimumHealthyPercent, MaximumPercent int
	// Alarms is nil to leave the service's alarms as they are in AWS.
	Alarms *Alarms
}

// Alarms are the CloudWatch alarms that fail a deployment.
type Alarms struct {
	Names []string
	// Enabled is an HCL expression: whether ECS watches them.
	Enabled string
	// Rollback is an HCL expression: whether ECS then rolls the deployment back.
	Rollback string
}

// Target is the target group to register tasks in.
type Target struct {
	GroupARN string
	// ContainerName and ContainerPort are those of the container that the load balancer connects to.
	ContainerName string
	ContainerPort int
	// Attached is an HCL expression: whether to attach the service to the target group.
	Attached string
	// HealthCheckGracePeriod is in seconds.
	HealthCheckGracePeriod int
}

func newService(scope constructs.Construct, cfg Service) {
	config := &ecsservice.EcsServiceConfig{
		Name:           &cfg.Name,
		Cluster:        &clusterID,
		TaskDefinition: &taskDefinitionARN,
		NetworkConfiguration: &ecsservice.EcsServiceNetworkConfiguration{
			Subnets:        pointer.Strings(cfg.SubnetIDs...),
			SecurityGroups: pointer.Strings(cfg.SecurityGroupID),
			AssignPublicIp: cfg.PublicIP,
		},
		DeploymentMinimumHealthyPercent: new(float64(cfg.Deployment.MinimumHealthyPercent)),
		DeploymentMaximumPercent:        new(float64(cfg.Deployment.MaximumPercent)),
		AvailabilityZoneRebalancing:     new(rebalancing(cfg)),
		DeploymentCircuitBreaker:        &ecsservice.EcsServiceDeploymentCircuitBreaker{Enable: true, Rollback: true},
		// Tagged tasks show up per project in cost reports.
		PropagateTags: new("SERVICE"),
		Tags:          pointer.NameTag(cfg.Name),
	}
	if cfg.Exec {
		config.EnableExecuteCommand = true
	}
	if cfg.RegistryARN != "" {
		config.ServiceRegistries = &ecsservice.EcsServiceServiceRegistries{RegistryArn: &cfg.RegistryARN}
	}
	cfg.Capacity.set(config)
	created := ecsservice.NewEcsService(scope, new("service"), config)
	created.OverrideLogicalId(new("main"))
	stack := cdktf.TerraformStack_Of(scope)
	stack.AddOverride(new("resource."+service), overrides(cfg))
	stack.AddOverride(new("check.capacity"), cfg.Capacity.check())
	verify(scope, cfg, created)
}

// overrides are the arguments that the bindings do not accept as expressions.
func overrides(cfg Service) map[string]any {
	ignored := []string{"launch_type", "capacity_provider_strategy"}
	if cfg.Scaled {
		ignored = append(ignored, "desired_count")
	}
	arguments := map[string]any{
		"desired_count":         hcl.Expression(cfg.DesiredCount),
		"wait_for_steady_state": hcl.Expression(cfg.Deployment.Wait),
		"depends_on":            cfg.DependsOn,
		"lifecycle":             map[string]any{"ignore_changes": ignored},
	}
	force(arguments, cfg.Deployment.Force)
	if alarms := cfg.Deployment.Alarms; alarms != nil {
		arguments["alarms"] = watch(*alarms)
	}
	if cfg.Target != nil {
		attach(arguments, *cfg.Target)
	}
	return arguments
}

func rebalancing(cfg Service) string {
	if cfg.Rebalanced {
		return "ENABLED"
	}
	return "DISABLED"
}

// force starts a deployment if the expression is true. The provider forces one only as part of an update, so each such
// apply changes the triggers. Without the expression the triggers keep their values, because the provider computes
// them.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service#redeploy-service-on-every-apply
func force(arguments map[string]any, expression string) {
	arguments["force_new_deployment"] = hcl.Expression(expression + " ? true : null")
	arguments["triggers"] = hcl.Expression(expression + " ? { forced = plantimestamp() } : null")
}

// watch returns the alarms that fail a deployment. The provider ignores that a block is missing, and it cannot send an empty
// list, so a service stops watching alarms only by a block that names some.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
func watch(alarms Alarms) map[string]any {
	names := []string{}
	for _, name := range alarms.Names {
		names = append(names, hcl.Literal(name).Template())
	}
	return map[string]any{
		"alarm_names": names, "enable": hcl.Expression(alarms.Enabled), "rollback": hcl.Expression(alarms.Rollback),
	}
}

// verify fails an apply if ECS rolled the deployment back while Terraform waited: wait_for_steady_state
// succeeds once the old tasks are stable again. During a plan the data source is only read if the service
// does not change, so planning after a rollback is not an error.
// https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
func verify(scope constructs.Construct, cfg Service, created ecsservice.EcsService) {
	running := dataawsecsservice.NewDataAwsEcsService(scope, new("running"), &dataawsecsservice.DataAwsEcsServiceConfig{
		ServiceName: new(hcl.Attribute(service, "name")),
		ClusterArn:  new(hcl.Attribute(service, "cluster")),
		DependsOn:   &[]cdktf.ITerraformDependable{created},
	})
	running.OverrideLogicalId(new("main"))
	running.AddOverride(new("count"), hcl.Expression(cfg.Deployment.Wait+" ? 1 : 0"))
	running.AddOverride(new("lifecycle.postcondition"), []any{hcl.Condition("self.task_definition == aws_ecs_task_definition.main.arn",
		"The new tasks did not become healthy and ECS rolled the service back to ${self.task_definition}. "+
			"mcpfleet doctor says why they failed; correct that, then apply again.",
	)})
}

// attach attaches the service to the target group while the load balancer exists.
func attach(arguments map[string]any, target Target) {
	// ECS rejects a grace period without a load balancer.
	arguments["health_check_grace_period_seconds"] = hcl.Expression(fmt.Sprintf("%s ? %d : null", target.Attached, target.HealthCheckGracePeriod))
	arguments["dynamic"] = map[string]any{"load_balancer": map[string]any{
		"for_each": hcl.Expression(target.Attached + " ? [1] : []"),
		"content": map[string]any{
			"target_group_arn": target.GroupARN,
			"container_name":   target.ContainerName,
			"container_port":   target.ContainerPort,
		},
	}}
}
