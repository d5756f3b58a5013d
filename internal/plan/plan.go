// Package plan plans and applies the stacks of the last synth with Terraform, and prints a summary. make
// plan, make apply and the pipelines use it through cmd/stacks, without mcpfleet.
package plan

import (
	"context"
	"io"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

// File is the name of the plan file in a stack's folder, for Saved.Apply and terraform show.
const File = "plan.tfplan"

// Plan plans the stacks whose names match a pattern, or all stacks without patterns.
func Plan(ctx context.Context, patterns []string, log io.Writer) ([]Result, error) {
	return each(ctx, patterns, log, func(r *run) error {
		if err := r.terraform.Init(ctx); err != nil {
			return err
		}
		return r.plan(ctx)
	})
}

// plan writes a plan file to the stack's folder and counts its changes.
func (r *run) plan(ctx context.Context, variables ...tfexec.PlanOption) error {
	if _, err := r.terraform.Plan(ctx, append(variables, tfexec.Out(File))...); err != nil {
		return err
	}
	planned, err := r.show(ctx)
	if err != nil {
		return err
	}
	r.count(planned)
	r.Notes = append(r.Notes, r.remarks(planned)...)
	return nil
}

// show reads the plan file in the stack's folder. It keeps the JSON out of the log.
func (r *run) show(ctx context.Context) (*tfjson.Plan, error) {
	r.terraform.SetStdout(io.Discard)
	defer r.terraform.SetStdout(r.log)
	return r.terraform.ShowPlanFile(ctx, File)
}
