package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// newBackend configures the stack's backend.
func newBackend(stack cdktf.TerraformStack, state config.State, region config.Region) {
	file := region.Names.StateFile()
	if state.Backend == "local" {
		// The state file is next to cdktf.json, and Terraform runs in cdktf.out/stacks/<stack>. CDKTF
		// defaults to an absolute path, which would differ between machines.
		cdktf.NewLocalBackend(stack, &cdktf.LocalBackendConfig{Path: new("../../../" + file)})
		return
	}
	cdktf.NewS3Backend(stack, &cdktf.S3BackendConfig{
		Bucket:   &state.Bucket,
		Region:   &state.Region,
		Key:      new(state.Prefix + "/" + file),
		Encrypt:  new(true),
		KmsKeyId: pointer.NotEmpty(state.KMSKey),
	})
	// S3 state locking, which this version of CDKTF does not support.
	// https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
	stack.AddOverride(new("terraform.backend.s3.use_lockfile"), true)
}
