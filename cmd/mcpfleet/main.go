// Command mcpfleet operates a deployed fleet.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/cdtait/mcpfleet/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// Restore the default behavior, so that a second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	app := &cli.App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now}
	status := cli.Run(ctx, app, os.Args[1:])
	stop()
	os.Exit(status)
}
