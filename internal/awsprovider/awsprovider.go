// Package awsprovider configures the AWS provider of a stack: its version, region and default tags. The
// fleet's stacks and the bootstrap stack use it.
package awsprovider

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawscalleridentity"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/pointer"
)

const (
	// terraformVersion requires the first version with write-only arguments, for the placeholder of the
	// secret, and S3 state locking. OpenTofu has both in the same version.
	terraformVersion = ">= 1.11.0"
	// providerVersion allows later 5.x releases, for security fixes. The bindings are generated from 5.99.1
	// and would pin that release.
	// https://developer.hashicorp.com/terraform/language/expressions/version-constraints
	providerVersion = "~> 5.99"
)

// AccountID is a reference to the ID of the account. New declares what it refers to.
const AccountID = "${data.aws_caller_identity.current.account_id}"

// New configures the provider, and looks up the account.
func New(stack cdktf.TerraformStack, region string, tags map[string]string) {
	provider.NewAwsProvider(stack, new("aws"), &provider.AwsProviderConfig{
		Region:      &region,
		DefaultTags: []*provider.AwsProviderDefaultTags{{Tags: pointer.Map(tags)}},
	})
	stack.AddOverride(new("terraform.required_version"), terraformVersion)
	// The bindings set the source to aws and the version to their own.
	stack.AddOverride(new("terraform.required_providers.aws"), map[string]any{"source": "hashicorp/aws", "version": providerVersion})
	identity := dataawscalleridentity.NewDataAwsCallerIdentity(stack, new("caller_identity"), &dataawscalleridentity.DataAwsCallerIdentityConfig{})
	identity.OverrideLogicalId(new("current"))
}
