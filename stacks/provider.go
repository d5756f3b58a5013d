package stacks

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawscalleridentity"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// requiredTerraform is the first with write-only arguments (the secret's placeholder) and S3's own
// state lock. OpenTofu counts its versions alike.
const requiredTerraform = ">= 1.11.0"

// newProvider sets up the AWS provider and answers a reference to the account's id.
func newProvider(stack cdktf.TerraformStack, region config.Region) (account string) {
	provider.NewAwsProvider(stack, new("aws"), &provider.AwsProviderConfig{
		Region: &region.Name,
		DefaultTags: []*provider.AwsProviderDefaultTags{{
			Tags: pointer.Map(region.Names.Tags()),
		}},
	})
	stack.AddOverride(new("terraform.required_version"), requiredTerraform)
	// The bindings write the short form "aws"; the version beside it is theirs.
	stack.AddOverride(new("terraform.required_providers.aws.source"), "hashicorp/aws")
	identity := dataawscalleridentity.NewDataAwsCallerIdentity(stack, new("caller_identity"), &dataawscalleridentity.DataAwsCallerIdentityConfig{})
	identity.OverrideLogicalId(new("current"))
	return *identity.AccountId()
}
