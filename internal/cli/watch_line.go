package cli

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
	"github.com/cdtait/mcpfleet/internal/view"
)

// Kinds of lines.
const (
	kindStatus = "status"
	kindEvent  = "event"
	kindLog    = "log"
	// kindError is why something cannot be read. Only the screen has such lines; otherwise they are on standard error.
	kindError = "error"
)

// watchLine is a line of mcpfleet watch, and its JSON form.
type watchLine struct {
	Schema int `json:"schema"`
	// Kind is status, event or log.
	Kind   string    `json:"kind"`
	Region string    `json:"region"`
	Time   time.Time `json:"time"`
	// Status is the status of the region, if it has changed.
	Status *statusReport `json:"status,omitempty"`
	// Event is an event of the service, or a task that stopped.
	Event *ops.Event `json:"event,omitempty"`
	// Log is a line of a task's log.
	Log *ops.LogEvent `json:"log,omitempty"`

	// Text describes it in one line.
	Text string `json:"-"`
	// ID distinguishes the lines of a region.
	ID string `json:"-"`
}

func identifyLine(line watchLine) (id string, at time.Time) { return line.ID, line.Time }

// streams returns the streams of the service events and of the logs, by what they are.
func (w *watcher) streams() map[string]*stream[watchLine] {
	events, logs := &eventReader{stream: stream[ops.Event]{app: w.app}}, &logReader{stream: stream[ops.LogEvent]{app: w.app}}
	of := func(read func(context.Context, *ops.Region, time.Time) iter.Seq2[[]watchLine, error], interval, delay time.Duration) *stream[watchLine] {
		return &stream[watchLine]{app: w.app, regions: w.connected.Regions, from: w.from, read: read, identify: identifyLine, interval: interval, delay: delay}
	}
	return map[string]*stream[watchLine]{
		"events": of(linesOf(events.readRegion, eventWatchLine), eventPollInterval, eventDelay),
		"logs":   of(linesOf(logs.readRegion, logWatchLine), logPollInterval, logIngestionDelay),
	}
}

// linesOf turns a function that reads events into one that reads lines.
func linesOf[Event any](read func(context.Context, *ops.Region, time.Time) iter.Seq2[[]Event, error], line func(Event) watchLine) func(context.Context, *ops.Region, time.Time) iter.Seq2[[]watchLine, error] {
	return func(ctx context.Context, region *ops.Region, since time.Time) iter.Seq2[[]watchLine, error] {
		return func(yield func([]watchLine, error) bool) {
			for events, err := range read(ctx, region, since) {
				var lines []watchLine
				for _, event := range events {
					lines = append(lines, line(event))
				}
				if !yield(lines, err) {
					return
				}
			}
		}
	}
}

func eventWatchLine(event ops.Event) watchLine {
	return watchLine{Schema: schemaVersion, Kind: kindEvent, Region: event.Region, Time: event.Time, Event: &event, Text: event.Text(), ID: event.ID}
}

func logWatchLine(event ops.LogEvent) watchLine {
	return watchLine{Schema: schemaVersion, Kind: kindLog, Region: event.Region, Time: event.Time, Log: &event, Text: event.Task + " " + event.Message, ID: event.ID}
}

// print prints lines until the context ends.
func (w *watcher) print(ctx context.Context) {
	printer := &stream[watchLine]{app: w.app, identify: identifyLine, line: w.line}
	arrived := make(chan []watchLine)
	go func() {
		defer close(arrived)
		news := &watchNews{app: w.app, said: map[string]string{}}
		for update := range w.updates(ctx) {
			if lines := news.lines(update); len(lines) > 0 {
				arrived <- lines
			}
		}
	}()
	printer.printArrived(arrived)
}

// line formats a line without a trailing newline.
func (w *watcher) line(line watchLine) string {
	if w.app.json {
		return jsonLine(line)
	}
	return fmt.Sprintf("%s %s %s %s", eventTime(line.Time), w.app.colored(w.connected.Regions, line.Region), line.Kind, view.Printable(line.Text))
}

// watchNews turns updates into lines. A status is news only if it has changed.
type watchNews struct {
	app    *App
	drains drains
	// said is the last status of each region, without what changes with the time.
	said map[string]string
}

func (n *watchNews) lines(update watchUpdate) []watchLine {
	switch {
	case update.drains != nil:
		if update.drains.unknown != "" && n.drains.unknown == "" {
			n.app.progressf("%s", update.drains.unknown)
		}
		n.drains = *update.drains
	case update.failed != nil:
		n.app.progressf("%s: %s: %s", update.failed.Name, update.what, n.app.problemText(ops.ProblemOf(update.err)))
	case update.status != nil:
		return n.statusLines(*update.status)
	}
	return update.lines
}

func (n *watchNews) statusLines(status ops.Status) []watchLine {
	status.MarkDrained(n.drains.names)
	state := stateOf(status)
	if n.said[status.Region] == state {
		return nil
	}
	n.said[status.Region] = state
	return []watchLine{{
		Schema: schemaVersion, Kind: kindStatus, Region: status.Region, Time: n.app.Now().UTC(), Status: new(n.app.statusReport(status)), Text: n.app.statusText(status),
	}}
}

// stateOf returns what a status is, without texts that contain an age.
func stateOf(status ops.Status) string {
	parts := []string{status.Schedule.State, string(status.Secret)}
	if status.Service != nil {
		parts = append(parts, fmt.Sprint(*status.Service))
	}
	if status.LoadBalancer != nil {
		parts = append(parts, fmt.Sprint(*status.LoadBalancer))
	}
	for _, problem := range status.Problems {
		parts = append(parts, string(problem.Code))
	}
	for _, drift := range status.Drift {
		parts = append(parts, drift.Message)
	}
	return strings.Join(parts, "\n")
}

// statusText describes a status in one line.
func (a *App) statusText(status ops.Status) string {
	parts := []string{status.Schedule.Text}
	if service := status.Service; service != nil {
		parts = append(parts, fmt.Sprintf("%d of %d tasks running, %d of %d targets healthy", service.Running, service.Desired, service.Healthy, service.Targets),
			service.Rollout, shortImage(service.Image))
	}
	sentences := []string{text.JoinNonEmpty(", ", parts...)}
	for _, problem := range slices.Concat(status.Problems, status.Drift) {
		sentences = append(sentences, a.problemText(problem))
	}
	return strings.Join(sentences, "; ")
}
