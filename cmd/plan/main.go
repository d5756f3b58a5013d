// Command plan runs terraform plan in every synthesized stack, or in those whose names match the
// patterns given, and sums up the results. Its exit status is that of terraform plan
// -detailed-exitcode: 0 where nothing would change, 1 where a stack failed, 2 where something would.
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"

	"github.com/cdtait/mcpfleet/internal/plan"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	results, err := plan.Run(ctx, plan.Options{
		Stacks:    "cdktf.out/stacks",
		Patterns:  os.Args[1:],
		Terraform: cmp.Or(os.Getenv("TERRAFORM"), "terraform"),
		Log:       os.Stderr,
		Parallel:  runtime.NumCPU(),
	})
	if err == nil {
		err = plan.Write(os.Stdout, results)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return plan.ExitError
	}
	return plan.Exit(results)
}
