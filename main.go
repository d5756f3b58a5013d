// The CDKTF app: regions.yaml in, one Terraform stack a region out, in cdktf.out/stacks.
//
// Run it through cdktf synth, or alone with go run .
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
	jsiinode.Quiet()
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

// synthesize writes every stack of a fleet. CDKTF and jsii report by panic; a fleet that was
// validated causes none, so what is left is the machine: no Node, no room, no right to write.
func synthesize(fleet *config.Fleet, options *cdktf.AppConfig) (err error) {
	if err := jsiinode.Find(); err != nil {
		return err
	}
	defer jsiinode.Recover(&err)
	app := cdktf.NewApp(options)
	for _, region := range fleet.Regions {
		stacks.NewRegion(app, fleet, region)
	}
	app.Synth()
	return nil
}
