package plan

import (
	"context"
	"errors"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/cdtait/mcpfleet/internal/synth"
	"github.com/cdtait/mcpfleet/internal/terraform"
)

// run is the work on one stack.
type run struct {
	Result
	terraform *terraform.Stack
	log       *stackLog
}

// each runs work on several stacks at once. A failing stack does not stop the others.
func each(ctx context.Context, patterns []string, log io.Writer, work func(*run) error) ([]Result, error) {
	if _, err := terraform.Program(); err != nil {
		return nil, err
	}
	stacks, err := synth.Choose(patterns)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(stacks))
	var printing sync.Mutex
	var group errgroup.Group
	group.SetLimit(terraform.Concurrency)
	for i, stack := range stacks {
		group.Go(func() error {
			r := &run{Result: Result{Stack: stack}, log: &stackLog{stack: stack, to: log, printing: &printing}}
			r.begin(ctx, work)
			results[i] = r.Result
			return nil
		})
	}
	return results, group.Wait()
}

func (r *run) begin(ctx context.Context, work func(*run) error) {
	if ctx.Err() != nil {
		r.Ended = NotStarted
		return
	}
	defer r.log.flush()
	var err error
	if r.terraform, err = terraform.Open(r.Stack); err != nil {
		r.Ended, r.Reason = Failed, err.Error()
		return
	}
	// Get the version before redirecting output: tfexec caches it, and it does not belong in the log.
	if _, _, err = r.terraform.Version(ctx, false); err == nil {
		r.terraform.SetStdout(r.log)
		r.terraform.SetStderr(r.log)
		err = work(r)
	}
	switch {
	case errors.Is(err, context.Canceled):
		r.Ended = Interrupted
	case err != nil:
		r.Ended, r.Reason = Failed, r.terraform.Reason(err)
	}
}
