package main

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/naming"
)

// stackName returns the name of the stack, which is also part of its state file's name. Every environment has
// a separate stack.
func stackName(fleet *config.Fleet) string { return "bootstrap-" + fleet.Environment }

// newStack adds the stack to an app. The scheduler is nil if the fleet has none.
func newStack(app constructs.Construct, fleet *config.Fleet, pipelines pipelines, scheduler *scheduler) {
	name := stackName(fleet)
	stack := cdktf.NewTerraformStack(app, &name)
	// The state cannot be in the bucket, which does not exist yet. The state file is next to cdktf.json, and
	// Terraform runs in cdktf.out/stacks/<stack>.
	cdktf.NewLocalBackend(stack, &cdktf.LocalBackendConfig{Path: new("../../../terraform." + name + ".tfstate")})
	tags := naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: fleet.State.Region}.Tags()
	awsprovider.New(stack, fleet.State.Region, tags)
	newSwitch(stack, createBucket, "Set to false if the bucket already exists, such as for another fleet in the account.")
	newSwitch(stack, createProvider, "Set to false if the account already has GitHub's OIDC provider, of which there can only be one.")
	newBucket(stack, fleet.State)
	newOIDCProvider(stack)
	roles := newRoles(stack, fleet, pipelines, scheduler, awsprovider.AccountID)
	newOutputs(stack, pipelines, roles)
	if scheduler != nil {
		newScheduler(stack, fleet, scheduler, awsprovider.AccountID)
		newSchedulerOutputs(stack, fleet, scheduler)
	}
}
