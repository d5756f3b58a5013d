package stacks

import (
	"strconv"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/ecs"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// deploymentInfo returns the deployment_info output. It must not depend on the time: an output that did would
// show up as a change in every plan.
func deploymentInfo(fleet *config.Fleet, region config.Region) map[string]any {
	info := map[string]any{
		"project":         fleet.Project,
		"environment":     fleet.Environment,
		"region":          region.Name,
		"stack":           region.Names.Stack(),
		"container_image": "${var.container_image}",
		"container_port":  region.Container.Port,
		"cpu":             "${var.cpu}",
		"memory":          "${var.memory}",
	}
	if region.Service.Autoscaling.Enabled {
		info["min_count"], info["max_count"] = "${var.min_count}", "${var.max_count}"
	} else {
		info["desired_count"] = "${var.desired_count}"
	}
	return info
}

// weekendSchedule returns the weekend_schedule output. It has no time of the next change, because outputs
// must not depend on the time.
func weekendSchedule(region config.Region) any {
	if !region.Weekend.Enabled {
		return hcl.Null
	}
	return map[string]any{
		"mode":         region.Weekend.Mode(),
		"active":       region.Weekend.Active,
		"days":         region.Weekend.Days,
		"start_hour":   region.Weekend.StartHour,
		"end_hour":     region.Weekend.EndHour,
		"timezone":     region.Weekend.Timezone,
		"lead_minutes": region.Weekend.LeadMinutes,
	}
}

func deploymentConfig(region config.Region) ecs.Deployment {
	deployment := region.Service.Deployment
	cfg := ecs.Deployment{
		Wait:                  deploymentWait,
		Force:                 deploymentForce,
		MinimumHealthyPercent: deployment.MinimumHealthyPercent,
		MaximumPercent:        deployment.MaximumPercent,
	}
	if len(deployment.Alarms.Names) > 0 {
		cfg.Alarms = &ecs.Alarms{
			Names:    deployment.Alarms.Names,
			Enabled:  watched(region, deployment.Alarms.Enabled),
			Rollback: watched(region, deployment.Alarms.Enabled && deployment.Alarms.Rollback),
		}
	}
	return cfg
}

// watched returns an HCL expression for a setting of the alarms. In destroy mode it is false while the region is asleep:
// detaching the load balancer is a deployment, too, and alarms that go off because the region falls asleep would roll
// it back.
func watched(region config.Region, setting bool) string {
	if setting && region.Rules().Overridable {
		return loadBalancerPresent
	}
	return strconv.FormatBool(setting)
}
