// Package main is the CDKTF app. It synthesizes a Terraform stack for each region of the fleet file, in
// cdktf.out/stacks.
//
// Run it with cdktf synth or go run .
package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/jsiinode"
	"github.com/cdtait/mcpfleet/stacks"
)

func main() {
	jsiinode.Prepare()
	os.Exit(run())
}

func run() (status int) {
	defer jsiinode.Close()
	fleet, warnings, err := config.Load(config.File())
	for _, warning := range warnings {
		fmt.Fprintln(os.Stderr, "warning:", warning)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if err := synthesize(fleet, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// synthesize writes the stacks of a fleet, and what they deploy.
func synthesize(fleet *config.Fleet, options *cdktf.AppConfig) error {
	var folder string
	err := jsiinode.Synthesize(options, func(app cdktf.App) {
		folder = *app.Outdir()
		for _, region := range fleet.Regions {
			stacks.NewRegion(app, fleet, region)
		}
	})
	if err != nil {
		return err
	}
	return stacks.WritePackages(folder, fleet)
}
