package standby

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// newRole creates the role of the function.
func newRole(scope constructs.Construct, cfg Config) {
	created := iamrole.NewIamRole(scope, new("role"), &iamrole.IamRoleConfig{
		Name:                &cfg.Names.Role,
		Description:         new("Answers for a region that is asleep"),
		AssumeRolePolicy:    new(hcl.Document(cfg.trust())),
		PermissionsBoundary: pointer.NotEmpty(cfg.PermissionsBoundary),
		Tags:                pointer.NameTag(cfg.Names.Role),
	})
	created.OverrideLogicalId(new(name))
	policy := iamrolepolicy.NewIamRolePolicy(scope, new("policy"), &iamrolepolicy.IamRolePolicyConfig{
		Name:   &cfg.Names.Role,
		Role:   new(hcl.Attribute(role, "name")),
		Policy: new(hcl.Document(cfg.permissions())),
	})
	policy.OverrideLogicalId(new(name))
}

// trust allows the function alone to assume the role.
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
func (cfg Config) trust() awspolicy.Document {
	source := fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", cfg.AWSRegion, cfg.AccountID, cfg.Names.Function)
	return awspolicy.New(awspolicy.Trust("Function", "lambda.amazonaws.com", cfg.AccountID, source))
}

// permissions are what the function needs. The actions that describe do not support resources. Changing a scalable target
// needs the permission to change the service, too:
// https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
func (cfg Config) permissions() awspolicy.Document {
	document := awspolicy.New(
		awspolicy.Allow("Log", []string{cfg.LogGroupARN + ":*"}, "logs:CreateLogStream", "logs:PutLogEvents"),
		awspolicy.Allow("Describe", []string{"*"},
			"application-autoscaling:DescribeScheduledActions", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth"),
		awspolicy.Allow("DescribeService", []string{cfg.ServiceARN}, "ecs:DescribeServices"),
		awspolicy.Allow("ChangeRule", []string{hcl.Attribute(rule, "arn")}, "elasticloadbalancing:ModifyRule"),
	)
	if cfg.Wake != nil {
		document.Statement = append(document.Statement,
			awspolicy.Allow("DescribeTarget", []string{"*"}, "application-autoscaling:DescribeScalableTargets"),
			awspolicy.Allow("ChangeTarget", []string{cfg.Wake.ScalableTargetARN}, "application-autoscaling:DeleteScheduledAction", "application-autoscaling:PutScheduledAction", "application-autoscaling:RegisterScalableTarget"),
			awspolicy.Allow("ChangeService", []string{cfg.ServiceARN}, "ecs:UpdateService"),
			awspolicy.Allow("Count", []string{hcl.Attribute(wakeBudget, "arn")}, "ssm:GetParameter", "ssm:PutParameter"))
	}
	return document
}
