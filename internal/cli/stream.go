package cli

import (
	"context"
	"fmt"
	"iter"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/cdtait/mcpfleet/internal/ops"
)

// streamMergeDelay is how long --follow waits for events from other regions before it sorts and prints.
const streamMergeDelay = 200 * time.Millisecond

// regionColors are ANSI colors that are legible on light and dark backgrounds.
var regionColors = []int{36, 33, 35, 32, 34, 31}

// stream merges the events of several regions by time.
type stream[Event any] struct {
	app     *App
	regions []*ops.Region
	// from is the time of the first event.
	from time.Time
	// read reads a region's events since a time. If an error occurs, the last pair holds it.
	read func(ctx context.Context, region *ops.Region, since time.Time) iter.Seq2[[]Event, error]
	// identify returns what distinguishes an event of a region from the others, and when it happened.
	identify func(Event) (id string, at time.Time)
	// line formats an event without a trailing newline.
	line func(Event) string
	// interval is the polling interval of --follow.
	interval time.Duration
	// delay is how late an event may arrive: each poll overlaps the last by this much.
	delay time.Duration
	// failed is told why a region cannot be followed, and nil once it can be again. Without it, the reason is printed.
	failed func(*ops.Region, error)
}

// regionEvents is what was read from a region. If there is an error, events may be missing.
type regionEvents[Event any] struct {
	events []Event
	err    error
}

// readAll reads all regions concurrently and returns the results in their order.
func (s *stream[Event]) readAll(ctx context.Context) []regionEvents[Event] {
	return ops.Each(ctx, s.regions, 0, func(ctx context.Context, region *ops.Region) (all regionEvents[Event]) {
		for events, err := range s.read(ctx, region, s.from) {
			all.events, all.err = append(all.events, events...), err
		}
		return all
	})
}

// follow reads the regions independently and prints events as they arrive.
func (s *stream[Event]) follow(ctx context.Context) {
	arrived := make(chan []Event)
	var reading sync.WaitGroup
	s.start(ctx, arrived, &reading)
	go func() {
		reading.Wait()
		close(arrived)
	}()
	s.printArrived(arrived)
}

// start follows each region until the context ends, and sends its events to arrived.
func (s *stream[Event]) start(ctx context.Context, arrived chan<- []Event, reading *sync.WaitGroup) {
	for _, region := range s.regions {
		follower := &follower[Event]{stream: s, region: region, since: s.from, seen: map[string]time.Time{}}
		reading.Go(func() { follower.follow(ctx, arrived) })
	}
}

// printArrived prints events until the channel is closed. Those that arrive together are sorted by time.
func (s *stream[Event]) printArrived(arrived <-chan []Event) {
	for events := range arrived {
		s.print(append(events, gather(arrived, s.pause(streamMergeDelay))...))
	}
}

// pause returns the given duration, or the shorter App.Interval of a test.
func (s *stream[Event]) pause(usual time.Duration) time.Duration {
	if s.app.Interval > 0 {
		return s.app.Interval
	}
	return usual
}

// gather collects the events that arrive within a duration.
func gather[Event any](arrived <-chan []Event, within time.Duration) (events []Event) {
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

// print prints events sorted by time.
func (s *stream[Event]) print(events []Event) {
	s.sort(events)
	for _, event := range events {
		s.app.write(s.line(event) + "\n")
	}
}

func (s *stream[Event]) sort(events []Event) {
	slices.SortStableFunc(events, func(a, b Event) int {
		_, first := s.identify(a)
		_, second := s.identify(b)
		return first.Compare(second)
	})
}

// colored returns a region's name, in its color if the output is a terminal.
func (s *stream[Event]) colored(region string) string { return s.app.colored(s.regions, region) }

// colored returns the name of one of the regions, in its color if the output is a terminal.
func (a *App) colored(regions []*ops.Region, name string) string {
	if !isTerminal(a.Out) || os.Getenv("NO_COLOR") != "" {
		return name
	}
	at := slices.IndexFunc(regions, func(each *ops.Region) bool { return each.Name == name })
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", regionColors[at%len(regionColors)], name)
}

// eventTime formats the time of an event, so that lines of different regions and commands can be sorted.
func eventTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// follower polls one region.
type follower[Event any] struct {
	stream *stream[Event]
	region *ops.Region
	since  time.Time
	// seen holds the events that the next, overlapping request would return again.
	seen map[string]time.Time
	// lastError is the error of the last poll, which is printed only when it changes.
	lastError string
}

func (f *follower[Event]) follow(ctx context.Context, arrived chan<- []Event) {
	for ctx.Err() == nil {
		f.poll(ctx, arrived)
		select {
		case <-ctx.Done():
		case <-time.After(f.stream.pause(f.stream.interval)):
		}
	}
}

// poll sends new events to arrived. It advances f.since only for later polls, never within this one.
func (f *follower[Event]) poll(ctx context.Context, arrived chan<- []Event) {
	var problem error
	for events, err := range f.stream.read(ctx, f.region, f.since) {
		problem = err
		if fresh := f.newEvents(events); len(fresh) > 0 {
			arrived <- fresh
		}
	}
	if ctx.Err() != nil {
		return
	}
	f.reportChangedError(problem)
	for id, at := range f.seen {
		if at.Before(f.since) {
			delete(f.seen, id)
		}
	}
}

func (f *follower[Event]) reportChangedError(err error) {
	text := ""
	if err != nil {
		text = ops.Reason(err)
	}
	switch {
	case text == f.lastError:
	case f.stream.failed != nil:
		f.stream.failed(f.region, err)
	case err != nil:
		f.stream.app.printError(f.region, err)
	}
	f.lastError = text
}

func (f *follower[Event]) newEvents(events []Event) (fresh []Event) {
	for _, event := range events {
		id, at := f.stream.identify(event)
		if _, known := f.seen[id]; known {
			continue
		}
		f.seen[id] = at
		fresh = append(fresh, event)
		if from := at.Add(-f.stream.delay); from.After(f.since) {
			f.since = from
		}
	}
	return fresh
}
