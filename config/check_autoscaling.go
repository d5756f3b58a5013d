package config

import "fmt"

// defaultCPUTarget leaves room for the load to grow while a new task starts.
const defaultCPUTarget = 60

func checkAutoscaling(c checker, region *Region) {
	if c.valid("service.autoscaling") && c.isSet("service.autoscaling.max") && !c.isSet("service.autoscaling.enabled") {
		c.warn("service.autoscaling", "has no effect, because autoscaling is off", "set enabled to true, or to false if that is intended")
	}
	if !region.Service.Autoscaling.Enabled || !c.valid("service.autoscaling") {
		return
	}
	checkTaskRange(c, region.Service)
	checkTargets(c, region)
}

// checkTaskRange also warns about a desired count outside the range, because autoscaling ignores it.
func checkTaskRange(c checker, service Service) {
	if !c.valid("service.autoscaling.min", "service.autoscaling.max") {
		return
	}
	tasks := service.TaskRange()
	if tasks.Min > tasks.Max {
		c.reject("service.autoscaling.min", fmt.Sprintf("%d is more than max, which is %d", tasks.Min, tasks.Max), "use a minimum that is not above the maximum")
		return
	}
	if c.valid("service.desired_count") && c.isSet("service.desired_count") && !tasks.Contains(service.DesiredCount) {
		c.warn("service.desired_count", fmt.Sprintf("%d has no effect, because autoscaling runs %s", service.DesiredCount, tasks.Describe()),
			"remove it, or set service.autoscaling.min and max")
	}
}

// checkTargets also sets the target of a region that has no other.
func checkTargets(c checker, region *Region) {
	targets := &region.Service.Autoscaling.Targets
	for _, key := range []string{"cpu", "memory", "requests"} {
		if !c.valid("service.autoscaling.targets." + key) {
			return
		}
	}
	if targets.Requests > 0 && c.valid("load_balancer.enabled") && !region.LoadBalancer.Enabled {
		c.warn("service.autoscaling.targets.requests", "has no effect, because the region has no load balancer to count requests", "enable load_balancer, or set another target")
		targets.Requests = 0
	}
	if *targets == (Targets{}) {
		targets.CPU = defaultCPUTarget
	}
}
