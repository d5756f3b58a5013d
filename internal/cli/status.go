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
		Short: "Show what runs in every region, and whether it should",
		Long: `Show what runs in every region, and whether it should.

A region that sleeps by its schedule is well. DRIFT counts where what runs differs from the fleet
file; below the table it is spelled out. A region that the fleet file no longer names is listed too
as long as its state holds resources, with the command that destroys them. The exit status is 1
where a region that should be awake is not serving, where something could not be seen, or where a
region is left like that.

On a narrow terminal the less important columns are left out; --wide shows all of them.`,
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
			return s.print(s.lookAround(command.Context()))
		},
	}
	command.Flags().BoolVar(&watch, "watch", false, "look again and again, until Ctrl-C")
	command.Flags().DurationVar(&every, "every", 10*time.Second, "how long --watch waits between two looks")
	a.wideFlag(command.Flags())
	a.timeoutFlag(command, lookTimeout, "how long one region may take to answer")
	return command
}

// statusBoard shows the status of a fleet.
type statusBoard struct {
	app       *App
	fleet     *config.Fleet
	connected *ops.Fleet
	// before are the statuses of the last look, shown until there are new ones.
	before []ops.Status
}

// lookAround also sees the regions that are no longer in the fleet file, unless some are asked for.
// Who may not read the states is told so, and of all else.
func (s *statusBoard) lookAround(ctx context.Context) []ops.Status {
	a := s.app
	var left []leftover.Region
	var err error
	var looking sync.WaitGroup
	if len(a.regions) == 0 {
		looking.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, a.timeout)
			defer cancel()
			left, err = leftover.Find(ctx, a.opener(), a.file, s.fleet)
		})
	}
	statuses := look(ctx, a, s.connected.Regions, func(ctx context.Context, region *ops.Region) ops.Status { return region.Status(ctx) }, s.partial)
	looking.Wait()
	if err != nil && ctx.Err() == nil {
		a.progressf("whether anything is left of regions that are no longer in %s is not known: %s", a.file, ops.Reason(err))
	}
	for _, region := range left {
		statuses = append(statuses, ops.Status{
			Region: region.Name, Stack: region.Stack, Schedule: ops.Timing{State: ops.Left, Text: ops.Left},
			Drift: []string{}, Problems: []ops.Problem{{Code: ops.Leftover, Message: region.Problem(), Fix: ops.Fix{Advice: region.Destroy}}},
		})
	}
	s.before = statuses
	return statuses
}

// partial is the table while some regions have not answered.
func (s *statusBoard) partial(known []*ops.Status) string {
	var statuses []ops.Status
	for i, status := range known {
		switch {
		case status != nil:
			statuses = append(statuses, *status)
		case i < len(s.before):
			statuses = append(statuses, s.before[i])
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
			a.printf("%s, every %s until Ctrl-C\n%s\n\n", a.Now().UTC().Format("Mon 2 Jan 15:04:05 MST"), every, a.subject)
		}
		statuses := s.lookAround(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // Ctrl-C is how it ends
		}
		if !isTerminal(a.Out) && !a.json {
			a.printf("%s\n", a.Now().UTC().Format(time.RFC3339))
		}
		if err := s.print(statuses); err != nil && !errors.Is(err, errWrong) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}

// statusReport is a status as a script reads it.
type statusReport struct {
	verdict
	ops.Status
}

func (s *statusBoard) print(statuses []ops.Status) error {
	a := s.app
	var result error
	var reports []statusReport
	for _, status := range statuses {
		if len(status.Problems) > 0 {
			result = errWrong
		}
		reports = append(reports, statusReport{a.verdict(status.Region, status.Problems), status})
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

// statusExpendable are the columns that a narrow terminal does without, the first of them first.
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
			remarks = append(remarks, status.Region+": drift: "+drift)
		}
	}
	return table.WithRemarks(remarks).Text(s.app.width())
}

// statusRow is a region's row. A region without a service has the reason in it.
func statusRow(status ops.Status) []string {
	service := status.Service
	switch {
	case service == nil && len(status.Problems) > 0 && status.Schedule.State != ops.Left:
		return []string{status.Region, status.Schedule.Text, status.Problems[0].Code.Words()}
	case service == nil:
		return []string{status.Region, status.Schedule.Text}
	}
	balancer, address := "-", status.Domain
	if status.LoadBalancer != nil {
		balancer = status.LoadBalancer.State
		if address == "" {
			address = status.LoadBalancer.URL
		}
	}
	return []string{
		status.Region, status.Schedule.Text,
		strconv.Itoa(service.Desired), strconv.Itoa(service.Running), strconv.Itoa(service.Pending),
		orDash(service.Rollout), fmt.Sprintf("%d/%d", service.Healthy, service.Targets),
		orDash(shortImage(service.Image)), strconv.Itoa(service.Revision),
		orDash(string(status.Secret)), driftCell(status.Drift), balancer, orDash(address),
	}
}

// shortImage leaves out the registry, and most of a digest.
func shortImage(image string) string {
	image = image[strings.LastIndex(image, "/")+1:]
	if at := strings.Index(image, "@sha256:"); at >= 0 && len(image) > at+20 {
		return image[:at+20]
	}
	return image
}

func driftCell(drift []string) string {
	if len(drift) == 0 {
		return "-"
	}
	return strconv.Itoa(len(drift))
}
