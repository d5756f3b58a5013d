// Package iam creates the two IAM roles of a region's tasks. ECS uses the execution role to start a task: it
// may write to the log group, read the secret and pull an image from ECR. The server in the container has the
// task role, which has no permissions.
package iam

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// ExecutionPolicy is the address of the execution role's policy. Tasks cannot start without it.
const ExecutionPolicy = "aws_iam_role_policy.ecs_task_execution"

// Config configures the roles.
type Config struct {
	ExecutionRoleName string
	TaskRoleName      string
	Region            string
	AccountID         string
	LogGroupARN       string
	// SecretARN is empty if the container has no secrets.
	SecretARN string
	// SecretKeyARN is the key that encrypts the secret. It is empty if AWS's own key does.
	SecretKeyARN string
	// RepositoryARN is empty if the image is not in ECR.
	RepositoryARN string
}

// Roles holds references to the created roles.
type Roles struct {
	ExecutionRoleARN string
	TaskRoleARN      string
}

// New creates the roles.
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

// trustPolicy allows ECS to assume a role for tasks of this account and region only.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func trustPolicy(region, accountID string) awspolicy.Document {
	source := fmt.Sprintf("arn:aws:ecs:%s:%s:*", region, accountID)
	return awspolicy.New(awspolicy.Trust("TasksOfThisAccount", "ecs-tasks.amazonaws.com", accountID, source))
}

func executionPolicy(cfg Config) awspolicy.Document {
	statements := []awspolicy.Statement{
		awspolicy.Allow("Logs", []string{cfg.LogGroupARN + ":*"}, "logs:CreateLogStream", "logs:PutLogEvents"),
	}
	if cfg.SecretARN != "" {
		statements = append(statements, awspolicy.Allow("Secret", []string{cfg.SecretARN}, "secretsmanager:GetSecretValue"))
	}
	if cfg.SecretKeyARN != "" {
		statements = append(statements, useOfKey(cfg))
	}
	if cfg.RepositoryARN != "" {
		statements = append(statements,
			awspolicy.Allow("Image", []string{cfg.RepositoryARN}, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
			// A token is valid for the whole registry: AWS accepts no narrower resource.
			// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
			awspolicy.Allow("RegistryToken", []string{"*"}, "ecr:GetAuthorizationToken"))
	}
	return awspolicy.New(statements...)
}

// useOfKey allows Secrets Manager to decrypt the secret with its key on behalf of ECS.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func useOfKey(cfg Config) awspolicy.Statement {
	statement := awspolicy.Allow("SecretKey", []string{cfg.SecretKeyARN}, "kms:Decrypt")
	statement.Condition = awspolicy.Condition{"StringEquals": {"kms:ViaService": hcl.Reference("secretsmanager." + cfg.Region + ".amazonaws.com")}}
	return statement
}
