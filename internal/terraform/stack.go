// Package terraform runs Terraform, or OpenTofu, on the stacks of the last synth: which program, how
// many at once, how it is interrupted, and what its errors mean.
package terraform

import (
	"cmp"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/cdtait/mcpfleet/internal/synth"
)

// Stack is Terraform in a stack's folder.
type Stack struct {
	*tfexec.Terraform
	Name string
}

// Interrupted is for whoever has pressed Ctrl-C.
const Interrupted = "interrupted: Terraform stops what it is at and writes its state; a second interrupt ends it at once"

// Open finds the program for a stack. Where a command's context is cancelled, Terraform is interrupted
// and takes the time that it needs: killed, it would write no state, and leave a lock in S3.
func Open(stack string) (*Stack, error) {
	program, err := Program()
	if err != nil {
		return nil, err
	}
	terraform, err := tfexec.NewTerraform(synth.Folder(stack), program)
	if err != nil {
		return nil, err
	}
	// The package would kill after a minute, written or not. Windows knows no interrupt, and so has no
	// such setting: there Terraform is killed.
	_ = terraform.SetWaitDelay(0)
	return &Stack{terraform, stack}, nil
}

// Command is what to type to run Terraform in a stack's folder.
func Command(stack, arguments string) string {
	name := os.Getenv("TERRAFORM")
	if program, err := Program(); err == nil && name == "" {
		name = filepath.Base(program)
	}
	return cmp.Or(name, "terraform") + " -chdir=" + filepath.ToSlash(synth.Folder(stack)) + " " + arguments
}
