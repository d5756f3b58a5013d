package checkovtest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"

	terraformjson "github.com/hashicorp/terraform-json"

	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// writePlan writes a stack as a plan that creates all its resources, because checkov supports plans best.
// Given Terraform JSON, it rejects required_version, fails on dynamic blocks, skips resources with a count,
// and does not parse policies and container definitions.
func writePlan(file string, stack *tfjson.Stack) error {
	module := &terraformjson.StateModule{}
	stack.Each(func(kind, name string, resource tfjson.Block) {
		module.Resources = append(module.Resources, &terraformjson.StateResource{
			Address:         kind + "." + name,
			Mode:            terraformjson.ManagedResourceMode,
			Type:            kind,
			Name:            name,
			AttributeValues: plannedValues(resource),
		})
	})
	text, err := json.Marshal(terraformjson.Plan{
		// checkov recognizes a plan by this field.
		TerraformVersion: "1.11.0",
		PlannedValues:    &terraformjson.StateValues{RootModule: module},
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// plannedValues returns the arguments of a resource, with one block for each dynamic block.
func plannedValues(resource tfjson.Block) map[string]any {
	values := maps.Clone(resource)
	maps.DeleteFunc(values, func(argument string, _ any) bool {
		return argument == "//" || argument == "count" || argument == "dynamic"
	})
	dynamic, _ := resource["dynamic"].(map[string]any)
	for argument, block := range dynamic {
		values[argument] = block.(map[string]any)["content"]
	}
	return values
}
