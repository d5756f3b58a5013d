package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

const (
	// logPause is the time between two questions of --follow. CloudWatch Logs allows few a second.
	logPause = 2 * time.Second
	// logDelay is how late an event may arrive: --follow asks again for what it has seen last.
	logDelay = 15 * time.Second
)

func (a *App) logs() *cobra.Command {
	var follow bool
	var since time.Duration
	var filter string
	command := &cobra.Command{
		Use:   "logs",
		Short: "Show the tasks' logs of all regions, merged by time",
		Long: `Show the tasks' logs of all regions, merged by time.

A line is time, region, task and message. --filter takes a CloudWatch Logs filter pattern: a word, "a
phrase", ?this ?or ?that, or { $.level = "error" } for JSON.`,
		Example: "  mcpfleet logs --since 1h --filter ERROR\n  mcpfleet logs --follow --region eu-west-1",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if since <= 0 {
				return usagef("--since has to be longer than nothing, such as 10m or 2h")
			}
			_, fleet, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			reader := newLogReader(a, fleet, a.Now().Add(-since), filter)
			if follow {
				return reader.follow(command.Context())
			}
			return reader.once(command.Context())
		},
	}
	command.Flags().BoolVar(&follow, "follow", false, "go on with what comes, until Ctrl-C")
	command.Flags().DurationVar(&since, "since", 10*time.Minute, "how far back to begin")
	command.Flags().StringVar(&filter, "filter", "", "only events that this `pattern` matches")
	return command
}

// logReader reads the logs of several regions as one.
type logReader struct {
	app    *App
	fleet  *ops.Fleet
	filter string
	since  map[string]time.Time
	// seen holds the events that an overlapping question would answer again.
	seen map[string]time.Time
	// said holds the last problem of each region, so that it is said once.
	said map[string]string
}

func newLogReader(a *App, fleet *ops.Fleet, since time.Time, filter string) *logReader {
	reader := &logReader{app: a, fleet: fleet, filter: filter, since: map[string]time.Time{}, seen: map[string]time.Time{}, said: map[string]string{}}
	for _, region := range fleet.Regions {
		reader.since[region.Name] = since
	}
	return reader
}

func (l *logReader) once(ctx context.Context) error {
	if wrong := l.read(ctx); wrong {
		return errWrong
	}
	return nil
}

func (l *logReader) follow(ctx context.Context) error {
	pause := logPause
	if l.app.Interval > 0 {
		pause = l.app.Interval
	}
	for {
		l.read(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// read prints what is new, and answers whether a region could not be read.
func (l *logReader) read(ctx context.Context) (wrong bool) {
	type answer struct {
		events []ops.LogEvent
		err    error
	}
	answers := ops.Each(ctx, l.fleet.Regions, lookTimeout, func(ctx context.Context, region *ops.Region) answer {
		events, err := region.Logs(ctx, l.since[region.Name], l.filter)
		return answer{events, err}
	})
	var fresh []ops.LogEvent
	for i, region := range l.fleet.Regions {
		fresh = append(fresh, l.unseen(region.Name, answers[i].events)...)
		problem := ""
		if err := answers[i].err; err != nil && ctx.Err() == nil {
			problem, wrong = ops.Reason(err), true
		}
		if problem != "" && problem != l.said[region.Name] {
			l.app.progressf("%s: %s", region.Name, problem)
		}
		l.said[region.Name] = problem
	}
	slices.SortStableFunc(fresh, func(a, b ops.LogEvent) int { return a.Time.Compare(b.Time) })
	for _, event := range fresh {
		l.print(event)
	}
	return wrong
}

func (l *logReader) unseen(region string, events []ops.LogEvent) (fresh []ops.LogEvent) {
	for _, event := range events {
		key := region + event.ID
		if _, known := l.seen[key]; known {
			continue
		}
		l.seen[key] = event.Time
		fresh = append(fresh, event)
		if from := event.Time.Add(-logDelay); from.After(l.since[region]) {
			l.since[region] = from
		}
	}
	for key, at := range l.seen {
		if strings.HasPrefix(key, region) && at.Before(l.since[region]) {
			delete(l.seen, key)
		}
	}
	return fresh
}

// regionColours are told apart on light and on dark ground.
var regionColours = []int{36, 33, 35, 32, 34, 31}

func (l *logReader) print(event ops.LogEvent) {
	if l.app.json {
		line, err := json.Marshal(event)
		if err == nil {
			l.app.printf("%s\n", line)
		}
		return
	}
	region, message := event.Region, event.Message
	if isTerminal(l.app.Out) {
		message = view.PrintableLines(message)
		if os.Getenv("NO_COLOR") == "" {
			at := slices.IndexFunc(l.fleet.Regions, func(each *ops.Region) bool { return each.Name == region })
			region = fmt.Sprintf("\x1b[%dm%s\x1b[0m", regionColours[at%len(regionColours)], region)
		}
	}
	l.app.write(fmt.Sprintf("%s %s %s %s\n", event.Time.Format("2006-01-02T15:04:05.000Z"), region, event.Task, message))
}
