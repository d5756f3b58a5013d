package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

const (
	// logPollInterval is the polling interval of --follow. CloudWatch Logs has a low request quota.
	logPollInterval = 2 * time.Second
	// logIngestionDelay is how late an event may arrive: each poll of --follow overlaps the last by this much.
	logIngestionDelay = 15 * time.Second
	// logMergeDelay is how long --follow waits for events from other regions before it sorts and prints.
	logMergeDelay = 200 * time.Millisecond
)

func (a *App) logs() *cobra.Command {
	l := &logReader{app: a, since: newSpanValue("10m")}
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
			if l.since.Duration <= 0 {
				return usagef("--since: %s is not greater than zero; write 10m, 2h or 1d", l.since)
			}
			_, fleet, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			l.regions, l.query.Since = fleet.Regions, a.Now().Add(-l.since.Duration)
			if err := checkContainer(l.query.Container, fleet.Regions); err != nil {
				return err
			}
			if follow {
				return l.follow(command.Context())
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
	app   *App
	since *spanValue
	// query is what the flags ask for. Its time is the one that --since refers to.
	query ops.LogQuery

	regions []*ops.Region
}

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

// once reads the logs of all regions and prints them in order. --timeout bounds each request.
func (l *logReader) once(ctx context.Context) error {
	type regionEvents struct {
		events []ops.LogEvent
		err    error
	}
	results := ops.Each(ctx, l.regions, 0, func(ctx context.Context, region *ops.Region) (all regionEvents) {
		for events, err := range region.Logs(ctx, l.query, l.app.timeout) {
			all.events, all.err = append(all.events, events...), err
		}
		return all
	})
	var events []ops.LogEvent
	var result error
	for i, each := range results {
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

// follow reads the regions independently and prints events as they arrive.
func (l *logReader) follow(ctx context.Context) error {
	arrived := make(chan []ops.LogEvent)
	var reading sync.WaitGroup
	for _, region := range l.regions {
		follower := &logFollower{reader: l, region: region, since: l.query.Since, seen: map[string]time.Time{}}
		reading.Go(func() { follower.follow(ctx, arrived) })
	}
	go func() {
		reading.Wait()
		close(arrived)
	}()
	for events := range arrived {
		l.print(append(events, gather(arrived, l.interval(logMergeDelay))...))
	}
	return nil
}

// interval returns the given duration, or the shorter App.Interval of a test.
func (l *logReader) interval(usual time.Duration) time.Duration {
	if l.app.Interval > 0 {
		return l.app.Interval
	}
	return usual
}

// gather collects the events that arrive within a duration.
func gather(arrived <-chan []ops.LogEvent, within time.Duration) (events []ops.LogEvent) {
	timeout := time.After(within)
	for {
		select {
		case more, ok := <-arrived:
			if !ok {
				return events
			}
			events = append(events, more...)
		case <-timeout:
			return events
		}
	}
}

// logFollower polls the logs of one region.
type logFollower struct {
	reader *logReader
	region *ops.Region
	since  time.Time
	// seen holds the events that the next, overlapping request would return again.
	seen map[string]time.Time
	// lastError is the error of the last poll, which is printed only when it changes.
	lastError string
}

func (f *logFollower) follow(ctx context.Context, arrived chan<- []ops.LogEvent) {
	for ctx.Err() == nil {
		f.read(ctx, arrived)
		select {
		case <-ctx.Done():
		case <-time.After(f.reader.interval(logPollInterval)):
		}
	}
}

// read sends new events to arrived. It advances f.since only for later polls, never within this one.
func (f *logFollower) read(ctx context.Context, arrived chan<- []ops.LogEvent) {
	query, problem := f.reader.query, error(nil)
	query.Since = f.since
	for events, err := range f.region.Logs(ctx, query, f.reader.app.timeout) {
		problem = err
		if fresh := f.newEvents(events); len(fresh) > 0 {
			arrived <- fresh
		}
	}
	if ctx.Err() != nil {
		return
	}
	f.printChangedError(problem)
	for id, at := range f.seen {
		if at.Before(f.since) {
			delete(f.seen, id)
		}
	}
}

func (f *logFollower) printChangedError(err error) {
	text := ""
	if err != nil {
		text = ops.Reason(err)
	}
	if text != "" && text != f.lastError {
		f.reader.app.printError(f.region, err)
	}
	f.lastError = text
}

func (f *logFollower) newEvents(events []ops.LogEvent) (fresh []ops.LogEvent) {
	for _, event := range events {
		if _, known := f.seen[event.ID]; known {
			continue
		}
		f.seen[event.ID] = event.Time
		fresh = append(fresh, event)
		if from := event.Time.Add(-logIngestionDelay); from.After(f.since) {
			f.since = from
		}
	}
	return fresh
}

// print prints events sorted by time.
func (l *logReader) print(events []ops.LogEvent) {
	slices.SortStableFunc(events, func(a, b ops.LogEvent) int { return a.Time.Compare(b.Time) })
	for _, event := range events {
		l.app.write(l.line(event) + "\n")
	}
}
