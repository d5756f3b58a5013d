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
region is left like that.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			config, fleet, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			if watch {
				return a.watchStatus(command.Context(), config, fleet, every)
			}
			return a.printStatus(a.lookAround(command.Context(), config, fleet))
		},
	}
	command.Flags().BoolVar(&watch, "watch", false, "look again and again, until Ctrl-C")
	command.Flags().DurationVar(&every, "every", 10*time.Second, "how long --watch waits between two looks")
	return command
}

func look(ctx context.Context, fleet *ops.Fleet) []ops.Status {
	return ops.Each(fleet.Regions, func(region *ops.Region) ops.Status { return region.Status(ctx) })
}

// lookAround also sees the regions that are no longer in the fleet file, unless some are asked for.
// Who may not read the states is told so, and of all else.
func (a *App) lookAround(ctx context.Context, config *config.Fleet, fleet *ops.Fleet) []ops.Status {
	if len(a.regions) > 0 {
		return look(ctx, fleet)
	}
	var left []leftover.Region
	var err error
	var looking sync.WaitGroup
	looking.Go(func() { left, err = leftover.Find(ctx, a.file, config) })
	statuses := look(ctx, fleet)
	looking.Wait()
	if err != nil && ctx.Err() == nil {
		a.progressf("whether anything is left of regions that are no longer in %s is not known: %s", a.file, ops.Reason(err))
	}
	for _, region := range left {
		statuses = append(statuses, ops.Status{
			Region: region.Name, Stack: region.Stack, Schedule: ops.Timing{State: ops.Left, Text: ops.Left},
			Drift: []string{}, Problems: []string{region.Problem()},
		})
	}
	return statuses
}

func (a *App) watchStatus(ctx context.Context, config *config.Fleet, fleet *ops.Fleet, every time.Duration) error {
	for {
		statuses := a.lookAround(ctx, config, fleet)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // Ctrl-C is how it ends
		}
		switch {
		case a.json:
		case isTerminal(a.Out):
			a.printf("\x1b[H\x1b[2J%s, every %s until Ctrl-C\n\n", a.Now().UTC().Format("Mon 2 Jan 15:04:05 MST"), every)
		default:
			a.printf("%s\n", a.Now().UTC().Format(time.RFC3339))
		}
		if err := a.printStatus(statuses); err != nil && !errors.Is(err, errWrong) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}

func (a *App) printStatus(statuses []ops.Status) error {
	var result error
	for _, status := range statuses {
		if !status.OK {
			result = errWrong
		}
	}
	if a.json {
		if err := a.printJSON(statuses); err != nil {
			return err
		}
		return result
	}
	header := []string{"REGION", "SCHEDULE", "DESIRED", "RUNNING", "PENDING", "ROLLOUT", "HEALTHY", "IMAGE", "REV", "SECRET", "DRIFT", "LOAD BALANCER", "ADDRESS"}
	var rows [][]string
	var remarks []string
	for _, status := range statuses {
		row, rest := statusRow(status)
		rows = append(rows, row)
		for _, problem := range rest {
			remarks = append(remarks, status.Region+": "+problem)
		}
		for _, drift := range status.Drift {
			remarks = append(remarks, status.Region+": drift: "+drift)
		}
	}
	a.printTable(header, rows)
	if len(remarks) > 0 {
		a.printf("\n%s\n", strings.Join(remarks, "\n"))
	}
	return result
}

// statusRow is a region's row, and what is wrong with it beyond that. A region without a service
// has the reason in its row.
func statusRow(status ops.Status) (row, problems []string) {
	service := status.Service
	if service == nil {
		return []string{status.Region, status.Schedule.Text, strings.Join(status.Problems, "; ")}, nil
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
	}, status.Problems
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
