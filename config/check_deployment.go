package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/text"
)

// checkDeployment validates that a deployment can replace the tasks.
func checkDeployment(c checker, region *Region) {
	const minimum, maximum = "service.deployment.minimum_healthy_percent", "service.deployment.maximum_percent"
	deployment := region.Service.Deployment
	checkDeploymentAlarms(c, deployment.Alarms)
	// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
	if c.valid("service.availability_zone_rebalancing", maximum) && region.Service.AvailabilityZoneRebalancing && deployment.MaximumPercent == 100 {
		c.reject(maximum, "100 leaves no room for rebalancing, which starts a task before it stops another",
			"use more than 100, or set service.availability_zone_rebalancing: false")
		return
	}
	if !c.valid("service.desired_count", "service.autoscaling", minimum, maximum) {
		return
	}
	path := maximum
	if !c.isSet(maximum) {
		path = minimum
	}
	for tasks := max(1, region.Service.TaskRange().Min); tasks <= region.Service.TaskRange().Max; tasks++ {
		least, most := deployment.RunningDuringDeployment(tasks)
		if least < tasks || most > tasks {
			continue
		}
		c.reject(path,
			fmt.Sprintf("a deployment of %s could never end: ECS may start no task, because it rounds %d percent down to %d, and stop none, because it rounds %d percent up to %d",
				text.Count(tasks, "task"), deployment.MaximumPercent, most, deployment.MinimumHealthyPercent, least),
			fmt.Sprintf("use a maximum_percent of at least %d, or a minimum_healthy_percent of at most %d", (100*(tasks+1)+tasks-1)/tasks, 100*(tasks-1)/tasks))
		return
	}
}

func checkDeploymentAlarms(c checker, alarms DeploymentAlarms) {
	const path = "service.deployment.alarms"
	if c.valid(path+".names") && c.isSet(path+".names") && len(alarms.Names) == 0 {
		c.reject(path+".names", "is empty, but ECS keeps the alarms that it has until enabled is false", "set enabled: false and keep the names, or remove alarms if the service has never had any")
	}
	if c.valid(path) && !alarms.Enabled && len(alarms.Names) == 0 {
		c.warn(path+".enabled", "has no effect without names: the service keeps the alarms that it has in AWS", "add the names of these alarms, or remove enabled")
	}
	for i, name := range alarms.Names {
		at := fmt.Sprintf("%s.names[%d]", path, i)
		switch {
		case !c.valid(at):
		case strings.HasPrefix(name, "arn:"):
			c.reject(at, "is an ARN", "use the alarm's name: "+name[strings.LastIndex(name, ":")+1:])
		case slices.Index(alarms.Names, name) < i:
			c.reject(at, fmt.Sprintf("%q is listed twice", truncate(name)), "remove one of them")
		}
	}
}
