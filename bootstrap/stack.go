package main

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/naming"
)

// stackName is the stack's, and in its state's file: an environment has its own.
func stackName(fleet *config.Fleet) string { return "bootstrap-" + fleet.Environment }

// newStack adds the stack to an app.
func newStack(app constructs.Construct, fleet *config.Fleet, pipelines pipelines) {
	name := stackName(fleet)
	stack := cdktf.NewTerraformStack(app, &name)
	// The bucket cannot keep the state of its own making. Terraform runs in cdktf.out/stacks/<stack>;
	// the file lies beside cdktf.json.
	cdktf.NewLocalBackend(stack, &cdktf.LocalBackendConfig{Path: new("../../../terraform." + name + ".tfstate")})
	tags := naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: fleet.State.Region}.Tags()
	account := awsprovider.New(stack, fleet.State.Region, tags)
	newSwitch(stack, createBucket, "false where the bucket is there already, as another fleet of the account made it.")
	newSwitch(stack, createProvider, "false where the account has GitHub's OIDC provider already; it can have one only.")
	newBucket(stack, fleet.State)
	newOIDCProvider(stack)
	roles := newRoles(stack, fleet, pipelines, account)
	newOutputs(stack, pipelines, roles)
}
