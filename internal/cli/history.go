package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) history() *cobra.Command {
	var limit int
	command := &cobra.Command{
		Use:   "history",
		Short: "Show the deployments of each region: when, what, by whom, and what became of them",
		Long: `Show the last deployments of each region, the latest first: when it started, the revision of the task
definition and its image, who registered the revision, and the result. ECS remembers deployments for 90
days. --json has all of them, with the whole names of the images.

REVISION is what mcpfleet rollback --to takes.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit: %d is not greater than zero; write 5", limit)
			}
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			if a.json {
				limit = ops.MaxDeployments
			}
			work := func(ctx context.Context, region *ops.Region) regionHistory {
				deployments, err := region.Deployments(ctx, limit)
				each := regionHistory{region: region.Name, deployments: deployments}
				if err != nil {
					each.problems = []ops.Problem{ops.ProblemOf(err)}
				}
				return each
			}
			return a.printHistory(fleet, queryRegions(command.Context(), a, connected.Regions, work, a.historyText))
		},
	}
	command.Flags().IntVar(&limit, "limit", 5, "Show at most this many deployments of a region")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	a.wideFlag(command.Flags())
	return command
}

// regionHistory is what history finds in a region.
type regionHistory struct {
	region      string
	deployments []ops.Deployment
	problems    []ops.Problem
}

// historyReport is the JSON form of a region's deployments.
type historyReport struct {
	verdict
	Deployments []ops.Deployment `json:"deployments"`
}

func (a *App) printHistory(fleet *config.Fleet, found []regionHistory) error {
	var reports []historyReport
	var known []*regionHistory
	for i, each := range found {
		reports = append(reports, historyReport{a.verdict(each.region, each.problems), append([]ops.Deployment{}, each.deployments...)})
		known = append(known, &found[i])
	}
	document := newReport(a, fleet, reports)
	if a.json {
		return a.printDocument(document)
	}
	a.printf("%s", a.historyText(known))
	return failUnlessOK(document)
}

// historyText returns the table. Regions that are pending are nil and have no row yet.
func (a *App) historyText(found []*regionHistory) string {
	table := view.Block{Align: "llrlll", Header: []string{"REGION", "STARTED (UTC)", "REVISION", "IMAGE", "BY", "RESULT"}, Expendable: []string{"BY"}}
	var remarks []string
	for _, each := range found {
		if each == nil {
			continue
		}
		for _, problem := range each.problems {
			table.Rows = append(table.Rows, []string{each.region, problem.Code.Text()})
			remarks = append(remarks, each.region+": "+a.problemText(problem))
		}
		if len(each.deployments) == 0 && len(each.problems) == 0 {
			table.Rows = append(table.Rows, []string{each.region, "no deployment in the last 90 days"})
		}
		for _, deployment := range each.deployments {
			table.Rows = append(table.Rows, deploymentRow(each.region, deployment))
		}
	}
	return table.WithRemarks(remarks).Text(a.width())
}

func deploymentRow(region string, deployment ops.Deployment) []string {
	started := "-"
	if deployment.Started != nil {
		started = deployment.Started.UTC().Format(time.DateTime)
	}
	result := deployment.State()
	if deployment.Reason != "" {
		result += ": " + deployment.Reason
	}
	return []string{region, started, revisionCell(deployment.Revision), orDash(shortImage(deployment.Image)), orDash(deployment.By), result}
}

// revisionCell returns the number of a revision, "-" if it is unknown.
func revisionCell(revision ops.Revision) string {
	if revision.Number == 0 {
		return "-"
	}
	return strconv.Itoa(revision.Number)
}
