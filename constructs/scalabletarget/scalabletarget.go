// Package scalabletarget creates the scalable target of a service: the bounds that Application Auto Scaling keeps
// its number of tasks in. Scheduled actions change the bounds, and scaling policies the number.
//
// The bounds are those of the schedule at the time of the plan, so an apply at any time agrees with the scheduled
// actions.
// https://docs.aws.amazon.com/autoscaling/application/userguide/what-is-application-auto-scaling.html
package scalabletarget

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingtarget"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

const address = "aws_appautoscaling_target.main"

// Config configures the scalable target.
type Config struct {
	Name        string
	ClusterName string
	ServiceName string
	// MinCapacity and MaxCapacity are HCL expressions for the bounds at the time of the plan.
	MinCapacity string
	MaxCapacity string
}

// Target identifies the scalable target to actions and policies.
type Target struct {
	ServiceNamespace  string
	ScalableDimension string
	ResourceID        string
}

// ScalableTarget holds references to the scalable target.
type ScalableTarget struct {
	Target

	ARN string
}

// New creates the scalable target.
func New(scope constructs.Construct, id string, cfg Config) *ScalableTarget {
	scope = constructs.NewConstruct(scope, &id)
	target := appautoscalingtarget.NewAppautoscalingTarget(scope, new("target"), &appautoscalingtarget.AppautoscalingTargetConfig{
		ServiceNamespace:  new("ecs"),
		ScalableDimension: new("ecs:service:DesiredCount"),
		ResourceId:        new("service/" + cfg.ClusterName + "/" + cfg.ServiceName),
		// Overridden below, because the bindings only accept numbers.
		MinCapacity: new(0.0),
		MaxCapacity: new(0.0),
		Tags:        pointer.NameTag(cfg.Name),
	})
	target.OverrideLogicalId(new("main"))
	target.AddOverride(new("min_capacity"), hcl.Expression(cfg.MinCapacity))
	target.AddOverride(new("max_capacity"), hcl.Expression(cfg.MaxCapacity))
	return &ScalableTarget{
		Target: Target{
			ServiceNamespace:  hcl.Attribute(address, "service_namespace"),
			ScalableDimension: hcl.Attribute(address, "scalable_dimension"),
			ResourceID:        hcl.Attribute(address, "resource_id"),
		},
		ARN: hcl.Attribute(address, "arn"),
	}
}
