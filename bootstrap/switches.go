package main

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Terraform variables for resources that all fleets in an account share.
const (
	createBucket   = "create_state_bucket"
	createProvider = "create_github_provider"
)

func newSwitch(stack cdktf.TerraformStack, name, description string) {
	cdktf.NewTerraformVariable(stack, &name, &cdktf.TerraformVariableConfig{
		Type:        new("bool"),
		Default:     true,
		Nullable:    new(false),
		Description: &description,
	}).OverrideLogicalId(&name)
}

// onlyIf sets the count of resources by a switch.
func onlyIf(name string, resources ...cdktf.TerraformResource) {
	for _, resource := range resources {
		resource.AddOverride(new("count"), hcl.Expression("var."+name+" ? 1 : 0"))
	}
}
