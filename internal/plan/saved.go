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

// Saved are plans that have been looked at, and are now to be applied.
type Saved struct {
	// Fleet says when its regions are to be awake.
	Fleet *config.Fleet
	// File is the fleet's, for messages.
	File string
	// Now is the clock.
	Now func() time.Time
}

// Apply applies the plans that Plan has left, as they are. Only one that the weekend window has
// overtaken is made anew: a plan holds the answer of its own time, and approved after an edge of the
// window it would put a region to sleep that has to be awake.
func (s Saved) Apply(ctx context.Context, patterns []string, log io.Writer) ([]Result, error) {
	return each(ctx, patterns, log, func(r *run) error {
		region, err := s.region(r.Stack)
		if err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(synth.Folder(r.Stack), File)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no %s in %s; run make plan first", File, synth.Folder(r.Stack))
		}
		if err := r.terraform.Init(ctx); err != nil {
			return err
		}
		planned, err := r.show(ctx)
		if err != nil {
			return err
		}
		r.count(planned)
		note, err := overtaken(region, planned, s.Now())
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
		return config.Region{}, fmt.Errorf("it is not a stack of %s; name its fleet file in MCPFLEET_CONFIG", s.File)
	}
	return s.Fleet.Regions[at], nil
}

// overtaken says how the window's answer has changed since a plan was made, or nothing where it has
// not. A plan with weekend_state up or down does not ask the window.
func overtaken(region config.Region, planned *tfjson.Plan, now time.Time) (string, error) {
	if state := planned.Variables["weekend_state"]; state != nil && state.Value != "auto" {
		return "", nil
	}
	made, err := time.Parse(time.RFC3339, planned.Timestamp)
	if err != nil {
		return "", fmt.Errorf("%s does not say when it was made: %w", File, err)
	}
	was, is := region.ExpectedAt(made, config.Auto), region.ExpectedAt(now, config.Auto)
	if was.Awake == is.Awake && was.LoadBalancer == is.LoadBalancer {
		return "", nil
	}
	return fmt.Sprintf("the plan was made %s ago for a region that is %s; it is to be %s now, so it was planned again", span.Words(now.Sub(made)), words(region, was), words(region, is)), nil
}

// words are what is expected of a region.
func words(region config.Region, expected config.Expected) string {
	switch {
	case expected.Awake:
		return "awake"
	case expected.LoadBalancer, !region.LoadBalancer.Enabled:
		return "asleep"
	}
	return "asleep without its load balancer"
}

// variables are those of a plan, for another that differs by its time alone.
func variables(planned *tfjson.Plan) (options []tfexec.PlanOption) {
	for name, variable := range planned.Variables {
		options = append(options, tfexec.Var(fmt.Sprintf("%s=%v", name, variable.Value)))
	}
	return options
}
