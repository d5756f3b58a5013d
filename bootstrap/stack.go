package main

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawscalleridentity"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/pointer"
	"github.com/cdtait/mcpfleet/naming"
)

// requiredTerraform is that of the fleet's stacks.
const requiredTerraform = ">= 1.11.0"

// stackName is the stack's, and in its state's file: an environment has its own.
func stackName(fleet *config.Fleet) string { return "bootstrap-" + fleet.Environment }

// newStack adds the stack to an app.
func newStack(app constructs.Construct, fleet *config.Fleet, pipelines pipelines) {
	name := stackName(fleet)
	stack := cdktf.NewTerraformStack(app, &name)
	// The bucket cannot keep the state of its own making. Terraform runs in cdktf.out/stacks/<stack>;
	// the file lies beside cdktf.json.
	cdktf.NewLocalBackend(stack, &cdktf.LocalBackendConfig{Path: new("../../../terraform." + name + ".tfstate")})
	account := newProvider(stack, fleet)
	newSwitch(stack, createBucket, "false where the bucket is there already, as another fleet of the account made it.")
	newSwitch(stack, createProvider, "false where the account has GitHub's OIDC provider already; it can have one only.")
	newBucket(stack, fleet.State)
	newOIDCProvider(stack)
	roles := newRoles(stack, fleet, pipelines, account)
	newOutputs(stack, pipelines, roles)
}

// newProvider sets up the AWS provider and answers a reference to the account's id.
func newProvider(stack cdktf.TerraformStack, fleet *config.Fleet) (account string) {
	tags := naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: fleet.State.Region}.Tags()
	provider.NewAwsProvider(stack, new("aws"), &provider.AwsProviderConfig{
		Region:      &fleet.State.Region,
		DefaultTags: []*provider.AwsProviderDefaultTags{{Tags: pointer.Map(tags)}},
	})
	stack.AddOverride(new("terraform.required_version"), requiredTerraform)
	// The bindings write the short form "aws"; the version beside it is theirs.
	stack.AddOverride(new("terraform.required_providers.aws.source"), "hashicorp/aws")
	identity := dataawscalleridentity.NewDataAwsCallerIdentity(stack, new("caller_identity"), &dataawscalleridentity.DataAwsCallerIdentityConfig{})
	identity.OverrideLogicalId(new("current"))
	return *identity.AccountId()
}
