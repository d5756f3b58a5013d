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

// streams returns the streams of the service events and of the logs.
func (w *watcher) streams(failed func(*ops.Region, error)) []*stream[watchLine] {
	events, logs := &eventReader{stream: stream[ops.Event]{app: w.app}}, &logReader{stream: stream[ops.LogEvent]{app: w.app}}
	of := func(read func(context.Context, *ops.Region, time.Time) iter.Seq2[[]watchLine, error], interval, delay time.Duration) *stream[watchLine] {
		return &stream[watchLine]{
			app: w.app, regions: w.connected.Regions, from: w.from, read: read, identify: identifyLine, interval: interval, delay: delay, failed: failed,
		}
	}
	return []*stream[watchLine]{
		of(linesOf(events.readRegion, eventWatchLine), eventPollInterval, eventDelay),
		of(linesOf(logs.readRegion, logWatchLine), logPollInterval, logIngestionDelay),
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
	app     *App
	drained []string
	// said is the last status of each region in words.
	said map[string]string
}

func (n *watchNews) lines(update watchUpdate) []watchLine {
	switch {
	case update.known:
		n.drained = update.drained
	case update.failed != nil:
		n.app.printError(update.failed, update.err)
	case update.status != nil:
		return n.statusLines(*update.status)
	}
	return update.lines
}

func (n *watchNews) statusLines(status ops.Status) []watchLine {
	status.MarkDrained(n.drained)
	words := n.app.statusText(status)
	if n.said[status.Region] == words {
		return nil
	}
	n.said[status.Region] = words
	return []watchLine{{
		Schema: schemaVersion, Kind: kindStatus, Region: status.Region, Time: n.app.Now().UTC(), Status: new(n.app.statusReport(status)), Text: words,
	}}
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
