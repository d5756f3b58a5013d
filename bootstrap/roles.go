package main

import (
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iampolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/bootstrap/access"
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// path keeps the pipelines' roles and policies apart from the tasks' roles, which have none: no
// pattern of theirs matches it, so the apply role cannot change itself.
const path = "/ci/"

// newRoles makes the two roles and what they may do, and answers their ARNs.
func newRoles(stack cdktf.TerraformStack, fleet *config.Fleet, pipelines pipelines, account string) (arns map[string]string) {
	prefix := fleet.Project + "-" + fleet.Environment + "-"
	roles := map[string]iamrole.IamRole{
		access.Plan: newRole(stack, prefix, access.Plan, "Plans the stacks: pull requests and the default branch of "+pipelines.repository,
			access.Trust(account, access.PlanSubjects(pipelines.repository))),
		access.Apply: newRole(stack, prefix, access.Apply, "Applies the stacks: environments of "+pipelines.repository,
			access.Trust(account, access.ApplySubjects(pipelines.repository, pipelines.environments))),
	}
	for _, policy := range access.Policies(access.Of(fleet, account)) {
		arn := newPolicy(stack, prefix, policy)
		for _, role := range policy.Roles {
			attach(stack, roles[role], role, policy.Name, arn)
		}
	}
	return map[string]string{access.Plan: *roles[access.Plan].Arn(), access.Apply: *roles[access.Apply].Arn()}
}

func newRole(stack cdktf.TerraformStack, prefix, name, description string, trust awspolicy.Document) iamrole.IamRole {
	role := iamrole.NewIamRole(stack, new("role_"+name), &iamrole.IamRoleConfig{
		Name:             new(prefix + name),
		Path:             new(path),
		Description:      &description,
		AssumeRolePolicy: new(hcl.Document(trust)),
		Tags:             pointer.NameTag(prefix + name),
	})
	role.OverrideLogicalId(&name)
	role.AddOverride(new("depends_on"), []string{oidcProvider})
	return role
}

func newPolicy(stack cdktf.TerraformStack, prefix string, policy access.Policy) (arn string) {
	resource := iampolicy.NewIamPolicy(stack, new("policy_"+policy.Name), &iampolicy.IamPolicyConfig{
		Name:        new(prefix + policy.Name),
		Path:        new(path),
		Description: &policy.Description,
		Policy:      new(hcl.Document(policy.Document)),
		Tags:        pointer.NameTag(prefix + policy.Name),
	})
	resource.OverrideLogicalId(new(address(policy.Name)))
	return *resource.Arn()
}

func attach(stack cdktf.TerraformStack, role iamrole.IamRole, roleName, policyName, policyARN string) {
	name := address(roleName + "_" + strings.TrimPrefix(policyName, roleName+"-"))
	attachment := iamrolepolicyattachment.NewIamRolePolicyAttachment(stack, new("attachment_"+name), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Role:      role.Name(),
		PolicyArn: &policyARN,
	})
	attachment.OverrideLogicalId(&name)
}

// address is a name as Terraform's addresses are written.
func address(name string) string { return strings.ReplaceAll(name, "-", "_") }
