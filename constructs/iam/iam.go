// Package iam makes the two roles of a region's tasks. The execution role is ECS's own, to start a
// task: its log group, its secret, and its image if that is in ECR. The task role is the server's,
// and may do nothing until it is given something to do.
package iam

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// ExecutionPolicy is the address of the policy without which a task cannot start.
const ExecutionPolicy = "aws_iam_role_policy.ecs_task_execution"

// Config describes the roles.
type Config struct {
	ExecutionRoleName string
	TaskRoleName      string
	Region            string
	AccountID         string
	LogGroupARN       string
	// SecretARN is "" where the container has no secret.
	SecretARN string
	// RepositoryARN is "" where the image is not in ECR.
	RepositoryARN string
}

// Roles are roles that are there.
type Roles struct {
	ExecutionRoleARN string
	TaskRoleARN      string
}

// New makes the roles.
func New(scope constructs.Construct, id string, cfg Config) *Roles {
	scope = constructs.NewConstruct(scope, &id)
	trust := hcl.Document(trustPolicy(cfg.Region, cfg.AccountID))
	execution := newRole(scope, "ecs_task_execution_role", cfg.ExecutionRoleName, "Starts the tasks: image, logs, secret", trust)
	task := newRole(scope, "ecs_task_role", cfg.TaskRoleName, "What the server in the tasks may do", trust)
	inline := iamrolepolicy.NewIamRolePolicy(scope, new("execution_policy"), &iamrolepolicy.IamRolePolicyConfig{
		Name:   &cfg.ExecutionRoleName,
		Role:   execution.Name(),
		Policy: new(hcl.Document(executionPolicy(cfg))),
	})
	inline.OverrideLogicalId(new("ecs_task_execution"))
	return &Roles{ExecutionRoleARN: *execution.Arn(), TaskRoleARN: *task.Arn()}
}

func newRole(scope constructs.Construct, address, name, description, trust string) iamrole.IamRole {
	role := iamrole.NewIamRole(scope, &address, &iamrole.IamRoleConfig{
		Name:             &name,
		Description:      &description,
		AssumeRolePolicy: &trust,
		Tags:             pointer.NameTag(name),
	})
	role.OverrideLogicalId(&address)
	return role
}

type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string
	Effect    string
	Principal map[string]string                   `json:",omitempty"`
	Action    []string                            `json:",omitempty"`
	Resource  []hcl.Reference                     `json:",omitempty"`
	Condition map[string]map[string]hcl.Reference `json:",omitempty"`
}

// trustPolicy lets ECS take a role for tasks of this account and region only, so that nobody else's
// tasks can borrow it.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func trustPolicy(region, accountID string) policy {
	return policy{Version: "2012-10-17", Statement: []statement{{
		Sid:       "TasksOfThisAccount",
		Effect:    "Allow",
		Principal: map[string]string{"Service": "ecs-tasks.amazonaws.com"},
		Action:    []string{"sts:AssumeRole"},
		Condition: map[string]map[string]hcl.Reference{
			"StringEquals": {"aws:SourceAccount": hcl.Reference(accountID)},
			"ArnLike":      {"aws:SourceArn": hcl.Reference(fmt.Sprintf("arn:aws:ecs:%s:%s:*", region, accountID))},
		},
	}}}
}

func executionPolicy(cfg Config) policy {
	document := policy{Version: "2012-10-17", Statement: []statement{
		allow("Logs", cfg.LogGroupARN+":*", "logs:CreateLogStream", "logs:PutLogEvents"),
	}}
	if cfg.SecretARN != "" {
		document.Statement = append(document.Statement, allow("Secret", cfg.SecretARN, "secretsmanager:GetSecretValue"))
	}
	if cfg.RepositoryARN != "" {
		document.Statement = append(document.Statement,
			allow("Image", cfg.RepositoryARN, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
			// A token is for all of a registry; AWS takes no narrower resource.
			// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
			allow("RegistryToken", "*", "ecr:GetAuthorizationToken"))
	}
	return document
}

func allow(sid, resource string, actions ...string) statement {
	return statement{Sid: sid, Effect: "Allow", Action: actions, Resource: []hcl.Reference{hcl.Reference(resource)}}
}
