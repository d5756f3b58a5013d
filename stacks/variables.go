package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/text"
)

// newVariables declares the settings that can be changed in an apply without a new synth. They have the same
// limits as in the fleet file.
func newVariables(stack cdktf.TerraformStack, region config.Region) {
	blocks := map[string]any{}
	for _, each := range variables(region) {
		blocks[each.name] = each.block()
	}
	stack.AddOverride(new("variable"), blocks)
}

// variable is a variable of a stack. It is never null.
type variable struct {
	name         string
	kind         string
	defaultValue any
	description  string
	rules        []rule
}

func variables(region config.Region) []variable {
	return slices.Concat(
		[]variable{
			{name: "container_image", kind: "string", defaultValue: region.Container.Image, description: "Container image of the tasks.",
				rules: imageRules(region.Settings)},
			{name: "cpu", kind: "number", defaultValue: region.Container.CPU, description: "CPU units of a task; 1024 is 1 vCPU.",
				rules: cpuRules(region.Container)},
			{name: "memory", kind: "number", defaultValue: region.Container.Memory,
				description: "Memory of a task in MiB. Fargate only supports certain sizes for each cpu.", rules: memoryRules(region.Container)},
		},
		countVariables(region.Service),
		[]variable{
			{name: "deployment_wait", kind: "bool", defaultValue: region.Service.Deployment.Wait,
				description: "Wait until the service is stable, and fail if ECS rolled back the deployment."},
			{name: "force_new_deployment", kind: "bool", defaultValue: false, description: "Replace the tasks even if nothing else changes."},
			{name: "weekend_state", kind: "string", defaultValue: "auto", description: "auto follows the schedule; up and down override it.",
				rules: []rule{{`contains(["auto", "up", "down"], var.weekend_state)`, "weekend_state has to be auto, up or down."}}},
		})
}

// countVariables are the number of tasks, or the bounds of autoscaling. Then desired_count, which would have no effect, is
// rejected.
func countVariables(service config.Service) []variable {
	if !service.Autoscaling.Enabled {
		return []variable{{name: "desired_count", kind: "number", defaultValue: service.DesiredCount,
			description: "Number of tasks while the region is awake.", rules: []rule{wholeNumber("desired_count", 0, config.MaxTasks)}}}
	}
	const none = -1
	tasks := service.TaskRange()
	return []variable{
		{name: "min_count", kind: "number", defaultValue: tasks.Min, description: "Minimum number of tasks while the region is awake.",
			rules: []rule{wholeNumber("min_count", 1, config.MaxTasks), {"var.min_count <= var.max_count", "min_count cannot be more than max_count."}}},
		{name: "max_count", kind: "number", defaultValue: tasks.Max, description: "Maximum number of tasks while the region is awake.",
			rules: []rule{wholeNumber("max_count", 1, config.MaxTasks)}},
		{name: "desired_count", kind: "number", defaultValue: none,
			description: "Not used: autoscaling owns the number of tasks. Set min_count and max_count instead.",
			rules: []rule{{fmt.Sprintf("var.desired_count == %d", none),
				"Autoscaling owns the number of tasks of this region; set min_count and max_count instead of desired_count."}}},
	}
}

// cpuRules are the validations of the CPU units of a task.
func cpuRules(container config.Container) []rule {
	sizes := text.Join(config.CPUSizes(), ", ")
	rules := []rule{{"contains([" + sizes + "], var.cpu)", "cpu has to be one of " + sizes + "."}}
	if shares, _ := container.Shares(); shares > 0 {
		rules = append(rules, moreThan("cpu", shares, "units of the sidecars"))
	}
	return rules
}

// memoryRules are the validations of the memory of a task. /tmp needs one only if some task of Fargate is too small.
func memoryRules(container config.Container) []rule {
	rules := []rule{{"contains(flatten([for cpu, sizes in {" + memorySizes() + "} : sizes if cpu == tostring(var.cpu)]), var.memory)",
		"Fargate has no task of this cpu with this memory: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"}}
	if smallest := config.MemorySizes(config.CPUSizes()[0])[0]; container.TmpSizes() >= smallest {
		rules = append(rules, moreThan("memory", container.TmpSizes(), "MiB of container.tmp_size"))
	}
	if _, shares := container.Shares(); shares > 0 {
		rules = append(rules, moreThan("memory", shares, "MiB of the sidecars"))
	}
	return rules
}

func moreThan(name string, least int, what string) rule {
	return rule{fmt.Sprintf("var.%s > %d", name, least), fmt.Sprintf("%s has to be more than the %d %s.", name, least, what)}
}

// wholeNumber is the validation of a variable that counts tasks.
func wholeNumber(name string, least, most int) rule {
	return rule{
		fmt.Sprintf("var.%[1]s >= %[2]d && var.%[1]s <= %[3]d && floor(var.%[1]s) == var.%[1]s", name, least, most),
		fmt.Sprintf("%s has to be a whole number from %d to %d.", name, least, most),
	}
}

// rule is a validation of a variable: a condition, and the error message if it is false.
type rule struct{ condition, message string }

func (v variable) block() map[string]any {
	validations := []any{}
	for _, each := range v.rules {
		validations = append(validations, hcl.Condition(each.condition, each.message))
	}
	return map[string]any{"type": v.kind, "default": v.defaultValue, "description": v.description, "nullable": false, "validation": validations}
}

func memorySizes() string {
	var entries []string
	for _, cpu := range config.CPUSizes() {
		entries = append(entries, fmt.Sprintf("%d = [%s]", cpu, text.Join(config.MemorySizes(cpu), ", ")))
	}
	return strings.Join(entries, ", ")
}
