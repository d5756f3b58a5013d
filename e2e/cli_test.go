//go:build e2e

package e2e

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// mcpfleet runs the CLI in the workspace and returns its output.
func (w *workspace) mcpfleet(t *testing.T, arguments ...string) string {
	t.Helper()
	program, err := filepath.Abs(filepath.Join(cache, "mcpfleet"))
	if err != nil {
		t.Fatal(err)
	}
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../cmd/mcpfleet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir = w.folder
	for name, value := range w.environment(nil) {
		command.Env = append(command.Env, name+"="+value)
	}
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("mcpfleet %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// TestWeekendDownAndUp runs mcpfleet weekend down and up in destroy mode, which call Terraform and AWS.
func TestWeekendDownAndUp(t *testing.T) {
	t.Parallel()
	needsAWS(t, "mcpfleet weekend up and down with Terraform")
	w := weekendFleet(t, weekend(closedNow(), true))
	s := w.initialize(t, "dev-eu-west-2")
	s.apply(t, "weekend_state=up")
	up := s.addresses(t)
	for _, address := range loadBalancerAddresses {
		if !slices.Contains(up, address) {
			t.Fatalf("after the first apply %s is missing in %v", address, up)
		}
	}

	down := w.mcpfleet(t, "weekend", "down", "--yes", "--region", "eu-west-2")
	if !strings.Contains(down, "set to 0 tasks, stopped, applied with weekend_state=down") {
		t.Errorf("weekend down printed\n%s", down)
	}
	// With weekend_state=up there is no scheduled action that scales down.
	asleep := sorted(append(without(up, loadBalancerAddresses), "aws_appautoscaling_scheduled_action.down[0]"))
	if got := s.addresses(t); !slices.Equal(got, asleep) {
		t.Errorf("after weekend down: got %v, want %v", got, asleep)
	}
	s.checkNoChanges(t, "weekend_state=down")
	if status := w.mcpfleet(t, "weekend", "status", "--region", "eu-west-2"); !strings.Contains(status, "0 of 0") {
		t.Errorf("weekend status printed\n%s", status)
	}

	woken := w.mcpfleet(t, "weekend", "up", "--yes", "--region", "eu-west-2")
	if !strings.Contains(woken, "applied with weekend_state=up, set to 2 tasks, steady") {
		t.Errorf("weekend up printed\n%s", woken)
	}
	if got := s.addresses(t); !slices.Equal(got, up) {
		t.Errorf("after weekend up: got %v, want %v", got, up)
	}
}
