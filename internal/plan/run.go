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

// each works on several stacks at once. One that fails does not keep the others from their turn.
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
		r.Ended = NotBegun
		return
	}
	defer r.log.flush()
	var err error
	if r.terraform, err = terraform.Open(r.Stack); err != nil {
		r.Ended, r.Reason = Failed, err.Error()
		return
	}
	// The version is asked for once, and here it is not for the log.
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
