// Package iam creates the two IAM roles of a region's tasks. ECS uses the execution role to start a task: it
// may write to the log group, read the secret and pull an image from ECR. The server in the container has the
// task role, which has the permissions of the fleet file, those of ECS Exec if it is on, and otherwise none.
package iam

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachmentsexclusive"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Addresses of the roles and of what gives them their permissions.
const (
	executionRole       = "aws_iam_role.ecs_task_execution_role"
	taskRole            = "aws_iam_role.ecs_task_role"
	executionRolePolicy = "aws_iam_role_policy.ecs_task_execution"
	taskRolePolicy      = "aws_iam_role_policy.ecs_task"
	taskVolumePolicy    = "aws_iam_role_policy.ecs_task_volumes"
	execPolicy          = "aws_iam_role_policy.ecs_task_exec"
	taskRoleAttachments = "aws_iam_role_policy_attachment.ecs_task"
)

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
	// RepositoryARNs are the repositories of the images that are in ECR.
	RepositoryARNs []string
	// ExternalSecrets and Parameters are what the tasks get besides the secret.
	ExternalSecrets External
	Parameters      External
	// PullSecretARNs are the secrets with the logins of the images' registries.
	PullSecretARNs []string
	// TaskPolicy is the task role's inline policy as JSON, which may contain references; "" for none.
	TaskPolicy string
	// Volumes are what the server may mount.
	Volumes []Volume
	// ExecLogGroupARN is the log group of the commands that are run in the tasks with ECS Exec, "" without it.
	ExecLogGroupARN string
	// ManagedPolicies are the ARNs of the task role's managed policies.
	ManagedPolicies []ManagedPolicy
	// Exclusive takes all managed policies away from the execution role, which somebody else has attached.
	Exclusive bool
	// PermissionsBoundary is the ARN of the managed policy that limits both roles, or "".
	PermissionsBoundary string
}

// ManagedPolicy is a managed policy of the task role.
type ManagedPolicy struct {
	// Key is the policy's index in the Terraform address. Terraform must know it before an apply, so it contains no
	// references.
	Key string
	ARN string
}

// Roles holds references to the created roles.
type Roles struct {
	ExecutionRoleARN string
	TaskRoleARN      string
	// Policies are the addresses of what the tasks need before they start.
	Policies []string
}

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_62", Address: taskRolePolicy, Reason: administrator},
	{Check: "CKV_AWS_63", Address: taskRolePolicy, Reason: administrator},
	{Check: "CKV2_AWS_40", Address: taskRolePolicy, Reason: administrator},
}

const administrator = "The fleet file decides what the server may do, and has to say so twice for everything: allow_everything."

// New creates the roles.
func New(scope constructs.Construct, id string, cfg Config) *Roles {
	scope = constructs.NewConstruct(scope, &id)
	trust := hcl.Document(trustPolicy(cfg.Region, cfg.AccountID))
	newRole(scope, "ecs_task_execution_role", cfg.ExecutionRoleName, "Starts the tasks: image, logs, secret", trust, cfg.PermissionsBoundary)
	newRole(scope, "ecs_task_role", cfg.TaskRoleName, "What the server in the tasks may do", trust, cfg.PermissionsBoundary)
	roles := &Roles{ExecutionRoleARN: hcl.Attribute(executionRole, "arn"), TaskRoleARN: hcl.Attribute(taskRole, "arn"), Policies: []string{executionRolePolicy}}
	newInlinePolicy(scope, "execution_policy", "ecs_task_execution", executionRole, cfg.ExecutionRoleName, hcl.Document(executionPolicy(cfg)))
	if cfg.Exclusive {
		detachOthers(scope)
	}
	if cfg.TaskPolicy != "" {
		newInlinePolicy(scope, "task_policy", "ecs_task", taskRole, cfg.TaskRoleName, cfg.TaskPolicy)
		roles.Policies = append(roles.Policies, taskRolePolicy)
	}
	if len(cfg.Volumes) > 0 {
		newInlinePolicy(scope, "volume_policy", "ecs_task_volumes", taskRole, cfg.TaskRoleName+"-volumes", hcl.Document(volumePolicy(cfg.Volumes)))
		roles.Policies = append(roles.Policies, taskVolumePolicy)
	}
	if cfg.ExecLogGroupARN != "" {
		// A policy of its own, so that turning ECS Exec on or off changes nothing of what the fleet file gives the server.
		document := awspolicy.New(append([]awspolicy.Statement{awspolicy.ExecChannels()}, awspolicy.ExecAudit(cfg.ExecLogGroupARN)...)...)
		newInlinePolicy(scope, "exec_policy", "ecs_task_exec", taskRole, cfg.TaskRoleName+"-exec", hcl.Document(document))
		roles.Policies = append(roles.Policies, execPolicy)
	}
	if len(cfg.ManagedPolicies) > 0 {
		newAttachments(scope, cfg.ManagedPolicies)
		roles.Policies = append(roles.Policies, taskRoleAttachments)
	}
	return roles
}

func newInlinePolicy(scope constructs.Construct, id, address, role, name, policy string) {
	inline := iamrolepolicy.NewIamRolePolicy(scope, &id, &iamrolepolicy.IamRolePolicyConfig{
		Name:   &name,
		Role:   new(hcl.Attribute(role, "name")),
		Policy: &policy,
	})
	inline.OverrideLogicalId(&address)
}

// detachOthers detaches the managed policies of the execution role, once the inline policy has what tasks need.
func detachOthers(scope constructs.Construct) {
	exclusive := iamrolepolicyattachmentsexclusive.NewIamRolePolicyAttachmentsExclusive(scope, new("execution_attachments"), &iamrolepolicyattachmentsexclusive.IamRolePolicyAttachmentsExclusiveConfig{
		RoleName: new(hcl.Attribute(executionRole, "name")), PolicyArns: &[]*string{},
	})
	exclusive.OverrideLogicalId(new("ecs_task_execution"))
	exclusive.AddOverride(new("depends_on"), []string{executionRolePolicy})
}

// newAttachments attaches the managed policies. Each has an address of its own, so that a change of the list neither
// detaches nor attaches the others.
func newAttachments(scope constructs.Construct, policies []ManagedPolicy) {
	arns := map[string]string{}
	for _, policy := range policies {
		arns[policy.Key] = policy.ARN
	}
	attachment := iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, new("managed_policies"), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Role:      new(hcl.Attribute(taskRole, "name")),
		PolicyArn: new("${each.value}"),
	})
	attachment.OverrideLogicalId(new("ecs_task"))
	attachment.AddOverride(new("for_each"), arns)
}

func newRole(scope constructs.Construct, address, name, description, trust, boundary string) {
	role := iamrole.NewIamRole(scope, &address, &iamrole.IamRoleConfig{
		Name:                &name,
		Description:         &description,
		AssumeRolePolicy:    &trust,
		PermissionsBoundary: pointer.NotEmpty(boundary),
		Tags:                pointer.NameTag(name),
	})
	role.OverrideLogicalId(&address)
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
		statements = append(statements, useOfKeys("SecretKey", []string{cfg.SecretKeyARN}, "secretsmanager."+cfg.Region))
	}
	statements = append(statements, cfg.ExternalSecrets.statements(cfg.Region, "ExternalSecrets", "secretsmanager", "GetSecretValue")...)
	statements = append(statements, cfg.Parameters.statements(cfg.Region, "Parameters", "ssm", "GetParameters")...)
	if len(cfg.PullSecretARNs) > 0 {
		statements = append(statements, awspolicy.Allow("RegistryLogin", cfg.PullSecretARNs, "secretsmanager:GetSecretValue"))
	}
	if len(cfg.RepositoryARNs) > 0 {
		statements = append(statements,
			awspolicy.Allow("Image", cfg.RepositoryARNs, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
			// A token is valid for the whole registry: AWS accepts no narrower resource.
			// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
			awspolicy.Allow("RegistryToken", []string{"*"}, "ecr:GetAuthorizationToken"))
	}
	return awspolicy.New(statements...)
}

// External is what the tasks read of a service that somebody else manages: secrets or parameters, and the keys that
// encrypt them.
type External struct{ ARNs, KeyARNs []string }

// statements allows an action on exactly what the tasks read.
func (e External) statements(region, sid, service, action string) (all []awspolicy.Statement) {
	if len(e.ARNs) > 0 {
		all = append(all, awspolicy.Allow(sid, e.ARNs, service+":"+action))
	}
	if len(e.KeyARNs) > 0 {
		all = append(all, useOfKeys("KeysOf"+sid, e.KeyARNs, service+"."+region))
	}
	return all
}

// useOfKeys allows a service in a region to decrypt with the keys on behalf of ECS.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func useOfKeys(sid string, keyARNs []string, service string) awspolicy.Statement {
	statement := awspolicy.Allow(sid, keyARNs, "kms:Decrypt")
	statement.Condition = awspolicy.Condition{"StringEquals": {"kms:ViaService": hcl.Reference(service + ".amazonaws.com")}}
	return statement
}
