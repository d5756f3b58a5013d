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

// mcpfleet runs the CLI in a workspace as a process.
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

// TestTheCLISleepsAndWakesAFleetThatDestroysItsLoadBalancers has the binary drive Terraform and AWS.
func TestTheCLISleepsAndWakesAFleetThatDestroysItsLoadBalancers(t *testing.T) {
	t.Parallel()
	needsAWS(t, "mcpfleet weekend up and down with Terraform")
	w := weekendFleet(t, weekend(closedNow(), true))
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t, "weekend_state=up")
	up := s.addresses(t)
	for _, address := range balancer {
		if !slices.Contains(up, address) {
			t.Fatalf("%s is not there to begin with: %v", address, up)
		}
	}

	down := w.mcpfleet(t, "weekend", "down", "--yes", "--region", "eu-west-2")
	if !strings.Contains(down, "set to 0 tasks, stopped, applied with weekend_state=down") {
		t.Errorf("down says\n%s", down)
	}
	// While up is in force no action may put the tasks to sleep.
	asleep := sorted(append(without(up, balancer), "aws_appautoscaling_scheduled_action.down[0]"))
	if got := s.addresses(t); !slices.Equal(got, asleep) {
		t.Errorf("asleep there are %v, not %v", got, asleep)
	}
	s.settled(t, "weekend_state=down")
	if status := w.mcpfleet(t, "weekend", "status", "--region", "eu-west-2"); !strings.Contains(status, "0 of 0") {
		t.Errorf("asleep the status is\n%s", status)
	}

	woken := w.mcpfleet(t, "weekend", "up", "--yes", "--region", "eu-west-2")
	if !strings.Contains(woken, "applied with weekend_state=up, set to 2 tasks, steady") {
		t.Errorf("up says\n%s", woken)
	}
	if got := s.addresses(t); !slices.Equal(got, up) {
		t.Errorf("awake there are %v, not %v", got, up)
	}
}
