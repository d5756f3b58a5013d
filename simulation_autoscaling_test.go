package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/crontest"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// actionDelay is how late AWS may run a scheduled action. It is documented for the groups of EC2:
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html
const actionDelay = 2

// firing is a scheduled action at a time.
type firing struct {
	up     bool
	bounds config.TaskRange
}

// firings returns when the scheduled actions of a stack run in the simulated years, for one of the possible behaviors of
// AWS around clock changes.
func firings(t *testing.T, stack *tfjson.Stack, zone *time.Location, policy crontest.Policy) map[minute][]firing {
	t.Helper()
	const step = 15 // divides every offset and every edge
	type action struct {
		crontest.Expression
		firing
	}
	var actions []action
	for _, name := range slices.Sorted(maps.Keys(stack.Resources["aws_appautoscaling_scheduled_action"])) {
		resource := stack.Resource("aws_appautoscaling_scheduled_action." + name)
		expression, err := crontest.Parse(resource.Text("schedule"))
		if err != nil || resource.Text("timezone") != zone.String() {
			t.Fatalf("%s: %v in %s", name, err, resource.Text("timezone"))
		}
		sets, values := resource["scalable_target_action"].(map[string]any), &evaluator{cache: map[string]cty.Value{}}
		bounds := config.TaskRange{Min: values.number(t, parseExpression(t, sets["min_capacity"])), Max: values.number(t, parseExpression(t, sets["max_capacity"]))}
		actions = append(actions, action{expression, firing{strings.HasPrefix(name, "up"), bounds}})
	}
	found := map[minute][]firing{}
	latest := crontest.Reading(minute(0).time(), zone)
	for now := minute(step); now < simulatedMinutes; now += step {
		reading := crontest.Reading(now.time(), zone)
		for _, each := range policy(latest, reading, step*time.Minute) {
			for _, action := range actions {
				if action.Matches(each) {
					found[now] = append(found[now], action.firing)
				}
			}
		}
		if reading.After(latest) {
			latest = reading
		}
	}
	return found
}

// scale sets the bounds of the scalable target. AWS moves the desired count into them.
func (r *simulatedRegion) scale(bounds config.TaskRange) {
	r.bounds = bounds
	r.desired = bounds.Clamp(r.desired)
}

// fire runs a scheduled action, if it exists by then.
func (r *simulatedRegion) fire(action firing) {
	if (action.up && !r.wakes) || (!action.up && !r.sleeps) {
		return
	}
	r.scale(action.bounds)
	r.changed()
	if r.Weekend.Mode() == config.ModeKeep {
		r.override = config.OverrideAuto
	}
}
