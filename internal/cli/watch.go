package cli

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) watch() *cobra.Command {
	w := &watcher{app: a, since: newSpanValue("10m"), again: make(chan struct{})}
	command := &cobra.Command{
		Use:   "watch",
		Short: "Show status, events and logs of every region on one screen",
		Long: `Show the status of every region, and below it the service events and logs as they arrive. Regions do not
wait for each other: one that fails or does not respond says so in its row.

The arrow keys select a region, or all. Events and logs are then those of the region, and a key for another
command, such as r for restart, runs it there: with its questions and progress, and then back to the screen.
? shows all keys, q quits.

If input or output is not a terminal, each event, line of a log and change of a status is printed on a line of
its own until Ctrl-C, and the reason why a region cannot be read is printed to standard error. With --json,
each is an object.`,
		Example: "  mcpfleet watch\n  mcpfleet watch --region eu-west-1 --since 1h\n  mcpfleet watch --json | jq .region",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := w.since.check("since"); err != nil {
				return err
			}
			if err := atLeast("every", w.every, time.Second); err != nil {
				return err
			}
			var err error
			if w.fleet, w.connected, err = a.connect(command.Context()); err != nil {
				return err
			}
			w.from = a.Now().Add(-w.since.Duration)
			if a.canShowScreen() {
				return w.showScreen(command.Context())
			}
			w.print(command.Context())
			return nil
		},
	}
	command.Flags().DurationVar(&w.every, "every", 10*time.Second, "Refresh interval of the status")
	command.Flags().Var(w.since, "since", "Begin with events and logs since this `duration` ago, such as 90s, 2h, 1d or 1w")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// canShowScreen reports whether input and output are a terminal that can show more than lines, and so is standard error,
// on which the commands of the keys ask.
func (a *App) canShowScreen() bool {
	return a.canShowMenu() && isTerminal(a.Err) && !a.json && os.Getenv("TERM") != "dumb"
}

// watcher follows what happens in a fleet.
type watcher struct {
	app   *App
	since *spanValue
	every time.Duration

	fleet     *config.Fleet
	connected *ops.Fleet
	// from is the time of the first event.
	from time.Time

	// again is closed to read every status at once, and then replaced.
	again chan struct{}
	mutex sync.Mutex
}

// refresh reads every status at once.
func (w *watcher) refresh() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	close(w.again)
	w.again = make(chan struct{})
}

// refreshed is closed at the next refresh.
func (w *watcher) refreshed() <-chan struct{} {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.again
}

// watchUpdate is news of one kind.
type watchUpdate struct {
	// lines are new events and log events.
	lines []watchLine
	// status is that of one region.
	status *ops.Status
	// failed is a region of which what cannot be read, and err is why.
	failed *ops.Region
	what   string
	err    error
	// drains are the drained regions.
	drains *drains
}

// updates follows each region independently until the context ends. The channel is then closed.
func (w *watcher) updates(ctx context.Context) <-chan watchUpdate {
	updates := make(chan watchUpdate)
	send := func(update watchUpdate) {
		if ctx.Err() != nil {
			return // what was interrupted is not news
		}
		select {
		case updates <- update:
		case <-ctx.Done():
		}
	}
	var watching sync.WaitGroup
	for _, region := range w.connected.Regions {
		watching.Go(func() {
			w.repeat(ctx, func(ctx context.Context) {
				send(watchUpdate{status: new(region.Status(ctx))})
			})
		})
	}
	watching.Go(func() {
		w.repeat(ctx, func(ctx context.Context) {
			send(watchUpdate{drains: new(readDrains(ctx, w.connected))})
		})
	})
	arrived := make(chan []watchLine)
	var reading sync.WaitGroup
	for what, each := range w.streams() {
		each.failed = onChange(func(region *ops.Region, err error) { send(watchUpdate{failed: region, what: what, err: err}) })
		each.start(ctx, arrived, &reading)
	}
	watching.Go(func() {
		for lines := range arrived {
			send(watchUpdate{lines: lines})
		}
	})
	go func() {
		reading.Wait()
		close(arrived)
		watching.Wait()
		close(updates)
	}()
	return updates
}

// repeat calls query with --timeout, again and again.
func (w *watcher) repeat(ctx context.Context, query func(context.Context)) {
	for ctx.Err() == nil {
		refreshed := w.refreshed()
		within, cancel := context.WithTimeout(ctx, w.app.timeout)
		query(within)
		cancel()
		select {
		case <-ctx.Done():
		case <-refreshed:
		case <-time.After(w.every):
		}
	}
}

// onChange returns a function that reports why a region cannot be read, but not again for the same kind of reason until it
// could be read: the wording may change with every attempt.
func onChange(report func(*ops.Region, error)) func(*ops.Region, error) {
	var mutex sync.Mutex
	said := map[string]ops.Code{}
	return func(region *ops.Region, err error) {
		code := ops.Code("")
		if err != nil {
			code = ops.ProblemOf(err).Code
		}
		mutex.Lock()
		known := said[region.Name] == code
		said[region.Name] = code
		mutex.Unlock()
		if !known && err != nil {
			report(region, err)
		}
	}
}
