// Command stacks runs Terraform on the stacks of the last synth, or on those that match the given patterns:
//
//	stacks list             lists the stacks
//	stacks plan             plans the stacks, and saves the plans in their folders
//	stacks apply            plans and applies the stacks, without confirmation
//	stacks apply --saved    applies the plans that stacks plan saved
//
// plan and apply print a summary table, and list regions that were removed from the fleet file but still have
// resources. The exit status of plan is that of terraform plan -detailed-exitcode: 0 if there are no changes,
// 1 if a stack failed, and 2 if there are changes or removed regions with resources. The exit status of the
// other commands is 0 or 1.
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
	stopNotice := context.AfterFunc(ctx, func() {
		stop() // a second signal kills this program and Terraform
		fmt.Fprintln(os.Stderr, terraform.Interrupted)
	})
	status, err := run(ctx, os.Args[1:])
	stopNotice()
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
	command := arguments[0]
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	saved := new(bool)
	if command == "apply" {
		saved = flags.Bool("saved", false, "apply the plans that stacks plan saved")
	}
	if flags.Parse(arguments[1:]) != nil {
		return 0, errUsage
	}
	patterns := flags.Args()
	switch {
	case command == "list":
		return 0, list(patterns)
	case command == "plan":
		return planAll(ctx, patterns)
	case command == "apply" && *saved:
		return applySaved(ctx, patterns)
	case command == "apply":
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
