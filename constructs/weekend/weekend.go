// Package weekend creates the scalable target of a service and the scheduled actions that scale it when its
// window opens and closes.
//
// The minimum and maximum of the target are those of the schedule at the time of the plan, so an apply at any
// time agrees with the scheduled actions.
// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
package weekend

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingscheduledaction"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingtarget"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config configures the schedule of a service.
type Config struct {
	Name        string
	ClusterName string
	ServiceName string
	// Capacity is an HCL expression for the number of tasks at the time of the plan.
	Capacity string
	Timezone string
	Actions  []Action
}

// Action configures a scheduled action.
type Action struct {
	// ID is the name in the action's Terraform address: up in aws_appautoscaling_scheduled_action.up.
	ID   string
	Name string
	// Cron is an AWS cron expression in Config.Timezone.
	Cron string
	// Count is an HCL expression for the count of the action: 1 or 0.
	Count string
	// Capacity is an HCL expression for the number of tasks that the action sets.
	Capacity string
}

// New creates the scalable target and its actions.
func New(scope constructs.Construct, id string, cfg Config) {
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
	target.AddOverride(new("min_capacity"), hcl.Expression(cfg.Capacity))
	target.AddOverride(new("max_capacity"), hcl.Expression(cfg.Capacity))
	for _, each := range cfg.Actions {
		newAction(scope, target, cfg, each)
	}
}

func newAction(scope constructs.Construct, target appautoscalingtarget.AppautoscalingTarget, cfg Config, each Action) {
	action := appautoscalingscheduledaction.NewAppautoscalingScheduledAction(scope, new("action_"+each.ID), &appautoscalingscheduledaction.AppautoscalingScheduledActionConfig{
		Name:              &each.Name,
		ServiceNamespace:  target.ServiceNamespace(),
		ScalableDimension: target.ScalableDimension(),
		ResourceId:        target.ResourceId(),
		Schedule:          &each.Cron,
		Timezone:          &cfg.Timezone,
		ScalableTargetAction: &appautoscalingscheduledaction.AppautoscalingScheduledActionScalableTargetAction{
			MinCapacity: new(hcl.Expression(each.Capacity)),
			MaxCapacity: new(hcl.Expression(each.Capacity)),
		},
	})
	action.OverrideLogicalId(&each.ID)
	action.AddOverride(new("count"), hcl.Expression(each.Count))
}
