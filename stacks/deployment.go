package stacks

import (
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// deploymentInfo sums up a stack for people and scripts that look at its outputs. It says nothing
// that changes with the time of day: an output that did would make every plan differ from the last.
func deploymentInfo(fleet *config.Fleet, region config.Region) map[string]any {
	return map[string]any{
		"project":         fleet.Project,
		"environment":     fleet.Environment,
		"region":          region.Name,
		"stack":           region.Names.Stack(),
		"container_image": "${var.container_image}",
		"container_port":  region.Container.Port,
		"cpu":             "${var.cpu}",
		"memory":          "${var.memory}",
		"desired_count":   "${var.desired_count}",
	}
}

// weekendSchedule says when a region is awake. The next change is not in it: it would never be the
// same for long.
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
