package plan

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/cdtait/mcpfleet/internal/synth"
)

// Apply plans the stacks whose names match a pattern, or all stacks without patterns, and applies the plans
// without prompting.
func Apply(ctx context.Context, patterns []string, log io.Writer) ([]Result, error) {
	return each(ctx, patterns, log, func(r *run) error {
		if err := r.terraform.Init(ctx); err != nil {
			return err
		}
		if err := r.plan(ctx); err != nil {
			return err
		}
		return r.apply(ctx)
	})
}

// apply applies the plan in the stack's folder and removes it, because a plan can be applied only once.
func (r *run) apply(ctx context.Context) error {
	if r.Changes() {
		r.log.follow()
		if err := r.terraform.Apply(ctx, tfexec.DirOrPlan(File)); err != nil {
			return err
		}
	}
	return os.Remove(filepath.Join(synth.Folder(r.Stack), File))
}
