package stacks

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/text"
)

// newVariables declares the settings that can be changed in an apply without a new synth. They have the same
// limits as in the fleet file.
func newVariables(stack cdktf.TerraformStack, region config.Region) {
	newVariable(stack, "container_image", cdktf.TerraformVariableConfig{
		Type:        new("string"),
		Default:     region.Container.Image,
		Description: new("Container image of the tasks."),
	}, imageRules(region.Settings)...)
	newVariable(stack, "cpu", cdktf.TerraformVariableConfig{
		Type:        new("number"),
		Default:     region.Container.CPU,
		Description: new("CPU units of a task; 1024 is 1 vCPU."),
	}, cpuRules(region.Container)...)
	newVariable(stack, "memory", cdktf.TerraformVariableConfig{
		Type:        new("number"),
		Default:     region.Container.Memory,
		Description: new("Memory of a task in MiB. Fargate only supports certain sizes for each cpu."),
	}, memoryRules(region.Container)...)
	if region.Service.Autoscaling.Enabled {
		newRangeVariables(stack, region.Service.TaskRange())
	} else {
		newVariable(stack, "desired_count", cdktf.TerraformVariableConfig{
			Type:        new("number"),
			Default:     region.Service.DesiredCount,
			Description: new("Number of tasks while the region is awake."),
		}, wholeNumber("desired_count", 0, config.MaxTasks))
	}
	newVariable(stack, "deployment_wait", cdktf.TerraformVariableConfig{
		Type:        new("bool"),
		Default:     region.Service.Deployment.Wait,
		Description: new("Wait until the service is stable, and fail if ECS rolled back the deployment."),
	})
	newVariable(stack, "force_new_deployment", cdktf.TerraformVariableConfig{
		Type:        new("bool"),
		Default:     false,
		Description: new("Replace the tasks even if nothing else changes."),
	})
	newVariable(stack, "weekend_state", cdktf.TerraformVariableConfig{
		Type:        new("string"),
		Default:     "auto",
		Description: new("auto follows the schedule; up and down override it."),
	}, rule{`contains(["auto", "up", "down"], var.weekend_state)`,
		"weekend_state has to be auto, up or down."})
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

// newRangeVariables declares the bounds of autoscaling, and rejects desired_count, which would have no effect.
func newRangeVariables(stack cdktf.TerraformStack, tasks config.TaskRange) {
	newVariable(stack, "min_count", cdktf.TerraformVariableConfig{
		Type:        new("number"),
		Default:     tasks.Min,
		Description: new("Minimum number of tasks while the region is awake."),
	}, wholeNumber("min_count", 1, config.MaxTasks), rule{"var.min_count <= var.max_count", "min_count cannot be more than max_count."})
	newVariable(stack, "max_count", cdktf.TerraformVariableConfig{
		Type:        new("number"),
		Default:     tasks.Max,
		Description: new("Maximum number of tasks while the region is awake."),
	}, wholeNumber("max_count", 1, config.MaxTasks))
	const none = -1
	newVariable(stack, "desired_count", cdktf.TerraformVariableConfig{
		Type:        new("number"),
		Default:     none,
		Description: new("Not used: autoscaling owns the number of tasks. Set min_count and max_count instead."),
	}, rule{fmt.Sprintf("var.desired_count == %d", none), "Autoscaling owns the number of tasks of this region; set min_count and max_count instead of desired_count."})
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

func newVariable(stack cdktf.TerraformStack, name string, cfg cdktf.TerraformVariableConfig, rules ...rule) {
	var validations []*cdktf.TerraformVariableValidationConfig
	for _, each := range rules {
		validations = append(validations, &cdktf.TerraformVariableValidationConfig{
			Condition:    hcl.Expression(each.condition),
			ErrorMessage: new(each.message),
		})
	}
	cfg.Nullable = new(false)
	cfg.Validation = &validations
	cdktf.NewTerraformVariable(stack, &name, &cfg).OverrideLogicalId(&name)
}

func memorySizes() string {
	var entries []string
	for _, cpu := range config.CPUSizes() {
		entries = append(entries, fmt.Sprintf("%d = [%s]", cpu, text.Join(config.MemorySizes(cpu), ", ")))
	}
	return strings.Join(entries, ", ")
}
