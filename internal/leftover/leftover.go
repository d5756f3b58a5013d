// Package leftover finds the regions that a fleet file no longer names, although their states still
// hold resources: what somebody took out of the file before destroying it, and what nobody looks at
// any more while it costs money. It changes nothing.
package leftover

import (
	"context"
	"fmt"
	"slices"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/internal/synth"
	"github.com/cdtait/mcpfleet/internal/terraform"
	"github.com/cdtait/mcpfleet/naming"
)

// Region is a region with something left.
type Region struct {
	Name  string
	Stack string
	// Resources are those in the state, which is at Place.
	Resources int
	Place     string
	// Destroy is how to destroy them.
	Destroy string
}

// Problem says what is left.
func (r Region) Problem() string {
	return fmt.Sprintf("%s still holds resources (%d)", r.Place, r.Resources)
}

// Find looks where the fleet's states are. The file is the fleet's, as a command names it.
func Find(ctx context.Context, open session.Opener, file string, fleet *config.Fleet) ([]Region, error) {
	var gone []naming.Names
	for _, name := range config.RegionNames() {
		if !slices.ContainsFunc(fleet.Regions, func(region config.Region) bool { return region.Name == name }) {
			gone = append(gone, naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: name})
		}
	}
	read := localStates
	if fleet.State.Backend == "s3" {
		read = bucketStates
	}
	states, err := read(ctx, open, fleet, gone)
	if err != nil {
		return nil, err
	}
	var left []Region
	for _, names := range gone {
		if text := states[names.Region]; len(text) > 0 {
			place := fleet.State.Place(names)
			resources, err := count(text, names.Project)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", place, err)
			}
			if resources > 0 {
				left = append(left, Region{names.Region, names.Stack(), resources, place, destroy(file, names, place)})
			}
		}
	}
	return left, nil
}

// destroy is what works for a region that is not in the fleet file. Terraform needs a stack to
// destroy: the one of an earlier synth, while its folder is there and means the same state, or else
// that of another synth with the region in it.
func destroy(file string, names naming.Names, place string) string {
	if state, err := synth.State(names.Stack()); err == nil && state == place {
		return terraform.Command(names.Stack(), "init") + " && " + terraform.Command(names.Stack(), "destroy")
	}
	return fmt.Sprintf("put %s back into %s, run %s, and take it out again", names.Region, file, config.Command(file, "npx cdktf destroy "+names.Stack()))
}
