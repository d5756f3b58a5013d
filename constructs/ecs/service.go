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

// Service describes the ECS service.
type Service struct {
	Name            string
	SubnetIDs       []string
	SecurityGroupID string
	// DesiredCount is an HCL expression.
	DesiredCount string
	// Wait is an HCL expression, true where an apply waits until the tasks are steady.
	Wait string
	// Scheduled is whether a scalable target owns the desired count once the service is there.
	Scheduled bool
	// Target is nil where there is no load balancer.
	Target *Target
	// RegistryARN is the Cloud Map service to register in, "" for none.
	RegistryARN string
	// DependsOn are the addresses of what has to be there before the service.
	DependsOn []string
}

// Target is the target group that the tasks register in.
type Target struct {
	GroupARN string
	// Attached is an HCL expression, true where the service is to register in the group.
	Attached string
	// HealthCheckGracePeriod is in seconds.
	HealthCheckGracePeriod int
}

func newService(scope constructs.Construct, cfg Config, clusterID, taskDefinitionARN string) ecsservice.EcsService {
	service := ecsservice.NewEcsService(scope, new("service"), &ecsservice.EcsServiceConfig{
		Name:           &cfg.Service.Name,
		Cluster:        &clusterID,
		TaskDefinition: &taskDefinitionARN,
		LaunchType:     new("FARGATE"),
		NetworkConfiguration: &ecsservice.EcsServiceNetworkConfiguration{
			Subnets:        pointer.Strings(cfg.Service.SubnetIDs...),
			SecurityGroups: pointer.Strings(cfg.Service.SecurityGroupID),
			// There is no NAT gateway: a task without a public address could not pull its image.
			AssignPublicIp: true,
		},
		DeploymentMinimumHealthyPercent: new(100.0),
		DeploymentMaximumPercent:        new(200.0),
		DeploymentCircuitBreaker:        &ecsservice.EcsServiceDeploymentCircuitBreaker{Enable: true, Rollback: true},
		// Tasks carry the service's tags, so that their cost can be told by project.
		PropagateTags: new("SERVICE"),
		Tags:          pointer.NameTag(cfg.Service.Name),
	})
	service.OverrideLogicalId(new("main"))
	service.AddOverride(new("desired_count"), hcl.Expression(cfg.Service.DesiredCount))
	service.AddOverride(new("wait_for_steady_state"), hcl.Expression(cfg.Service.Wait))
	service.AddOverride(new("depends_on"), cfg.Service.DependsOn)
	if cfg.Service.Scheduled {
		service.AddOverride(new("lifecycle.ignore_changes"), []string{"desired_count"})
	}
	if cfg.Service.RegistryARN != "" {
		service.PutServiceRegistries(&ecsservice.EcsServiceServiceRegistries{RegistryArn: &cfg.Service.RegistryARN})
	}
	if target := cfg.Service.Target; target != nil {
		attach(service, *target, cfg.Task.Container)
	}
	verify(scope, cfg.Service, service)
	return service
}

// verify fails an apply that has waited for tasks which ECS then rolled back: Terraform's own waiting
// ends well once the old tasks are steady again. A plan reads the service only where it changes nothing
// of it, so what is rolled back is planned again and not an error.
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

// attach registers the tasks in the target group wherever the load balancer is to be there.
func attach(service ecsservice.EcsService, target Target, container Container) {
	// ECS refuses a grace period where there is no load balancer.
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
