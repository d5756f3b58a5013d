// Package weekend lets AWS wake the tasks of a region and put them to sleep by itself: a scalable
// target that owns the service's desired count, and scheduled actions at the window's edges.
//
// The target's bounds are what the schedule has set at the time of a plan, so that an apply at any
// hour agrees with it.
// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
package weekend

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingscheduledaction"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingtarget"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config describes the schedule of a service.
type Config struct {
	Name        string
	ClusterName string
	ServiceName string
	// Capacity is an HCL expression: how many tasks run at the time of a plan.
	Capacity string
	Timezone string
	Actions  []Action
}

// Action describes one scheduled action.
type Action struct {
	// ID ends the action's address: up for aws_appautoscaling_scheduled_action.up.
	ID   string
	Name string
	// Cron is the expression of AWS, in the schedule's time zone.
	Cron string
	// Count is an HCL expression, 1 where the action is to exist and 0 where it is not.
	Count string
	// Capacity is an HCL expression: how many tasks run from then on.
	Capacity string
}

// New makes the schedule.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	target := appautoscalingtarget.NewAppautoscalingTarget(scope, new("target"), &appautoscalingtarget.AppautoscalingTargetConfig{
		ServiceNamespace:  new("ecs"),
		ScalableDimension: new("ecs:service:DesiredCount"),
		ResourceId:        new("service/" + cfg.ClusterName + "/" + cfg.ServiceName),
		// Overridden below: the bindings take numbers only.
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
