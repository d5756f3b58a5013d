package config

import "fmt"

// checkCapacity sets the type of capacity if the file does not, and reports settings without an effect.
func checkCapacity(c checker, region *Region) {
	capacity, tasks := &region.Service.Capacity, region.Service.TaskRange()
	mixed := []string{"service.capacity.base", "service.capacity.spot_weight"}
	if capacity.Type == "" {
		capacity.Type = FargateCapacity
		if c.isSet(mixed[0]) || c.isSet(mixed[1]) {
			capacity.Type = MixedCapacity
		}
	}
	if !c.valid("service.desired_count", "service.autoscaling.min", "service.autoscaling.max", "service.capacity.type", mixed[0], mixed[1]) {
		return
	}
	for _, key := range mixed {
		if c.changes(key) && capacity.Type != MixedCapacity {
			c.reject(key, "applies only to mixed capacity", "remove it, or remove type: "+capacity.Type)
		}
	}
	switch {
	case capacity.Type == SpotCapacity && tasks.Min == 1:
		c.warn("service.capacity", "the only task runs on Spot, so the region does not serve after AWS takes the task back until the next one runs",
			"run two tasks or more, or keep one on demand with capacity: {base: 1}")
	case capacity.Type == MixedCapacity && tasks.Max > 0 && capacity.OnSpot(tasks.Max) == 0:
		c.warn("service.capacity", fmt.Sprintf("with base: %d, %s may leave none for Spot", capacity.Base, tasks.Describe()),
			"run more tasks, lower base, or set capacity: fargate")
	}
}
