package config

import "fmt"

func checkUsage(c checker, region *Region) {
	const path = "usage.wake_hours"
	if !c.valid(path, "weekend.wake_budget") || !region.WakesOnRequest() {
		return
	}
	if budget := region.Weekend.WakeBudget; region.Usage.WakeHours.Exceeds(budget) {
		c.reject(path, fmt.Sprintf("%s is more than weekend.wake_budget, which is %d", region.Usage.WakeHours, budget),
			fmt.Sprintf("use at most %d, or raise weekend.wake_budget", budget))
	}
}
