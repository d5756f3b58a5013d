package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"
	"golang.org/x/sync/semaphore"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// rollout is the order in which a command changes the regions, and when it stops.
type rollout struct {
	app *App
	// order are the regions to change first.
	order []string
	// parallel is how many regions are changed at once.
	parallel atOnce
	// noWait is --no-wait: do not wait for the tasks.
	noWait bool
	// work changes a region. In a region that fails after a change, it also takes the change back, or adds the commands
	// for that to the outcome.
	work func(context.Context, *ops.Region, *outcome) error
	// stops reports whether no further region is changed after an outcome with a problem. nil means always.
	stops func(*outcome) bool
	// skip completes the outcome of a region that is not reached.
	skip func(*ops.Region, *outcome)
}

// flags adds the flags of the rollout to a command. unwaited describes --no-wait.
func (r *rollout) flags(command *cobra.Command, parallel atOnce, unwaited string) {
	command.Flags().BoolVar(&r.noWait, "no-wait", false, unwaited)
	r.app.timeoutFlag(command, ops.DefaultWaitTimeout, "Wait at most this long for the tasks of a region")
	r.parallel = parallel
	command.Flags().StringSliceVar(&r.order, "order", nil, "Change these `regions` first, in this order; the others follow by name")
	command.Flags().VarPF(&r.parallel, "parallel", "", "Change this many regions at once; alone, all").NoOptDefVal = everyRegion
	arguments := command.Args
	command.Args = func(command *cobra.Command, given []string) error {
		err := arguments(command, given)
		if err == nil || !command.Flags().Changed("parallel") || r.parallel > 0 || len(given) == 0 {
			return err
		}
		// A value that may be left out needs an equals sign.
		if number := given[len(given)-1]; new(atOnce).Set(number) == nil {
			return usagef("write --parallel=%[1]s to change %[1]s regions at once", number)
		}
		return err
	}
	_ = command.RegisterFlagCompletionFunc("order", r.app.completeRegions)
}

// atOnce is a number of regions, 0 for all. It is a flag value.
type atOnce int

// everyRegion is the text of a number of 0.
const everyRegion = "all"

func (n *atOnce) String() string {
	if *n == 0 {
		return everyRegion
	}
	return strconv.Itoa(int(*n))
}

// Set accepts true for --parallel=true, which was the notation of all.
func (n *atOnce) Set(text string) error {
	if text == everyRegion || text == "true" {
		*n = 0
		return nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 {
		return errors.New("not a number of regions")
	}
	*n = atOnce(number)
	return nil
}

// Type is described in the table values.
func (n *atOnce) Type() string { return "number" }

// ordered returns the regions in the order of the rollout.
func (r *rollout) ordered(regions []*ops.Region) ([]*ops.Region, error) {
	place := map[string]int{}
	for i, name := range r.order {
		if !slices.ContainsFunc(regions, func(region *ops.Region) bool { return region.Name == name }) {
			return nil, usagef("--order: %s is not one of the regions to change; these are %s", name, regionNames(&ops.Fleet{Regions: regions}))
		}
		if _, twice := place[name]; twice {
			return nil, usagef("--order: %s is there twice; remove one", name)
		}
		place[name] = i - len(r.order)
	}
	ordered := slices.Clone(regions)
	slices.SortStableFunc(ordered, func(a, b *ops.Region) int { return place[a.Name] - place[b.Name] })
	return ordered, nil
}

// runConfirmed runs the rollout if the user confirms it. The question has a %s for the regions.
func (r *rollout) runConfirmed(ctx context.Context, question string) error {
	fleet, connected, err := r.app.connect(ctx)
	if err != nil {
		return err
	}
	return r.confirmAndRun(ctx, fleet, connected, question)
}

// confirmAndRun is runConfirmed for a fleet that is connected already.
func (r *rollout) confirmAndRun(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet, question string) error {
	regions, err := r.ordered(connected.Regions)
	if err != nil {
		return err
	}
	if err := r.app.confirm(ctx, r.app.subject+": "+fmt.Sprintf(question, r.plan(regions))); err != nil {
		return err
	}
	return r.run(ctx, fleet, connected)
}

// run changes the regions and prints the outcomes. It returns errFailed if a region failed.
func (r *rollout) run(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet) error {
	regions, err := r.ordered(connected.Regions)
	if err != nil {
		return err
	}
	return r.app.printOutcomes(ctx, fleet, r.outcomes(ctx, regions))
}

// outcomes changes the regions, and returns what became of each. Once a region has failed, it starts no other, and waits
// for those that it has started.
func (r *rollout) outcomes(ctx context.Context, regions []*ops.Region) []*outcome {
	outcomes := make([]*outcome, len(regions))
	slots := semaphore.NewWeighted(int64(len(regions)))
	if r.parallel > 0 {
		slots = semaphore.NewWeighted(int64(r.parallel))
	}
	var stopped atomic.Bool
	var started sync.WaitGroup
	for i, region := range regions {
		_ = slots.Acquire(context.Background(), 1) // what has started ends soon after an interruption
		if stopped.Load() || ctx.Err() != nil {
			slots.Release(1)
			outcomes[i] = &outcome{region: region.Name, app: r.app}
			r.skip(region, outcomes[i])
			continue
		}
		started.Go(func() {
			defer slots.Release(1)
			outcomes[i] = r.app.outcome(region, func(region *ops.Region, o *outcome) error { return r.work(ctx, region, o) })
			if o := outcomes[i]; o.problem != nil && (r.stops == nil || r.stops(o) || ctx.Err() != nil) {
				stopped.Store(true)
			}
		})
	}
	started.Wait()
	return outcomes
}

// notChanged returns a function that says that a region was not changed, and how to continue.
func notChanged(verb ops.Verb, arguments ...string) func(*ops.Region, *outcome) {
	return func(region *ops.Region, o *outcome) {
		o.problem = &ops.Problem{Code: ops.NotChanged, Message: "not changed", Fix: ops.Fix{Verb: verb, Region: region.Name, Arguments: arguments}}
	}
}

// plan describes the rollout for a prompt.
func (r *rollout) plan(regions []*ops.Region) string {
	names := regionNames(&ops.Fleet{Regions: regions})
	switch {
	case len(regions) == 1 || r.parallel == 0 || int(r.parallel) >= len(regions):
		return names
	case r.parallel == 1:
		return fmt.Sprintf("%s, one after the other", names)
	}
	return fmt.Sprintf("%s, %d at once", names, r.parallel)
}
