// Package plan plans the stacks of the last synth with Terraform, applies the plans, and sums up. It
// is what make plan, make apply and the pipelines run; mcpfleet is not needed for it.
package plan

import (
	"context"
	"io"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

// File is the name of the plan that is left in a stack's folder, for ApplySaved and terraform show.
const File = "plan.tfplan"

// Plan plans the stacks whose names match a pattern, or all where there is none.
func Plan(ctx context.Context, patterns []string, log io.Writer) ([]Result, error) {
	return each(ctx, patterns, log, func(r *run) error {
		if err := r.terraform.Init(ctx); err != nil {
			return err
		}
		return r.plan(ctx)
	})
}

// plan leaves a plan in the stack's folder, and counts what it would do.
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

// show reads the plan in the stack's folder, which as JSON is not for the log.
func (r *run) show(ctx context.Context) (*tfjson.Plan, error) {
	r.terraform.SetStdout(io.Discard)
	defer r.terraform.SetStdout(r.log)
	return r.terraform.ShowPlanFile(ctx, File)
}
