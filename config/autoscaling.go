package config

import (
	"slices"
	"strconv"

	"github.com/cdtait/mcpfleet/internal/text"
)

// Autoscaling adds tasks when one of the targets is exceeded, and removes tasks when all of them allow it.
type Autoscaling struct {
	Enabled bool    `yaml:"enabled" default:"false" example:"true" doc:"Whether AWS adjusts the number of tasks to the load. In weekend mode it does so while the region is awake."`
	Min     int     `yaml:"min" default:"2" min:"1" max:"5000" unit:"tasks" example:"2" doc:"Minimum number of tasks while the region is awake."`
	Max     int     `yaml:"max" default:"10" min:"1" max:"5000" unit:"tasks" example:"10" doc:"Maximum number of tasks."`
	Targets Targets `yaml:"targets" doc:"Averages that autoscaling keeps. With several, the one that needs the most tasks counts."`
	// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
	ScaleOutCooldown int `yaml:"scale_out_cooldown" default:"300" min:"0" max:"86400" unit:"seconds" example:"60" doc:"How long after adding tasks AWS waits before it counts them as capacity and adds more."`
	ScaleInCooldown  int `yaml:"scale_in_cooldown" default:"300" min:"0" max:"86400" unit:"seconds" example:"600" doc:"How long after removing tasks AWS waits before it removes more."`
}

// Targets are the averages that autoscaling keeps. A target of 0 is not set.
//
// Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html and
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
type Targets struct {
	CPU      int `yaml:"cpu" default:"0" min:"0" max:"100" unit:"percent" example:"60" doc:"Average CPU utilization of the tasks. 0 is no target; if all three are 0, it is 60."`
	Memory   int `yaml:"memory" default:"0" min:"0" max:"100" unit:"percent" example:"75" doc:"Average memory utilization of the tasks; 0 is no target. It suits servers whose memory follows the load; many never give memory back."`
	Requests int `yaml:"requests" default:"0" min:"0" max:"1000000" unit:"requests per minute" example:"600" doc:"Average number of requests that the load balancer sends to each task in a minute; 0 is no target."`
}

// RequestCountMetric is the predefined metric of Targets.Requests. It needs a load balancer.
const RequestCountMetric = "ALBRequestCountPerTarget"

// Target is one of the targets.
type Target struct {
	// Name is the target's key in the fleet file.
	Name string
	// Metric is the predefined metric of Application Auto Scaling.
	Metric string
	Value  int
}

// All returns the targets that are set.
func (t Targets) All() []Target {
	all := []Target{
		{"cpu", "ECSServiceAverageCPUUtilization", t.CPU},
		{"memory", "ECSServiceAverageMemoryUtilization", t.Memory},
		{"requests", RequestCountMetric, t.Requests},
	}
	return slices.DeleteFunc(all, func(target Target) bool { return target.Value == 0 })
}

// PresentTargets returns the targets whose scaling policies exist: that of the requests exists only while the load
// balancer does, and none without autoscaling.
func (a Autoscaling) PresentTargets(loadBalancer bool) []Target {
	if !a.Enabled {
		return nil
	}
	return slices.DeleteFunc(a.Targets.All(), func(target Target) bool { return target.Metric == RequestCountMetric && !loadBalancer })
}

// TaskRange is the range of the number of a region's tasks. Without autoscaling, Min and Max are equal.
type TaskRange struct{ Min, Max int }

// TaskRange returns the range of the number of tasks while the region is awake.
func (s Service) TaskRange() TaskRange {
	if s.Autoscaling.Enabled {
		return TaskRange{s.Autoscaling.Min, s.Autoscaling.Max}
	}
	return TaskRange{s.DesiredCount, s.DesiredCount}
}

// Scaled reports whether a scalable target owns the number of tasks, instead of Terraform.
func (r Region) Scaled() bool { return r.Weekend.Enabled || r.Service.Autoscaling.Enabled }

// Clamp returns the number in the range that is nearest to count.
func (r TaskRange) Clamp(count int) int { return min(max(count, r.Min), r.Max) }

// Contains reports whether count is in the range.
func (r TaskRange) Contains(count int) bool { return r.Clamp(count) == count }

// String returns the numbers alone, such as "2" or "2 to 10".
func (r TaskRange) String() string {
	if r.Min == r.Max {
		return strconv.Itoa(r.Min)
	}
	return strconv.Itoa(r.Min) + " to " + strconv.Itoa(r.Max)
}

// Describe returns the range with its unit, such as "1 task" or "2 to 10 tasks".
func (r TaskRange) Describe() string {
	if r.Min == r.Max {
		return text.Count(r.Min, "task")
	}
	return r.String() + " tasks"
}
