// Package weekend creates the scheduled actions that change the bounds of a scalable target when its window opens
// and closes.
// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
package weekend

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingscheduledaction"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Config configures the schedule of a scalable target.
type Config struct {
	Target   Target
	Timezone string
	Actions  []Action
}

// Target is the scalable target.
type Target struct {
	ServiceNamespace  string
	ScalableDimension string
	ResourceID        string
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
	// MinCapacity and MaxCapacity are HCL expressions for the bounds that the action sets.
	MinCapacity string
	MaxCapacity string
}

// New creates the actions.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	for _, each := range cfg.Actions {
		action := appautoscalingscheduledaction.NewAppautoscalingScheduledAction(scope, new("action_"+each.ID), &appautoscalingscheduledaction.AppautoscalingScheduledActionConfig{
			Name:              &each.Name,
			ServiceNamespace:  &cfg.Target.ServiceNamespace,
			ScalableDimension: &cfg.Target.ScalableDimension,
			ResourceId:        &cfg.Target.ResourceID,
			Schedule:          &each.Cron,
			Timezone:          &cfg.Timezone,
			ScalableTargetAction: &appautoscalingscheduledaction.AppautoscalingScheduledActionScalableTargetAction{
				MinCapacity: new(hcl.Expression(each.MinCapacity)),
				MaxCapacity: new(hcl.Expression(each.MaxCapacity)),
			},
		})
		action.OverrideLogicalId(&each.ID)
		action.AddOverride(new("count"), hcl.Expression(each.Count))
	}
}
