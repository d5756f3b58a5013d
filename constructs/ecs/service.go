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
	Name            string
	SubnetIDs       []string
	SecurityGroupID string
	// DesiredCount is an HCL expression.
	DesiredCount string
	// Wait is an HCL expression: whether an apply waits until the service is stable.
	Wait string
	// Rebalanced reports whether ECS moves tasks between zones when they are unevenly distributed.
	Rebalanced bool
	Capacity   Capacity
	// Scaled reports whether a scalable target owns the desired count after the service is created.
	Scaled bool
	// Target is nil without a load balancer.
	Target *Target
	// RegistryARN is the Cloud Map service to register tasks in; optional.
	RegistryARN string
	// DependsOn are the addresses of resources to create before the service.
	DependsOn []string
}

// Target is the target group to register tasks in.
type Target struct {
	GroupARN string
	// Attached is an HCL expression: whether to attach the service to the target group.
	Attached string
	// HealthCheckGracePeriod is in seconds.
	HealthCheckGracePeriod int
}

func newService(scope constructs.Construct, cfg Config, clusterID, taskDefinitionARN string) ecsservice.EcsService {
	service := ecsservice.NewEcsService(scope, new("service"), &ecsservice.EcsServiceConfig{
		Name:           &cfg.Service.Name,
		Cluster:        &clusterID,
		TaskDefinition: &taskDefinitionARN,
		NetworkConfiguration: &ecsservice.EcsServiceNetworkConfiguration{
			Subnets:        pointer.Strings(cfg.Service.SubnetIDs...),
			SecurityGroups: pointer.Strings(cfg.Service.SecurityGroupID),
			// There is no NAT gateway, so a task without a public IP could not pull its image.
			AssignPublicIp: true,
		},
		DeploymentMinimumHealthyPercent: new(100.0),
		// Rebalancing needs more than 100, because it starts a task before it stops another.
		// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
		DeploymentMaximumPercent:    new(200.0),
		AvailabilityZoneRebalancing: new(rebalancing(cfg.Service)),
		DeploymentCircuitBreaker:    &ecsservice.EcsServiceDeploymentCircuitBreaker{Enable: true, Rollback: true},
		// Tagged tasks show up per project in cost reports.
		PropagateTags: new("SERVICE"),
		Tags:          pointer.NameTag(cfg.Service.Name),
	})
	service.OverrideLogicalId(new("main"))
	service.AddOverride(new("desired_count"), hcl.Expression(cfg.Service.DesiredCount))
	service.AddOverride(new("wait_for_steady_state"), hcl.Expression(cfg.Service.Wait))
	service.AddOverride(new("depends_on"), cfg.Service.DependsOn)
	setCapacity(service, cfg.Service.Capacity)
	ignored := []string{"launch_type", "capacity_provider_strategy"}
	if cfg.Service.Scaled {
		ignored = append(ignored, "desired_count")
	}
	service.AddOverride(new("lifecycle.ignore_changes"), ignored)
	if cfg.Service.RegistryARN != "" {
		service.PutServiceRegistries(&ecsservice.EcsServiceServiceRegistries{RegistryArn: &cfg.Service.RegistryARN})
	}
	if target := cfg.Service.Target; target != nil {
		attach(service, *target, cfg.Task.Container)
	}
	verify(scope, cfg.Service, service)
	return service
}

func rebalancing(cfg Service) string {
	if cfg.Rebalanced {
		return "ENABLED"
	}
	return "DISABLED"
}

// verify fails an apply if ECS rolled the deployment back while Terraform waited: wait_for_steady_state
// succeeds once the old tasks are stable again. During a plan the data source is only read if the service
// does not change, so planning after a rollback is not an error.
// https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
func verify(scope constructs.Construct, cfg Service, service ecsservice.EcsService) {
	running := dataawsecsservice.NewDataAwsEcsService(scope, new("running"), &dataawsecsservice.DataAwsEcsServiceConfig{
		ServiceName: service.Name(),
		ClusterArn:  service.Cluster(),
		DependsOn:   &[]cdktf.ITerraformDependable{service},
	})
	running.OverrideLogicalId(new("main"))
	running.AddOverride(new("count"), hcl.Expression(cfg.Wait+" ? 1 : 0"))
	running.AddOverride(new("lifecycle.postcondition"), []any{map[string]any{
		"condition": hcl.Expression("self.task_definition == aws_ecs_task_definition.main.arn"),
		"error_message": "The new tasks did not become healthy and ECS rolled the service back to ${self.task_definition}. " +
			"mcpfleet doctor says why they failed; correct that, then apply again.",
	}})
}

// attach attaches the service to the target group while the load balancer exists.
func attach(service ecsservice.EcsService, target Target, container Container) {
	// ECS rejects a grace period without a load balancer.
	service.AddOverride(new("health_check_grace_period_seconds"), hcl.Expression(fmt.Sprintf("%s ? %d : null", target.Attached, target.HealthCheckGracePeriod)))
	service.AddOverride(new("dynamic.load_balancer"), map[string]any{
		"for_each": hcl.Expression(target.Attached + " ? [1] : []"),
		"content": map[string]any{
			"target_group_arn": target.GroupARN,
			"container_name":   container.Name,
			"container_port":   container.Port,
		},
	})
}
