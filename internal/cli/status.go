package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/leftover"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) status() *cobra.Command {
	var watch bool
	var every time.Duration
	command := &cobra.Command{
		Use:   "status",
		Short: "Show the status of each region",
		Long: `Show the status of each region.

A region that is asleep on schedule is ok. DRIFT is the number of differences between the deployed
service and the fleet file, which are listed below the table. A region that was removed from the fleet
file is also listed while its state contains resources, with the command that destroys them. The exit
status is 1 if a region that should be awake is not serving, if a query failed, or if a removed region
still has resources.

On a narrow terminal, less important columns are omitted; --wide shows all columns.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := atLeast("every", every, time.Second); err != nil {
				return err
			}
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			s := &statusBoard{app: a, fleet: fleet, connected: connected}
			if watch {
				return s.watch(command.Context(), every)
			}
			return s.print(s.query(command.Context(), s.partial))
		},
	}
	command.Flags().BoolVar(&watch, "watch", false, "Refresh until Ctrl-C")
	command.Flags().DurationVar(&every, "every", 10*time.Second, "Refresh interval of --watch")
	a.wideFlag(command.Flags())
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// statusBoard shows the status of a fleet.
type statusBoard struct {
	app       *App
	fleet     *config.Fleet
	connected *ops.Fleet
	// previous holds the results of the last refresh, shown until there are new ones.
	previous []ops.Status
	// incomplete reports whether the last query could not tell which removed regions still have resources, or which regions
	// are drained.
	incomplete bool
}

// query returns the status of all regions, and renders it as queryRegions does. Unless --region is set, this
// includes regions that were removed from the fleet file. If their states cannot be read, or the DNS records of
// the others, it prints a warning and returns the rest.
func (s *statusBoard) query(ctx context.Context, render func([]*ops.Status) string) []ops.Status {
	a := s.app
	removed, drained := a.searchRemoved(ctx, s.fleet), a.searchDrained(ctx, s.connected)
	statuses := queryRegions(ctx, a, s.connected.Regions, func(ctx context.Context, region *ops.Region) ops.Status { return region.Status(ctx) }, render)
	drains := drained()
	for i := range statuses {
		statuses[i].MarkDrained(drains.names)
	}
	left, removedProblem := removed()
	s.incomplete = false
	for _, problem := range []string{removedProblem, drains.unknown} {
		if problem != "" && ctx.Err() == nil {
			s.incomplete = true
			a.progressf("%s", problem)
		}
	}
	statuses = append(statuses, left...)
	s.previous = statuses
	return statuses
}

// searchRemoved starts to search for regions that were removed from the fleet file but still hold resources, unless
// --region is set. The returned function waits for their statuses, and says why if they cannot be determined.
func (a *App) searchRemoved(ctx context.Context, fleet *config.Fleet) func() (statuses []ops.Status, problem string) {
	var left []leftover.Region
	var err error
	var searching sync.WaitGroup
	if len(a.regions) == 0 {
		searching.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, a.timeout)
			defer cancel()
			left, err = leftover.Find(ctx, a.opener(), a.file, fleet)
		})
	}
	return func() (statuses []ops.Status, problem string) {
		searching.Wait()
		if err != nil {
			return nil, fmt.Sprintf("cannot determine whether regions removed from %s still have resources: %s", a.file, ops.Reason(err))
		}
		for _, region := range left {
			statuses = append(statuses, ops.Status{
				Region: region.Name, Stack: region.Stack, Schedule: ops.Timing{State: ops.Removed, Text: ops.Removed},
				Problems: []ops.Problem{{Code: ops.Leftover, Message: region.Problem(), Fix: ops.Fix{Advice: region.Destroy}}},
			})
		}
		return statuses, ""
	}
}

// partial returns the table while some regions are still pending.
func (s *statusBoard) partial(known []*ops.Status) string {
	var statuses []ops.Status
	for i, status := range known {
		switch {
		case status != nil:
			statuses = append(statuses, *status)
		case i < len(s.previous):
			statuses = append(statuses, s.previous[i])
		default:
			statuses = append(statuses, ops.Status{Region: s.connected.Regions[i].Name, Schedule: ops.Timing{Text: "…"}})
		}
	}
	return s.text(statuses)
}

func (s *statusBoard) watch(ctx context.Context, every time.Duration) error {
	a := s.app
	a.jsonLines = true
	for {
		if isTerminal(a.Out) && !a.json {
			a.write("\x1b[H\x1b[2J")
			a.printf("%s, refreshed every %s until Ctrl-C\n%s\n\n", a.Now().UTC().Format("Mon 2 Jan 15:04:05 MST"), every, a.subject)
		}
		statuses := s.query(ctx, s.partial)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // Ctrl-C ends --watch normally
		}
		if !isTerminal(a.Out) && !a.json {
			a.printf("%s\n", a.Now().UTC().Format(time.RFC3339))
		}
		if err := s.print(statuses); err != nil && !errors.Is(err, errFailed) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}

// statusReport is the JSON form of a status.
type statusReport struct {
	verdict
	ops.Status
	// Drift lists the differences between what is deployed and the fleet file.
	Drift []string `json:"drift"`
}

func (a *App) statusReport(status ops.Status) statusReport {
	report := statusReport{a.verdict(status.Region, status.Problems), status, []string{}}
	for _, drift := range status.Drift {
		report.Drift = append(report.Drift, drift.Message)
	}
	return report
}

func (s *statusBoard) print(statuses []ops.Status) error {
	a := s.app
	var result error
	var reports []statusReport
	for _, status := range statuses {
		if len(status.Problems) > 0 {
			result = errFailed
		}
		reports = append(reports, a.statusReport(status))
	}
	if a.json {
		return printReport(a, s.fleet, reports)
	}
	a.printf("%s", s.text(statuses))
	return result
}

var statusHeader = []string{
	"REGION", "SCHEDULE", "DESIRED", "RUNNING", "PENDING", "ROLLOUT", "HEALTHY", "IMAGE", "REV", "SECRET", "DRIFT", "LOAD BALANCER", "ADDRESS",
}

// statusExpendable lists the columns to omit on a narrow terminal, in this order.
var statusExpendable = []string{"ADDRESS", "REV", "LOAD BALANCER", "PENDING", "IMAGE", "SECRET", "DRIFT", "ROLLOUT", "DESIRED"}

func (s *statusBoard) text(statuses []ops.Status) string {
	table := view.Block{Align: strings.Repeat("l", len(statusHeader)), Header: statusHeader, Expendable: statusExpendable}
	var remarks []string
	for _, status := range statuses {
		table.Rows = append(table.Rows, statusRow(status))
		for _, problem := range status.Problems {
			remarks = append(remarks, status.Region+": "+s.app.problemText(problem))
		}
		for _, drift := range status.Drift {
			remarks = append(remarks, status.Region+": drift: "+drift.Message)
		}
	}
	return table.WithRemarks(remarks).Text(s.app.width())
}

// statusRow returns a region's row. If there is no service, the row has the reason.
func statusRow(status ops.Status) []string {
	service := status.Service
	switch {
	case service == nil && len(status.Problems) > 0 && status.Schedule.State != ops.Removed:
		return []string{status.Region, status.Schedule.Text, status.Problems[0].Code.Text()}
	case service == nil:
		return []string{status.Region, status.Schedule.Text}
	}
	balancer, address := "-", status.Domain
	if status.LoadBalancer != nil {
		balancer, address = status.LoadBalancer.State, status.LoadBalancer.URL
	}
	return []string{
		status.Region, status.Schedule.Text,
		strconv.Itoa(service.Desired), strconv.Itoa(service.Running), strconv.Itoa(service.Pending),
		orDash(service.Rollout), fmt.Sprintf("%d/%d", service.Healthy, service.Targets),
		orDash(shortImage(service.Image)), strconv.Itoa(service.Revision),
		orDash(string(status.Secret)), driftCell(status.Drift), balancer, orDash(address),
	}
}

// shortImage removes the registry and most of the digest from an image.
func shortImage(image string) string {
	image = image[strings.LastIndex(image, "/")+1:]
	if at := strings.Index(image, "@sha256:"); at >= 0 && len(image) > at+20 {
		return image[:at+20]
	}
	return image
}

func driftCell(drift []ops.Problem) string {
	if len(drift) == 0 {
		return "-"
	}
	return strconv.Itoa(len(drift))
}
