package cli

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

const (
	// logPause is the time between two questions of --follow. CloudWatch Logs allows few a second.
	logPause = 2 * time.Second
	// logDelay is how late an event may arrive: --follow asks again for what it has seen last.
	logDelay = 15 * time.Second
	// logGather is how long --follow waits for what other regions have to say, to put it in order.
	logGather = 200 * time.Millisecond
)

func (a *App) logs() *cobra.Command {
	l := &logReader{app: a, since: newLength("10m")}
	var follow bool
	command := &cobra.Command{
		Use:   "logs",
		Short: "Show the tasks' logs of all regions, merged by time",
		Long: `Show the tasks' logs of all regions, merged by time.

A line is time, region, task and message. --filter takes a CloudWatch Logs filter pattern: a word, "a
phrase", ?this ?or ?that, or { $.level = "error" } for JSON. Where no event is found, standard error says
so, and the exit status is 0. It is 1 where a region could not be read; the others' lines are printed.

With --follow no region waits for another: lines appear as they arrive, in the order of their times
where they arrive together.

With --json every event is an object on a line of its own: schema, region, time, task, message.`,
		Example: "  mcpfleet logs --since 1h --filter ERROR\n  mcpfleet logs --since 2d --region eu-west-1\n  mcpfleet logs --follow",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if l.since.Duration <= 0 {
				return usagef("--since: %s is not before now; write 10m, 2h or 1d", l.since)
			}
			_, fleet, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			l.regions, l.from = fleet.Regions, a.Now().Add(-l.since.Duration)
			if follow {
				return l.follow(command.Context())
			}
			return l.once(command.Context())
		},
	}
	command.Flags().BoolVar(&follow, "follow", false, "go on with what comes, until Ctrl-C")
	command.Flags().Var(l.since, "since", "how far back to begin, a `duration` such as 90s, 2h, 1d or 1w")
	command.Flags().StringVar(&l.filter, "filter", "", "only events that this `pattern` matches")
	a.timeoutFlag(command, lookTimeout, "how long one region may take to answer")
	return command
}

// logReader reads the logs of several regions as one.
type logReader struct {
	app    *App
	since  *length
	filter string

	regions []*ops.Region
	// from is where --since begins.
	from time.Time
}

// once waits for every region, at most as long as --timeout for each answer, and prints all in order.
func (l *logReader) once(ctx context.Context) error {
	type answer struct {
		events []ops.LogEvent
		err    error
	}
	answers := ops.Each(ctx, l.regions, 0, func(ctx context.Context, region *ops.Region) (all answer) {
		for events, err := range region.Logs(ctx, l.from, l.filter, l.app.timeout) {
			all.events, all.err = append(all.events, events...), err
		}
		return all
	})
	var events []ops.LogEvent
	var result error
	for i, each := range answers {
		events = append(events, each.events...)
		if each.err != nil {
			result = errWrong
			l.complain(l.regions[i], each.err)
		}
	}
	l.print(events)
	if len(events) == 0 && result == nil {
		l.app.progressf("no log events in the last %s%s", l.since, l.matching())
	}
	return result
}

func (l *logReader) matching() string {
	if l.filter == "" {
		return ""
	}
	return fmt.Sprintf(" match %q", l.filter)
}

func (l *logReader) complain(region *ops.Region, err error) {
	l.app.progressf("%s: %s", region.Name, l.app.problemText(ops.ProblemOf(err)))
}

// follow reads every region by itself, and prints what arrives.
func (l *logReader) follow(ctx context.Context) error {
	arrived := make(chan []ops.LogEvent)
	var reading sync.WaitGroup
	for _, region := range l.regions {
		follower := &logFollower{reader: l, region: region, since: l.from, seen: map[string]time.Time{}}
		reading.Go(func() { follower.follow(ctx, arrived) })
	}
	go func() {
		reading.Wait()
		close(arrived)
	}()
	for events := range arrived {
		l.print(append(events, gather(arrived, l.pace(logGather))...))
	}
	return nil
}

// pace is a length of time, or the shorter one of a test.
func (l *logReader) pace(usual time.Duration) time.Duration {
	if l.app.Interval > 0 {
		return l.app.Interval
	}
	return usual
}

// gather takes what arrives within a time.
func gather(arrived <-chan []ops.LogEvent, within time.Duration) (events []ops.LogEvent) {
	enough := time.After(within)
	for {
		select {
		case more, ok := <-arrived:
			if !ok {
				return events
			}
			events = append(events, more...)
		case <-enough:
			return events
		}
	}
}

// logFollower reads one region again and again.
type logFollower struct {
	reader *logReader
	region *ops.Region
	since  time.Time
	// seen holds the events that an overlapping question would answer again.
	seen map[string]time.Time
	// said is the last problem, so that it is said once.
	said string
}

func (f *logFollower) follow(ctx context.Context, arrived chan<- []ops.LogEvent) {
	for ctx.Err() == nil {
		f.read(ctx, arrived)
		select {
		case <-ctx.Done():
		case <-time.After(f.reader.pace(logPause)):
		}
	}
}

// read hands over what is new. What it waits for next lies behind all that this question answers.
func (f *logFollower) read(ctx context.Context, arrived chan<- []ops.LogEvent) {
	since, problem := f.since, error(nil)
	for events, err := range f.region.Logs(ctx, since, f.reader.filter, f.reader.app.timeout) {
		problem = err
		if fresh := f.unseen(events); len(fresh) > 0 {
			arrived <- fresh
		}
	}
	if ctx.Err() != nil {
		return
	}
	f.tell(problem)
	for id, at := range f.seen {
		if at.Before(f.since) {
			delete(f.seen, id)
		}
	}
}

func (f *logFollower) tell(err error) {
	text := ""
	if err != nil {
		text = ops.Reason(err)
	}
	if text != "" && text != f.said {
		f.reader.complain(f.region, err)
	}
	f.said = text
}

func (f *logFollower) unseen(events []ops.LogEvent) (fresh []ops.LogEvent) {
	for _, event := range events {
		if _, known := f.seen[event.ID]; known {
			continue
		}
		f.seen[event.ID] = event.Time
		fresh = append(fresh, event)
		if from := event.Time.Add(-logDelay); from.After(f.since) {
			f.since = from
		}
	}
	return fresh
}

// print prints events in the order of their times.
func (l *logReader) print(events []ops.LogEvent) {
	slices.SortStableFunc(events, func(a, b ops.LogEvent) int { return a.Time.Compare(b.Time) })
	for _, event := range events {
		l.app.write(l.line(event) + "\n")
	}
}
