// Package leftover finds regions that were removed from the fleet file before their resources were destroyed.
// The other commands no longer show them, but they still cost money. The package changes nothing.
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

// Region is a region outside the fleet file whose state still holds resources.
type Region struct {
	Name  string
	Stack string
	// Resources is the number of resources in the state at Place.
	Resources int
	Place     string
	// Destroy tells how to destroy them.
	Destroy string
}

// Problem describes what is left.
func (r Region) Problem() string {
	return fmt.Sprintf("%s still holds resources (%d)", r.Place, r.Resources)
}

// Find searches the fleet's states. The file is the path of the fleet file, for messages.
func Find(ctx context.Context, open session.Opener, file string, fleet *config.Fleet) ([]Region, error) {
	var removed []naming.Names
	for _, name := range config.RegionNames() {
		if !slices.ContainsFunc(fleet.Regions, func(region config.Region) bool { return region.Name == name }) {
			removed = append(removed, naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: name})
		}
	}
	read := localStates
	if fleet.State.Backend == "s3" {
		read = bucketStates
	}
	states, err := read(ctx, open, fleet, removed)
	if err != nil {
		return nil, err
	}
	var left []Region
	for _, names := range removed {
		if text := states[names.Region]; len(text) > 0 {
			place := fleet.State.Location(names)
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

// destroy returns how to destroy a region that is not in the fleet file. Terraform needs its stack: that of
// an earlier synth, if its folder still exists and has the same state, otherwise that of a new synth that
// includes the region.
func destroy(file string, names naming.Names, place string) string {
	if state, err := synth.State(names.Stack()); err == nil && state == place {
		return terraform.Command(names.Stack(), "init") + " && " + terraform.Command(names.Stack(), "destroy")
	}
	return fmt.Sprintf("add %s to %s again, run %s, then remove it", names.Region, file, config.Command(file, "npx cdktf destroy "+names.Stack()))
}
