package main

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/bootstrap/access"
)

// newOutputs declares the values of the repository's variables.
func newOutputs(stack cdktf.TerraformStack, pipelines pipelines, roles map[string]string) {
	for _, output := range []struct{ name, description, value string }{
		{"aws_plan_role", "Value of the repository variable AWS_PLAN_ROLE.", roles[access.Plan]},
		{"aws_apply_role", "Value of the repository variable AWS_APPLY_ROLE.", roles[access.Apply]},
	} {
		newOutput(stack, output.name, output.description, output.value)
	}
	newOutput(stack, "github_environments", "Environments that may apply: values of the repository variables DEPLOY_ENVIRONMENT and WEEKEND_ENVIRONMENT.", pipelines.environments)
}

func newOutput(stack cdktf.TerraformStack, name, description string, value any) {
	cdktf.NewTerraformOutput(stack, &name, &cdktf.TerraformOutputConfig{Description: &description, Value: value}).OverrideLogicalId(&name)
}
