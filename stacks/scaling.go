package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/autoscaling"
	"github.com/cdtait/mcpfleet/constructs/scalabletarget"
	"github.com/cdtait/mcpfleet/constructs/weekend"
)

// taskRange is the range of the number of tasks while the region is awake, as HCL expressions.
type taskRange struct{ min, max string }

func tasksOf(region config.Region) taskRange {
	if region.Service.Autoscaling.Enabled {
		return taskRange{"var.min_count", "var.max_count"}
	}
	return taskRange{"var.desired_count", "var.desired_count"}
}

// whileAwake returns an HCL expression for a number of tasks: 0 while the region is asleep.
func whileAwake(tasks string) string { return "local.awake ? " + tasks + " : 0" }

// addScaling adds what changes the number of tasks between two applies: the schedule and autoscaling. Both act on
// the same scalable target.
func (r *resources) addScaling(stack cdktf.TerraformStack, region config.Region) {
	r.scalableTarget = scalabletarget.New(stack, "scalable_target", scalableTargetConfig(region, *r))
	if region.Weekend.Enabled {
		weekend.New(stack, "weekend", weekendConfig(region, *r))
	}
	if region.Service.Autoscaling.Enabled {
		autoscaling.New(stack, "autoscaling", autoscalingConfig(region, *r))
	}
}

func scalableTargetConfig(region config.Region, r resources) scalabletarget.Config {
	tasks := tasksOf(region)
	cfg := scalabletarget.Config{
		Name:        region.Names.Autoscaling(),
		ClusterName: r.ecs.ClusterName,
		ServiceName: r.ecs.ServiceName,
		MinCapacity: whileAwake(tasks.min),
		MaxCapacity: whileAwake(tasks.max),
	}
	if region.Weekend.Enabled {
		cfg.Name = region.Names.Weekend()
	}
	return cfg
}

func autoscalingConfig(region config.Region, r resources) autoscaling.Config {
	cfg := autoscaling.Config{
		Target:           autoscaling.Target(r.scalableTarget.Target),
		ScaleOutCooldown: region.Service.Autoscaling.ScaleOutCooldown,
		ScaleInCooldown:  region.Service.Autoscaling.ScaleInCooldown,
	}
	for _, target := range region.Service.Autoscaling.Targets.All() {
		policy := autoscaling.Policy{ID: target.Name, Name: region.Names.ScalingPolicy(target.Name), Metric: target.Metric, Value: target.Value}
		if target.Metric == config.RequestCountMetric {
			// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
			label := r.loadBalancer.Suffix + "/" + r.loadBalancer.TargetGroupSuffix
			policy.LoadBalancer = &autoscaling.LoadBalancer{Count: loadBalancerCount, ResourceLabel: label}
		}
		cfg.Policies = append(cfg.Policies, policy)
	}
	return cfg
}
