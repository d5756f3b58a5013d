// Command stacks works on the stacks of the last synth, or on those whose names match the patterns
// given:
//
//	stacks list             names them
//	stacks plan             plans them, and leaves the plans in their folders
//	stacks apply            plans and applies them, without asking
//	stacks apply --saved    applies the plans that stacks plan has left
//
// plan and apply end with a table, and with the regions that the fleet file no longer names although
// something of theirs is left. The exit status of plan is that of terraform plan -detailed-exitcode: 0
// where nothing would change, 1 where a stack failed, 2 where something would, or is left. That of
// the others is 0 or 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/cdtait/mcpfleet/internal/plan"
	"github.com/cdtait/mcpfleet/internal/synth"
	"github.com/cdtait/mcpfleet/internal/terraform"
)

var errUsage = errors.New("usage: stacks list|plan|apply [--saved] [PATTERN...]")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	told := context.AfterFunc(ctx, func() {
		stop() // the second signal ends the program at once, and Terraform with it
		fmt.Fprintln(os.Stderr, terraform.Interrupted)
	})
	status, err := run(ctx, os.Args[1:])
	told()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = plan.ExitError
	}
	os.Exit(status)
}

func run(ctx context.Context, arguments []string) (status int, err error) {
	if len(arguments) == 0 {
		return 0, errUsage
	}
	verb := arguments[0]
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	saved := new(bool)
	if verb == "apply" {
		saved = flags.Bool("saved", false, "apply the plans that stacks plan has left")
	}
	if flags.Parse(arguments[1:]) != nil {
		return 0, errUsage
	}
	patterns := flags.Args()
	switch {
	case verb == "list":
		return 0, list(patterns)
	case verb == "plan":
		return planAll(ctx, patterns)
	case verb == "apply" && *saved:
		return applySaved(ctx, patterns)
	case verb == "apply":
		return applyAll(ctx, patterns)
	}
	return 0, errUsage
}

func list(patterns []string) error {
	stacks, err := synth.Choose(patterns)
	if err != nil {
		return err
	}
	fmt.Println(strings.Join(stacks, "\n"))
	return nil
}
