// Package secrets makes the JSON secret of a region. Terraform owns the container, the operator
// owns the value: a placeholder goes in through a write-only argument, so that no value is in the
// state and no apply overwrites a real one.
// https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
package secrets

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecret"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecretversion"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config describes the secret.
type Config struct {
	Name string
	// Keys are the keys of the JSON object, without which a task that asks for one cannot start.
	Keys []string
	// Placeholder is the value of every key until the operator sets one.
	Placeholder string
}

// Secret is a secret that is there.
type Secret struct{ ARN string }

// Accepted are the checks of checkov's that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_149", Address: "aws_secretsmanager_secret.api_key", Reason: "Secrets Manager encrypts with the key aws/secretsmanager. One of the account's is billed by the month, in every region."},
	{Check: "CKV2_AWS_57", Address: "aws_secretsmanager_secret.api_key", Reason: "The values are keys to services of others, which AWS cannot renew: the operator does, with mcpfleet secret set."},
}

// New makes the secret.
func New(scope constructs.Construct, id string, cfg Config) *Secret {
	scope = constructs.NewConstruct(scope, &id)
	secret := secretsmanagersecret.NewSecretsmanagerSecret(scope, new("secret"), &secretsmanagersecret.SecretsmanagerSecretConfig{
		Name:        &cfg.Name,
		Description: new("Secret environment variables, one JSON key each. The value is set by the operator."),
		// Deleted at once: a name that waits for deletion cannot be used again, so a region could
		// not be destroyed and deployed again for a week at least.
		RecoveryWindowInDays: new(0.0),
		Tags:                 pointer.NameTag(cfg.Name),
	})
	secret.OverrideLogicalId(new("api_key"))
	version := secretsmanagersecretversion.NewSecretsmanagerSecretVersion(scope, new("version"), &secretsmanagersecretversion.SecretsmanagerSecretVersionConfig{
		SecretId:       secret.Id(),
		SecretStringWo: new(placeholders(cfg)),
		// Required beside the write-only argument.
		SecretStringWoVersion: new(1.0),
		// A label of its own keeps the version: AWS may delete one without any, which this is once the
		// operator has set two values, and the next apply would put the placeholder over the real
		// value. https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
		VersionStages: pointer.Strings("AWSCURRENT", "placeholder"),
		// AWSCURRENT moves on to the operator's value, and must not be moved back. An imported version has
		// its text in place of the write-only argument: writing it again would put the placeholder over
		// the operator's value.
		Lifecycle: &cdktf.TerraformResourceLifecycle{IgnoreChanges: pointer.Strings("version_stages", "secret_string", "secret_string_wo_version")},
	})
	version.OverrideLogicalId(new("api_key"))
	return &Secret{ARN: *secret.Arn()}
}

func placeholders(cfg Config) string {
	values := map[string]hcl.Literal{}
	for _, key := range cfg.Keys {
		values[key] = hcl.Literal(cfg.Placeholder)
	}
	return hcl.Document(values)
}
