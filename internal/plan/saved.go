package plan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/span"
	"github.com/cdtait/mcpfleet/internal/synth"
)

// Saved applies plans that were reviewed earlier.
type Saved struct {
	// Fleet has the schedules of its regions.
	Fleet *config.Fleet
	// File is the fleet file, for messages.
	File string
	// Now returns the current time.
	Now func() time.Time
}

// Apply applies the plans that Plan wrote, unchanged unless a window opened or closed since. Such a plan is
// outdated, because Terraform evaluated the schedule at planning time: applying it could put a region to
// sleep that should be awake. Apply replaces it with a new plan.
func (s Saved) Apply(ctx context.Context, patterns []string, log io.Writer) ([]Result, error) {
	return each(ctx, patterns, log, func(r *run) error {
		region, err := s.region(r.Stack)
		if err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(synth.Folder(r.Stack), File)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("no %s in %s; run make plan first", File, synth.Folder(r.Stack))
		}
		if err := r.terraform.Init(ctx); err != nil {
			return err
		}
		planned, err := r.show(ctx)
		if err != nil {
			return err
		}
		r.count(planned)
		note, err := outdated(region, planned, s.Now())
		if err != nil {
			return err
		}
		if note != "" {
			r.Notes = append(r.Notes, note)
			if err := r.plan(ctx, variables(planned)...); err != nil {
				return err
			}
		}
		return r.apply(ctx)
	})
}

func (s Saved) region(stack string) (config.Region, error) {
	at := slices.IndexFunc(s.Fleet.Regions, func(region config.Region) bool { return region.Names.Stack() == stack })
	if at < 0 {
		return config.Region{}, fmt.Errorf("not a stack of %s; set MCPFLEET_CONFIG to its fleet file", s.File)
	}
	return s.Fleet.Regions[at], nil
}

// outdated returns a note if the schedule wants another state now than when the plan was created, and ""
// otherwise. A plan with weekend_state up or down does not depend on the schedule.
func outdated(region config.Region, planned *tfjson.Plan, now time.Time) (string, error) {
	if state := planned.Variables["weekend_state"]; state != nil && state.Value != "auto" {
		return "", nil
	}
	created, err := time.Parse(time.RFC3339, planned.Timestamp)
	if err != nil {
		return "", fmt.Errorf("%s has no valid timestamp: %w", File, err)
	}
	was, is := region.ExpectedAt(created, config.OverrideAuto), region.ExpectedAt(now, config.OverrideAuto)
	if was.Awake == is.Awake && was.LoadBalancer == is.LoadBalancer {
		return "", nil
	}
	return fmt.Sprintf("the plan was created %s ago, when the region was to be %s; it is to be %s now, so it was planned again",
		span.Format(now.Sub(created)), stateName(region, was), stateName(region, is)), nil
}

// stateName names the state that the schedule wants.
func stateName(region config.Region, expected config.Expected) string {
	switch {
	case expected.Awake:
		return "awake"
	case expected.LoadBalancer, !region.LoadBalancer.Enabled:
		return "asleep"
	}
	return "asleep without its load balancer"
}

// variables returns the variables of a plan, to plan again with the same values.
func variables(planned *tfjson.Plan) (options []tfexec.PlanOption) {
	for name, variable := range planned.Variables {
		options = append(options, tfexec.Var(fmt.Sprintf("%s=%v", name, variable.Value)))
	}
	return options
}
