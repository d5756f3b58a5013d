// Package autoscaling creates the target tracking policies of a scalable target. AWS creates the CloudWatch alarms
// of each policy itself.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
package autoscaling

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/appautoscalingpolicy"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Config configures the policies of a scalable target.
type Config struct {
	Target   Target
	Policies []Policy
	// ScaleOutCooldown and ScaleInCooldown are in seconds.
	ScaleOutCooldown int
	ScaleInCooldown  int
}

// Target is the scalable target.
type Target struct {
	ServiceNamespace  string
	ScalableDimension string
	ResourceID        string
}

// Policy keeps the average of a metric at a value.
type Policy struct {
	// ID is the name in the policy's Terraform address: cpu in aws_appautoscaling_policy.cpu.
	ID   string
	Name string
	// Metric is a predefined metric, such as ECSServiceAverageCPUUtilization.
	Metric string
	Value  int
	// LoadBalancer is nil if the metric is not about a load balancer.
	LoadBalancer *LoadBalancer
}

// LoadBalancer is the load balancer of a policy that counts requests.
type LoadBalancer struct {
	// Count is an HCL expression for the count of the load balancer: 1 or 0.
	Count string
	// ResourceLabel names the load balancer and the target group to CloudWatch.
	ResourceLabel string
}

// New creates the policies.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	for _, each := range cfg.Policies {
		metric := &appautoscalingpolicy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification{
			PredefinedMetricType: &each.Metric,
		}
		if each.LoadBalancer != nil {
			metric.ResourceLabel = &each.LoadBalancer.ResourceLabel
		}
		policy := appautoscalingpolicy.NewAppautoscalingPolicy(scope, new("policy_"+each.ID), &appautoscalingpolicy.AppautoscalingPolicyConfig{
			Name:              &each.Name,
			PolicyType:        new("TargetTrackingScaling"),
			ServiceNamespace:  &cfg.Target.ServiceNamespace,
			ScalableDimension: &cfg.Target.ScalableDimension,
			ResourceId:        &cfg.Target.ResourceID,
			TargetTrackingScalingPolicyConfiguration: &appautoscalingpolicy.AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration{
				PredefinedMetricSpecification: metric,
				TargetValue:                   new(float64(each.Value)),
				ScaleOutCooldown:              new(float64(cfg.ScaleOutCooldown)),
				ScaleInCooldown:               new(float64(cfg.ScaleInCooldown)),
			},
		})
		policy.OverrideLogicalId(&each.ID)
		if each.LoadBalancer != nil {
			policy.AddOverride(new("count"), hcl.Expression(each.LoadBalancer.Count))
		}
	}
}
