// Package secrets creates the JSON secret of a region. Terraform owns the secret, and the operator owns its
// value. Terraform writes a placeholder through a write-only argument, so the state contains no value and an
// apply does not overwrite a real one.
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

// Config configures the secret.
type Config struct {
	Name string
	// Keys are the keys of the JSON object. A task that references a missing key cannot start.
	Keys []string
	// Placeholder is the value of every key until the operator sets one. Empty means that the secret has its value.
	Placeholder string
	// RecoveryDays is how long a deleted secret can be restored, from 7 to 30 days, or 0 to delete it at once.
	RecoveryDays int
	// KMSKey is the ARN or alias of the key that encrypts the secret. Empty means AWS's key aws/secretsmanager.
	KMSKey string
}

// Secret holds a reference to the secret.
type Secret struct{ ARN string }

const address = "aws_secretsmanager_secret.api_key"

// Placeholder is the Terraform address of the version with the placeholder.
const Placeholder = "aws_secretsmanager_secret_version.api_key"

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_149", Address: address, Reason: "Only without secrets.kms_key: Secrets Manager encrypts with the key aws/secretsmanager. A customer managed key is billed per month, in every region."},
	{Check: "CKV2_AWS_57", Address: address, Reason: "The values are API keys of third parties, which AWS cannot rotate. The operator does, with mcpfleet secret set."},
}

// New creates the secret.
func New(scope constructs.Construct, id string, cfg Config) *Secret {
	scope = constructs.NewConstruct(scope, &id)
	secret := secretsmanagersecret.NewSecretsmanagerSecret(scope, new("secret"), &secretsmanagersecret.SecretsmanagerSecretConfig{
		Name:        &cfg.Name,
		Description: new("Secret environment variables, one JSON key each. The value is set by the operator."),
		// The name cannot be reused during the recovery window, so by default there is none: a destroyed region
		// could not be deployed again.
		RecoveryWindowInDays: new(float64(cfg.RecoveryDays)),
		KmsKeyId:             pointer.NotEmpty(cfg.KMSKey),
		Tags:                 pointer.NameTag(cfg.Name),
	})
	secret.OverrideLogicalId(new("api_key"))
	if cfg.Placeholder != "" {
		newPlaceholder(scope, cfg)
	}
	return &Secret{ARN: hcl.Attribute(address, "arn")}
}

func newPlaceholder(scope constructs.Construct, cfg Config) {
	version := secretsmanagersecretversion.NewSecretsmanagerSecretVersion(scope, new("version"), &secretsmanagersecretversion.SecretsmanagerSecretVersionConfig{
		SecretId:       new(hcl.Attribute(address, "id")),
		SecretStringWo: new(placeholders(cfg)),
		// Required beside the write-only argument.
		SecretStringWoVersion: new(1.0),
		// AWS may delete a version without staging labels. Without its own label this version would have
		// none after the operator has set two values. Once deleted, the next apply would write the
		// placeholder again, over the real value.
		// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
		VersionStages: pointer.Strings("AWSCURRENT", "placeholder"),
		// AWSCURRENT moves to the operator's value and must stay there. An imported version has
		// secret_string instead of the write-only argument; correcting that would write the placeholder
		// over the operator's value.
		Lifecycle: &cdktf.TerraformResourceLifecycle{IgnoreChanges: pointer.Strings("version_stages", "secret_string", "secret_string_wo_version")},
	})
	version.OverrideLogicalId(new("api_key"))
}

func placeholders(cfg Config) string {
	values := map[string]hcl.Literal{}
	for _, key := range cfg.Keys {
		values[key] = hcl.Literal(cfg.Placeholder)
	}
	return hcl.Document(values)
}
