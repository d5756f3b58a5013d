// Package awsprovider sets up the AWS provider of a stack: the versions it asks for, its region and
// the tags that everything carries. The fleet's stacks and the bootstrap stack use it.
package awsprovider

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawscalleridentity"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/pointer"
)

const (
	// terraformVersion begins with the first that has write-only arguments (the secret's placeholder)
	// and S3's own state lock. OpenTofu numbers its versions alike.
	terraformVersion = ">= 1.11.0"
	// providerVersion takes every later 5.x, for its security fixes. The bindings are generated from
	// 5.99.1 and would pin that release.
	// https://developer.hashicorp.com/terraform/language/expressions/version-constraints
	providerVersion = "~> 5.99"
)

// New declares the provider and returns a reference to the account's id.
func New(stack cdktf.TerraformStack, region string, tags map[string]string) (account string) {
	provider.NewAwsProvider(stack, new("aws"), &provider.AwsProviderConfig{
		Region:      &region,
		DefaultTags: []*provider.AwsProviderDefaultTags{{Tags: pointer.Map(tags)}},
	})
	stack.AddOverride(new("terraform.required_version"), terraformVersion)
	// The bindings write the short form "aws" and their own version.
	stack.AddOverride(new("terraform.required_providers.aws.source"), "hashicorp/aws")
	stack.AddOverride(new("terraform.required_providers.aws.version"), providerVersion)
	identity := dataawscalleridentity.NewDataAwsCallerIdentity(stack, new("caller_identity"), &dataawscalleridentity.DataAwsCallerIdentityConfig{})
	identity.OverrideLogicalId(new("current"))
	return *identity.AccountId()
}
