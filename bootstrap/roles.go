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

// path is the IAM path of the pipelines' roles and policies. The tasks' roles have the default path, and the
// apply role may only change those, so it cannot change itself.
const path = "/ci/"

// newRoles creates the two roles and their policies, and returns the ARNs of the roles. The builds of a scheduler, if
// there is one, may assume the apply role.
func newRoles(stack cdktf.TerraformStack, fleet *config.Fleet, pipelines pipelines, scheduler *scheduler, account string) (arns map[string]string) {
	prefix := fleet.Project + "-" + fleet.Environment + "-"
	applyTrust := access.Trust(account, access.ApplySubjects(pipelines.repository, pipelines.environments))
	if scheduler != nil {
		applyTrust.Statement = append(applyTrust.Statement, access.AssumedByBuilds(scheduler.Scheduler))
	}
	roles := map[string]iamrole.IamRole{
		access.Plan: newRole(stack, prefix, access.Plan, "Plans the stacks: pull requests and the default branch of "+pipelines.repository,
			access.Trust(account, access.PlanSubjects(pipelines.repository))),
		access.Apply: newRole(stack, prefix, access.Apply, "Applies the stacks: environments of "+pipelines.repository,
			applyTrust),
	}
	if scheduler != nil {
		// IAM rejects a trust policy that names a role that does not exist.
		roles[access.Apply].AddOverride(new("depends_on"), []string{oidcProvider, "aws_iam_role.weekend_build"})
	}
	for _, policy := range access.Policies(access.NewFleet(fleet, account)) {
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

// address returns the name as it appears in a Terraform address.
func address(name string) string { return strings.ReplaceAll(name, "-", "_") }
