// Package terraform runs Terraform, or OpenTofu, on the stacks of the last synth. It finds the program,
// limits how many run at once, interrupts them and explains their errors.
package terraform

import (
	"cmp"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/cdtait/mcpfleet/internal/synth"
)

// Concurrency is how many Terraform processes run at once. With the AWS provider each takes about 500 MB,
// and a laptop or a small CI runner can spare 2 GB. More CPUs do not help: they add no memory, and a plan
// mostly waits for AWS.
const Concurrency = 4

// Stack runs Terraform in the folder of a stack.
type Stack struct {
	*tfexec.Terraform
	Name string
}

// Interrupted is the message to print after the first interrupt.
const Interrupted = "interrupted: Terraform is stopping and saving its state; interrupt again to kill it"

// Open returns a Stack that runs Terraform in the stack's folder. When the context of a command is canceled,
// Terraform gets an interrupt and as long as it needs to stop. If killed, it would not write its state, and
// would leave a lock behind in S3.
func Open(stack string) (*Stack, error) {
	program, err := Program()
	if err != nil {
		return nil, err
	}
	terraform, err := tfexec.NewTerraform(synth.Folder(stack), program)
	if err != nil {
		return nil, err
	}
	// By default tfexec kills Terraform a minute after the interrupt. On Windows, which has no interrupt,
	// SetWaitDelay is not supported and Terraform is killed.
	_ = terraform.SetWaitDelay(0)
	return &Stack{terraform, stack}, nil
}

// Command returns the shell command that runs Terraform in the stack's folder.
func Command(stack, arguments string) string {
	name := os.Getenv("TERRAFORM")
	if program, err := Program(); err == nil && name == "" {
		name = filepath.Base(program)
	}
	return cmp.Or(name, "terraform") + " -chdir=" + filepath.ToSlash(synth.Folder(stack)) + " " + arguments
}
