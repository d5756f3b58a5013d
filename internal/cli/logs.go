package cli

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

const (
	// logPollInterval is the polling interval of --follow. CloudWatch Logs has a low request quota.
	logPollInterval = 2 * time.Second
	// logIngestionDelay is how late an event may arrive.
	logIngestionDelay = 15 * time.Second
)

func (a *App) logs() *cobra.Command {
	l := &logReader{since: newSpanValue("10m")}
	l.stream = stream[ops.LogEvent]{app: a, read: l.readRegion, identify: identifyLogEvent, line: l.logLine, interval: logPollInterval, delay: logIngestionDelay}
	var follow bool
	command := &cobra.Command{
		Use:   "logs",
		Short: "Show task logs from every region, merged by time",
		Long: `Show task logs from every region, merged by time.

Each line has the time, region, task and message, and in fleets with sidecars the container before the
message. --container shows the lines of one: server, or a sidecar. --filter takes a CloudWatch Logs
filter pattern: a word, "a phrase", ?this ?or ?that, or { $.level = "error" } for JSON. If no events are
found, a note is printed to standard error and the exit status is 0. If a region cannot be read, the other
regions' logs are printed and the exit status is 1.

With --follow, lines are printed as they arrive, without waiting for slower regions. Lines that arrive
together are sorted by time.

With --json, each event is printed as an object on its own line: schema, region, time, task, container,
message.`,
		Example: "  mcpfleet logs --since 1h --filter ERROR\n  mcpfleet logs --since 2d --region eu-west-1\n  mcpfleet logs --follow",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := l.since.check("since"); err != nil {
				return err
			}
			_, fleet, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			l.regions, l.from = fleet.Regions, a.Now().Add(-l.since.Duration)
			if err := checkContainer(l.query.Container, fleet.Regions); err != nil {
				return err
			}
			if follow {
				l.follow(command.Context())
				return nil
			}
			return l.once(command.Context())
		},
	}
	command.Flags().BoolVar(&follow, "follow", false, "Print new events until Ctrl-C")
	command.Flags().Var(l.since, "since", "Show events since this `duration` ago, such as 90s, 2h, 1d or 1w")
	command.Flags().StringVar(&l.query.Filter, "filter", "", "Show only events that match `pattern`")
	command.Flags().StringVar(&l.query.Container, "container", "", "Show only events of `container`: server, or a sidecar")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// logReader merges the logs of several regions.
type logReader struct {
	stream[ops.LogEvent]
	since *spanValue
	// query is what the flags ask for, without its time.
	query ops.LogQuery
}

// readRegion reads the logs of one region. --timeout bounds each request.
func (l *logReader) readRegion(ctx context.Context, region *ops.Region, since time.Time) iter.Seq2[[]ops.LogEvent, error] {
	query := l.query
	query.Since = since
	return region.Logs(ctx, query, l.app.timeout)
}

func identifyLogEvent(event ops.LogEvent) (id string, at time.Time) { return event.ID, event.Time }

// checkContainer checks that some region has the container of --container.
func checkContainer(container string, regions []*ops.Region) error {
	var known []string
	for _, region := range regions {
		known = append(known, region.Container.ContainerNames()...)
	}
	if container == "" || slices.Contains(known, container) {
		return nil
	}
	slices.Sort(known)
	return usagef("--container: the fleet's tasks have no container %q; use %s", container, strings.Join(slices.Compact(known), " or "))
}

// once reads the logs of all regions and prints them in order.
func (l *logReader) once(ctx context.Context) error {
	var events []ops.LogEvent
	var result error
	for i, each := range l.readAll(ctx) {
		events = append(events, each.events...)
		if each.err != nil {
			result = errFailed
			l.app.printError(l.regions[i], each.err)
		}
	}
	l.print(events)
	if len(events) == 0 && result == nil {
		l.app.progressf("no log events in the last %s%s", l.since, l.matching())
	}
	return result
}

func (l *logReader) matching() string {
	if l.query.Filter == "" {
		return ""
	}
	return fmt.Sprintf(" match %q", l.query.Filter)
}
