package cli

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
)

func (a *App) drain() *cobra.Command {
	var noWait bool
	command := &cobra.Command{
		Use:   "drain REGION...",
		Short: "Take regions out of the domain, and wait for their connections to end",
		Long: `Remove the latency records of regions from the fleet's domain, for maintenance, and wait until their load
balancers have no connections. Route 53 leads new clients to the other regions, of which at least one must
have a healthy target. Nothing else changes: tasks run on, and a name of the region's own still leads to it.

Resolvers keep an address for a minute, and CloudWatch counts connections with a delay, so the command takes
at least six minutes. A client that keeps its connection busy, or a stranger who scans the address, can
prolong that until --timeout; the region stays drained all the same.

A region stays drained until mcpfleet undrain or the next apply: terraform plan shows the record as one to
create. mcpfleet drift and mcpfleet doctor report it, too.`,
		Example:           "  mcpfleet drain eu-west-1\n  mcpfleet drain eu-west-1 --no-wait --yes",
		Annotations:       map[string]string{confirms: "yes"},
		ValidArgsFunction: a.completeRegions,
		RunE: func(command *cobra.Command, arguments []string) error {
			return a.drainRegions(command.Context(), arguments, !noWait)
		},
	}
	command.Flags().BoolVar(&noWait, "no-wait", false, "Do not wait for the connections to end")
	a.timeoutFlag(command, ops.DefaultWaitTimeout, "Wait at most this long for the connections of a region to end")
	return command
}

func (a *App) undrain() *cobra.Command {
	command := &cobra.Command{
		Use:   "undrain [REGION...]",
		Short: "Put drained regions back into the domain",
		Long: `Create the latency records that mcpfleet drain removed, in every region that lacks them or in the regions
that are named. Route 53 leads clients to a region once its load balancer has a healthy target.

The records are those of the stack, so an apply afterwards changes nothing.`,
		Example:           "  mcpfleet undrain\n  mcpfleet undrain eu-west-1 --yes",
		Annotations:       map[string]string{confirms: "yes"},
		ValidArgsFunction: a.completeRegions,
		RunE: func(command *cobra.Command, arguments []string) error {
			a.regions = append(a.regions, arguments...)
			r := &rollout{app: a, work: a.undrainRegion, stops: never, skip: notChanged(ops.VerbUndrain)}
			return r.runConfirmed(command.Context(), "Put %s back into the domain?")
		},
	}
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// never is for a rollout in which the failure of a region does not stop the others.
func never(*outcome) bool { return false }

// drainRegions drains the named regions. It connects to all, because one of the others has to serve.
func (a *App) drainRegions(ctx context.Context, names []string, wait bool) error {
	a.regions = append(a.regions, names...)
	if len(a.regions) == 0 {
		return usagef("pass the regions to drain, such as mcpfleet drain eu-west-1")
	}
	fleet, err := a.load(a.file)
	if err != nil {
		return err
	}
	if err := a.checkRequested(fleet); err != nil {
		return err
	}
	connected, err := a.connectTo(ctx, fleet)
	if err != nil {
		return err
	}
	drained := &ops.Fleet{Regions: slices.DeleteFunc(slices.Clone(connected.Regions), func(region *ops.Region) bool {
		return !slices.Contains(a.regions, region.Name)
	})}
	r := &rollout{app: a, stops: never, skip: notChanged(ops.VerbDrain)}
	r.work = func(ctx context.Context, region *ops.Region, o *outcome) error {
		return a.drainRegion(ctx, region, wait, o)
	}
	if refused := a.checkDrain(ctx, connected, drained, r); refused != nil {
		return a.printOutcomes(ctx, fleet, refused)
	}
	if err := a.confirm(ctx, a.subject+": Take "+regionNames(drained)+" out of "+domains(drained)+"?"); err != nil {
		return err
	}
	// The others may have changed while the question was open.
	if refused := a.checkDrain(ctx, connected, drained, r); refused != nil {
		return a.printOutcomes(ctx, fleet, refused)
	}
	return r.run(ctx, fleet, drained)
}

// checkDrain returns nil if the regions can be drained, or else why one cannot be and none is.
func (a *App) checkDrain(ctx context.Context, connected, drained *ops.Fleet, r *rollout) (refused []*outcome) {
	within, cancel := a.withChangeTimeout(ctx)
	defer cancel()
	failed := false
	for _, region := range drained.Regions {
		o := a.outcome(region, func(region *ops.Region, _ *outcome) error { return connected.CanDrain(within, region, drained.Regions) })
		if o.problem == nil {
			r.skip(region, o)
		} else {
			failed = true
		}
		refused = append(refused, o)
	}
	if !failed {
		return nil
	}
	return refused
}

// domains returns the domains of regions.
func domains(fleet *ops.Fleet) string {
	var names []string
	for _, region := range fleet.Regions {
		names = append(names, region.CustomDomain())
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

func (a *App) drainRegion(ctx context.Context, region *ops.Region, wait bool, o *outcome) error {
	undo := ops.Fix{Verb: ops.VerbUndrain, Arguments: []string{region.Name}}
	change, cancel := a.withChangeTimeout(ctx)
	defer cancel()
	removed, err := region.Drain(change)
	if err != nil {
		return err
	}
	if removed.ID == "" {
		o.addStep("not in %s", region.CustomDomain())
	} else {
		o.addStep("out of %s", region.CustomDomain())
	}
	o.note = "until the next apply or " + a.command(undo)
	if region.RegionalDomain() != "" {
		o.note = text.JoinNonEmpty("; ", o.note, region.RegionalDomain()+" still leads to it")
	}
	switch {
	case !removed.HasLoadBalancer():
		o.note = "it has no load balancer, so there are no connections"
		return nil
	case !wait:
		return nil
	}
	if err := region.WaitDrained(ctx, removed, a.timeout, o.progress); err != nil {
		return err
	}
	o.addStep("without connections")
	return nil
}

func (a *App) undrainRegion(ctx context.Context, region *ops.Region, o *outcome) error {
	ctx, cancel := a.withChangeTimeout(ctx)
	defer cancel()
	result, err := region.Undrain(ctx)
	if err != nil {
		return err
	}
	switch result {
	case ops.Undrained:
		o.addStep("back in %s", region.CustomDomain())
		o.note = "an apply now changes nothing"
		if !region.IsHealthy(ctx) {
			o.note += "; it has no healthy target yet, so Route 53 leads no client to it"
		}
	case ops.NotDrained:
		o.note = "was not drained"
	case ops.WithoutDomain:
		o.note = "has no domain"
	case ops.AsleepWithoutRecord:
		o.note = "is asleep without a load balancer; the apply that wakes it adds the record"
	}
	return nil
}

// drains are the names of the drained regions, or why they are not known.
type drains struct {
	names   []string
	unknown string
}

func readDrains(ctx context.Context, connected *ops.Fleet) drains {
	names, err := connected.Drained(ctx)
	if err != nil {
		return drains{unknown: "cannot determine whether regions are drained: " + ops.Reason(err)}
	}
	return drains{names: names}
}

// searchDrained starts to search for regions that are drained. The returned function waits for the result.
func (a *App) searchDrained(ctx context.Context, connected *ops.Fleet) func() drains {
	var found drains
	var searching sync.WaitGroup
	searching.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		found = readDrains(ctx, connected)
	})
	return func() drains {
		searching.Wait()
		return found
	}
}
