// Command bootstrap is a CDKTF app. It synthesizes a stack with what a fleet's pipelines need before their
// first run: the state bucket, and two roles for GitHub's workflows; and on demand, what applies the stacks on a
// schedule. The stack is written to cdktf.out/stacks.
//
// Run it in this folder, with cdktf synth or go run .
package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/internal/jsiinode"
)

func main() {
	jsiinode.Prepare()
	os.Exit(run())
}

func run() (status int) {
	defer jsiinode.Close()
	file := cmp.Or(os.Getenv("MCPFLEET_CONFIG"), "../"+config.DefaultFile)
	fleet, warnings, err := config.Load(file)
	for _, warning := range warnings {
		fmt.Fprintln(os.Stderr, "warning:", warning)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	pipelines, err := pipelinesOf(file, fleet, os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	scheduler, err := schedulerOf(file, fleet, pipelines, awsprovider.AccountID)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if err := synthesize(fleet, pipelines, scheduler, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// synthesize writes the stack.
func synthesize(fleet *config.Fleet, pipelines pipelines, scheduler *scheduler, options *cdktf.AppConfig) error {
	return jsiinode.Synthesize(options, func(app cdktf.App) { newStack(app, fleet, pipelines, scheduler) })
}
