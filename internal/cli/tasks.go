package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/span"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) tasks() *cobra.Command {
	command := &cobra.Command{
		Use:   "tasks",
		Short: "List the tasks of each region",
		Long: `List the tasks of each region: those that are starting, running or stopping, by zone and age.

STATUS is the task's last status in ECS. HEALTH is the result of the container health checks, TARGET the
health that the load balancer sees. A hyphen means that there is no health check or no load balancer, or
no result yet. REV is the revision of the task definition, ADDRESS the private IP address, and CAPACITY
FARGATE or FARGATE_SPOT.

Tasks that have stopped are in events. A region without tasks is no error: the exit status is 1 only if a
region is not deployed or cannot be read.

On a narrow terminal, less important columns are omitted; --wide shows all columns.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			l := &taskList{app: a, regions: connected.Regions}
			return l.print(fleet, queryRegions(command.Context(), a, connected.Regions, func(ctx context.Context, region *ops.Region) ops.TaskReport {
				return region.Tasks(ctx)
			}, l.partial))
		},
	}
	a.wideFlag(command.Flags())
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// taskList shows the tasks of a fleet.
type taskList struct {
	app     *App
	regions []*ops.Region
}

// tasksReport is the JSON form of a region's tasks.
type tasksReport struct {
	verdict
	ops.TaskReport
}

func (l *taskList) print(fleet *config.Fleet, reports []ops.TaskReport) error {
	var all []tasksReport
	var rows [][]string
	var remarks []string
	for _, report := range reports {
		all = append(all, tasksReport{l.app.verdict(report.Region, report.Problems), report})
		rows = append(rows, l.rows(report)...)
		for _, remark := range l.remarks(report) {
			remarks = append(remarks, report.Region+": "+remark)
		}
	}
	document := newReport(l.app, fleet, all)
	if l.app.json {
		return l.app.printDocument(document)
	}
	l.app.printf("%s", l.text(rows, remarks))
	return failUnlessOK(document)
}

// partial returns the table while some regions are still pending.
func (l *taskList) partial(known []*ops.TaskReport) string {
	var rows [][]string
	for i, report := range known {
		if report == nil {
			rows = append(rows, []string{l.regions[i].Name, "…"})
			continue
		}
		rows = append(rows, l.rows(*report)...)
	}
	return l.text(rows, nil)
}

var tasksHeader = []string{"REGION", "TASK", "ZONE", "AGE", "STATUS", "HEALTH", "TARGET", "REV", "ADDRESS", "CAPACITY"}

// tasksExpendable lists the columns to omit on a narrow terminal, in this order.
var tasksExpendable = []string{"CAPACITY", "ADDRESS", "REV", "HEALTH", "ZONE"}

func (l *taskList) text(rows [][]string, remarks []string) string {
	table := view.Block{Align: strings.Repeat("l", len(tasksHeader)), Header: tasksHeader, Expendable: tasksExpendable, Rows: rows}
	return table.WithRemarks(remarks).Text(l.app.width())
}

// rows returns a row for each task of a region. If there are none, the row has the reason.
func (l *taskList) rows(report ops.TaskReport) (rows [][]string) {
	for _, task := range report.Tasks {
		age := "-"
		if task.Created != nil {
			age = span.Format(max(l.app.Now().Sub(*task.Created), 0))
		}
		rows = append(rows, []string{
			report.Region, task.Task, orDash(task.Zone), age, orDash(task.Status), strings.Replace(task.Health, "unknown", "-", 1), orDash(task.Target),
			strconv.Itoa(task.Revision), orDash(task.Address), orDash(task.Capacity),
		})
	}
	switch {
	case len(rows) > 0:
		return rows
	case len(report.Problems) > 0:
		return [][]string{{report.Region, report.Problems[0].Code.Text()}}
	case report.Sleeps():
		return [][]string{{report.Region, report.Schedule.Text}}
	}
	return [][]string{{report.Region, "no tasks"}}
}

// remarks returns what there is to know about a region's rows.
func (l *taskList) remarks(report ops.TaskReport) (remarks []string) {
	for _, problem := range report.Problems {
		remarks = append(remarks, l.app.problemText(problem))
	}
	if len(report.Tasks)+len(report.Problems) == 0 && !report.Sleeps() {
		remarks = append(remarks, fmt.Sprintf("no task runs or starts, and the desired count is %d; %s", *report.Desired,
			l.app.command(ops.Fix{Verb: ops.VerbDoctor, Region: report.Region})))
	}
	return remarks
}
