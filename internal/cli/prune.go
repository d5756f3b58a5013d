package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
)

// pruneTimeout suits some hundred requests, of which ECS allows one a second.
const pruneTimeout = 10 * time.Minute

func (a *App) prune() *cobra.Command {
	var keep int
	var dryRun bool
	r := &rollout{app: a, skip: notChanged(ops.VerbPrune)}
	r.work = func(ctx context.Context, region *ops.Region, o *outcome) error {
		return pruneRegion(ctx, region, keep, dryRun, o)
	}
	command := &cobra.Command{
		Use:   "prune",
		Short: "Deregister old revisions, except what a rollback needs",
		Long: `Deregister the old revisions of each region's task definition. Applies and mcpfleet deploy register one each,
and none of them is removed otherwise. Revisions are free, so this is for tidiness and for the quota of AWS.

It keeps the newest revisions, as many as --keep says, what the service and its tasks run, and what mcpfleet
rollback would run. A deregistered revision can no longer be run, so a rollback to it is refused. Should
Terraform's own revision be among them, the next apply registers a new one.`,
		Example:     "  mcpfleet prune --dry-run\n  mcpfleet prune --keep 3 --region eu-west-1 --yes",
		Annotations: map[string]string{confirms: "yes"},
		Args:        noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if keep < 1 {
				return usagef("--keep: %d is not greater than zero; write 10", keep)
			}
			if dryRun {
				fleet, connected, err := a.connect(command.Context())
				if err != nil {
					return err
				}
				return r.run(command.Context(), fleet, connected)
			}
			return r.runConfirmed(command.Context(), fmt.Sprintf("Deregister all revisions but the newest %d, and what runs or a rollback needs, in %%s?", keep))
		},
	}
	command.Flags().IntVar(&keep, "keep", 10, "Keep this many of the newest revisions")
	command.Flags().BoolVar(&dryRun, "dry-run", false, "Show the revisions without deregistering them")
	a.timeoutFlag(command, pruneTimeout, "Spend at most this long in a region")
	return command
}

func pruneRegion(ctx context.Context, region *ops.Region, keep int, dryRun bool, o *outcome) error {
	ctx, cancel := context.WithTimeout(ctx, o.app.timeout)
	defer cancel()
	unneeded, kept, err := region.Unneeded(ctx, keep)
	if err != nil {
		return err
	}
	o.note = text.Count(kept, "revision") + " kept"
	if dryRun {
		o.note = "would deregister " + numbers(unneeded) + "; " + o.note
		return nil
	}
	for i, each := range unneeded {
		if err := region.Deregister(ctx, each); err != nil {
			o.addStep("deregistered %s", numbers(unneeded[:i]))
			o.note = ""
			return err
		}
	}
	o.addStep("deregistered %s", numbers(unneeded))
	return nil
}

// numbers lists revisions, the highest first, with those in a row as a range.
func numbers(revisions []ops.Revision) string {
	if len(revisions) == 0 {
		return "nothing"
	}
	var ranges []string
	for first := 0; first < len(revisions); {
		last := first
		for last+1 < len(revisions) && revisions[last+1].Number == revisions[last].Number-1 {
			last++
		}
		each := fmt.Sprint(revisions[last].Number)
		if last > first {
			each += fmt.Sprintf("-%d", revisions[first].Number)
		}
		ranges = append(ranges, each)
		first = last + 1
	}
	return strings.Join(ranges, ", ")
}
