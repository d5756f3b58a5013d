package stacks

import (
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/iam"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// addTaskRole adds what the fleet file lets the server do in AWS.
func addTaskRole(cfg *iam.Config, region config.Region, account string) {
	// The values contain variables of IAM, such as ${aws:PrincipalTag/team}, but no CDKTF token, which would be an unknown
	// placeholder.
	fill := func(value string) string { return region.Fill(hcl.Literal(value).Escaped(), account) }
	cfg.PermissionsBoundary = permissionsBoundary(region, account)
	role := region.TaskRole
	cfg.TaskPolicy = role.TaskPolicy(fill)
	for _, arn := range role.ManagedPolicies {
		cfg.ManagedPolicies = append(cfg.ManagedPolicies, iam.ManagedPolicy{Key: arn, ARN: fill(arn)})
	}
}

// permissionsBoundary returns the ARN of the policy that limits every role of the stack. The pipelines' role requires it
// of every role that it may create.
func permissionsBoundary(region config.Region, account string) string {
	return region.Fill(region.TaskRole.PermissionsBoundary, account)
}
