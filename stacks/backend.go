package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
)

// newBackend says where the stack's state is kept.
func newBackend(stack cdktf.TerraformStack, state config.State, region config.Region) {
	file := region.Names.StateFile()
	if state.Backend == "local" {
		// Terraform runs in cdktf.out/stacks/<stack>; the file lies beside cdktf.json. CDKTF's own
		// default is an absolute path, which would differ from machine to machine.
		cdktf.NewLocalBackend(stack, &cdktf.LocalBackendConfig{Path: new("../../../" + file)})
		return
	}
	backend := &cdktf.S3BackendConfig{
		Bucket:  &state.Bucket,
		Region:  &state.Region,
		Key:     new(state.Prefix + "/" + file),
		Encrypt: new(true),
	}
	if state.KMSKey != "" {
		backend.KmsKeyId = &state.KMSKey
	}
	cdktf.NewS3Backend(stack, backend)
	// S3's own lock file, which this version of CDKTF has no word for.
	// https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
	stack.AddOverride(new("terraform.backend.s3.use_lockfile"), true)
}
