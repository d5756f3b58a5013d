package stacks

import "github.com/cdtait/mcpfleet/config"

// deploymentInfo sums up a stack for people and scripts that look at its outputs.
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
		"desired_count":   "${" + desiredCount + "}",
	}
}
