package main

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/bootstrap/access"
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
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

// newSchedulerOutputs declares what an operator needs to try the scheduler.
func newSchedulerOutputs(stack cdktf.TerraformStack, fleet *config.Fleet, s *scheduler) {
	newOutput(stack, "weekend_project", "Build project of the scheduled applies. To try it: aws codebuild start-build --project-name <name>", hcl.Attribute("aws_codebuild_project.weekend", "name"))
	if s.Bundle != "" {
		newOutput(stack, "weekend_source", "Where the builds find the repository: git archive --format zip -o source.zip HEAD && aws s3 cp source.zip <address>",
			"s3://"+fleet.State.Bucket+"/"+s.Bundle)
	}
}

func newOutput(stack cdktf.TerraformStack, name, description string, value any) {
	cdktf.NewTerraformOutput(stack, &name, &cdktf.TerraformOutputConfig{Description: &description, Value: value}).OverrideLogicalId(&name)
}
