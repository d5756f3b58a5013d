package alarms

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventtarget"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// deploymentFailed is the address of the rule and its target.
const deploymentFailed = "deployment_failed"

// deployments publishes when a deployment of the service fails. ECS reports that as an event, not as a metric.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
func (cfg Config) deployments(scope constructs.Construct) {
	rule := cloudwatcheventrule.NewCloudwatchEventRule(scope, new(deploymentFailed), &cloudwatcheventrule.CloudwatchEventRuleConfig{
		Name:        &cfg.DeploymentRule,
		Description: new(cfg.Region + ": a deployment of the service failed"),
		EventPattern: new(hcl.Document(map[string]any{
			"source":      []string{"aws.ecs"},
			"detail-type": []string{"ECS Deployment State Change"},
			"resources":   []hcl.Reference{hcl.Reference(cfg.ServiceARN)},
			"detail":      map[string]any{"eventName": []string{"SERVICE_DEPLOYMENT_FAILED"}},
		})),
		Tags: pointer.NameTag(cfg.DeploymentRule),
	})
	rule.OverrideLogicalId(new(deploymentFailed))
	target := cloudwatcheventtarget.NewCloudwatchEventTarget(scope, new(deploymentFailed+"_target"), &cloudwatcheventtarget.CloudwatchEventTargetConfig{
		Rule: new(hcl.Attribute("aws_cloudwatch_event_rule."+deploymentFailed, "name")),
		Arn:  &cfg.TopicARN,
		// Without an ID, a killed apply would leave another target, and the rule could not be deleted. Targets that already have
		// another one keep it.
		TargetId:  new(deploymentFailed),
		Lifecycle: &cdktf.TerraformResourceLifecycle{IgnoreChanges: pointer.Strings("target_id")},
		InputTransformer: &cloudwatcheventtarget.CloudwatchEventTargetInputTransformer{
			InputPaths: pointer.Map(map[string]string{"reason": "$.detail.reason", "service": "$.resources[0]"}),
			// A template of one string, in quotes: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
			InputTemplate: new(hcl.Document(cfg.Region + ": <reason> (<service>). ECS keeps or restores the tasks of the deployment before. Run: mcpfleet doctor")),
		},
	})
	target.OverrideLogicalId(new(deploymentFailed))
}
