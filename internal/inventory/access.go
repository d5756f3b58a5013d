package inventory

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// readRoles reads the roles of the tasks with their policies.
func (s *survey) readRoles(ctx context.Context) error {
	client := iam.NewFromConfig(s.cfg)
	arns := []string{aws.ToString(s.task.ExecutionRoleArn), aws.ToString(s.task.TaskRoleArn)}
	slices.Sort(arns)
	for _, arn := range slices.Compact(arns) {
		if arn == "" {
			continue
		}
		name := lastPart(arn)
		output, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		if err != nil {
			return err
		}
		attributes := values{"arn": output.Role.Arn, "name": name, "path": output.Role.Path}
		if boundary := output.Role.PermissionsBoundary; boundary != nil {
			attributes["permissions_boundary"] = boundary.PermissionsBoundaryArn
		}
		s.add("aws_iam_role", name, attributes)
		for pages := iam.NewListRolePoliciesPaginator(client, &iam.ListRolePoliciesInput{RoleName: &name}); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, policy := range page.PolicyNames {
				s.add("aws_iam_role_policy", name+":"+policy, values{"role": name, "name": policy})
			}
		}
		for pages := iam.NewListAttachedRolePoliciesPaginator(client, &iam.ListAttachedRolePoliciesInput{RoleName: &name}); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, policy := range page.AttachedPolicies {
				s.add("aws_iam_role_policy_attachment", name+"/"+*policy.PolicyArn, values{"role": name, "policy_arn": policy.PolicyArn})
			}
		}
	}
	return nil
}

// readSecret reads the region's secret, but no value of it.
func (s *survey) readSecret(ctx context.Context) error {
	name := s.names.Secret()
	secret, err := secretsmanager.NewFromConfig(s.cfg).DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &name})
	if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
		return nil
	}
	if err != nil {
		return err
	}
	attributes := values{"arn": secret.ARN, "name": secret.Name, "kms_key_id": secret.KmsKeyId}
	for _, each := range secret.ReplicationStatus {
		attributes["replica"] = []values{{"region": each.Region}}
	}
	// The default key, which may be reported, is what a stack uses without secrets.kms_key.
	if strings.HasSuffix(aws.ToString(secret.KmsKeyId), "alias/aws/secretsmanager") {
		delete(attributes, "kms_key_id")
	}
	s.add("aws_secretsmanager_secret", name, attributes)
	return nil
}
