package cli

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

const (
	// eventPollInterval is the polling interval of --follow. It suits the pace of ECS.
	eventPollInterval = 5 * time.Second
	// eventDelay is how late an event may arrive. A stopped task is listed for about an hour, and has the time at
	// which it stopped.
	eventDelay = time.Hour
)

func (a *App) events() *cobra.Command {
	e := &eventReader{since: newSpanValue("1h")}
	e.stream = stream[ops.Event]{app: a, read: e.readRegion, identify: identifyEvent, line: e.eventLine, interval: eventPollInterval, delay: eventDelay}
	var follow bool
	command := &cobra.Command{
		Use:   "events",
		Short: "Show service events and stopped tasks from every region, merged by time",
		Long: `Show service events and stopped tasks from every region, merged by time.

Each line has the time, the region, and what the service did or why a task stopped, with the exit codes
of its containers. Tasks that ECS stopped for scaling or a new deployment, and interruptions of Spot
tasks, are shown as such. ECS keeps the last 100 events of each service, and stopped tasks for about an
hour.

If there are no events, a note is printed to standard error and the exit status is 0. If a region is not
deployed or cannot be read, the reason is printed to standard error, the other regions' events are
printed, and the exit status is 1.

With --follow, events are printed as they arrive, without waiting for slower regions. Events that arrive
together are sorted by time. With --follow --json, each event is an object on its own line.`,
		Example: "  mcpfleet events --since 30m --region eu-west-1\n  mcpfleet events --follow",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := e.since.check("since"); err != nil {
				return err
			}
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			e.regions, e.from = connected.Regions, a.Now().Add(-e.since.Duration)
			if follow {
				e.follow(command.Context())
				return nil
			}
			return e.once(command.Context(), fleet)
		},
	}
	command.Flags().BoolVar(&follow, "follow", false, "Print new events until Ctrl-C")
	command.Flags().Var(e.since, "since", "Show events since this `duration` ago, such as 90s, 2h, 1d or 1w")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// eventReader merges the events of several regions.
type eventReader struct {
	stream[ops.Event]
	since *spanValue
}

// readRegion reads the events of one region, with --timeout.
func (e *eventReader) readRegion(ctx context.Context, region *ops.Region, since time.Time) iter.Seq2[[]ops.Event, error] {
	return func(yield func([]ops.Event, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, e.app.timeout)
		defer cancel()
		yield(region.Events(ctx, since))
	}
}

func identifyEvent(event ops.Event) (id string, at time.Time) { return event.ID, event.Time }

// eventsDocument is the JSON form of a fleet's events.
type eventsDocument struct {
	report[verdict]
	// Since is the time of --since.
	Since time.Time `json:"since"`
	// Events are those of all regions, oldest first.
	Events []ops.Event `json:"events"`
}

// eventReport is the JSON form of an event of --follow.
type eventReport struct {
	Schema int `json:"schema"`
	ops.Event
}

// once reads the events of all regions and prints them in order.
func (e *eventReader) once(ctx context.Context, fleet *config.Fleet) error {
	events := []ops.Event{}
	var verdicts []verdict
	for i, each := range e.readAll(ctx) {
		events = append(events, each.events...)
		var problems []ops.Problem
		if each.err != nil {
			problems = []ops.Problem{ops.ProblemOf(each.err)}
		}
		if each.err != nil && !e.app.json {
			e.app.printError(e.regions[i], each.err)
		}
		verdicts = append(verdicts, e.app.verdict(e.regions[i].Name, problems))
	}
	e.sort(events)
	document := eventsDocument{newReport(e.app, fleet, verdicts), e.from.UTC(), events}
	if e.app.json {
		return e.app.printDocument(document)
	}
	e.print(events)
	if len(events) == 0 && document.OK {
		e.app.progressf("no events in the last %s", e.since)
	}
	return failUnlessOK(document)
}

// eventLine formats an event without a trailing newline.
func (e *eventReader) eventLine(event ops.Event) string {
	if e.app.json {
		return jsonLine(eventReport{schemaVersion, event})
	}
	return fmt.Sprintf("%s %s %s", eventTime(event.Time), e.colored(event.Region), view.Printable(event.Text()))
}
