//go:build e2e

package e2e

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops/opstest"
	"github.com/cdtait/mcpfleet/internal/untested"
)

// mcpfleet runs the CLI in a workspace as a process, against an AWS API.
func (w *workspace) mcpfleet(t *testing.T, endpoint string, arguments ...string) string {
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
	for name, value := range w.environment(map[string]string{
		"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true",
	}) {
		command.Env = append(command.Env, name+"="+value)
	}
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("mcpfleet %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// TestTheCLISleepsAndWakesAFleetThatDestroysItsLoadBalancers has Terraform's side and the API's side
// in two worlds: what Terraform does is the stand-in's, what the CLI asks of ECS is moto's.
func TestTheCLISleepsAndWakesAFleetThatDestroysItsLoadBalancers(t *testing.T) {
	if suite.real {
		t.Skip("moto registers no targets for a service, and the CLI waits for healthy ones: the stand-in's mode only")
	}
	moto, err := opstest.StartMoto()
	if errors.Is(err, opstest.ErrNoMoto) {
		untested.Skip(t, "mcpfleet against an AWS API: "+strings.Join(strings.Fields(err.Error()), " "))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer moto.Stop()
	w := weekendFleet(t)
	w.setWeekend(t, weekend(closedNow(), true))
	fleet, _, err := config.Load(w.fleetFile())
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range fleet.Regions {
		if region.Name == "eu-west-2" {
			_, err = opstest.Seed(t.Context(), moto.URL, region)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t, "weekend_state=up")
	up := s.addresses(t)
	for _, address := range balancer {
		if !slices.Contains(up, address) {
			t.Fatalf("%s is not there to begin with: %v", address, up)
		}
	}

	down := w.mcpfleet(t, moto.URL, "weekend", "down", "--yes", "--region", "eu-west-2")
	if !strings.Contains(down, "set to 0 tasks, stopped, applied with weekend_state=down") {
		t.Errorf("down says\n%s", down)
	}
	// While up is in force no action may put the tasks to sleep.
	asleep := sorted(append(without(up, balancer), "aws_appautoscaling_scheduled_action.down[0]"))
	if got := s.addresses(t); !slices.Equal(got, asleep) {
		t.Errorf("asleep there are %v, not %v", got, asleep)
	}
	s.settled(t, "weekend_state=down")
	if status := w.mcpfleet(t, moto.URL, "weekend", "status", "--region", "eu-west-2"); !strings.Contains(status, "0 of 0") {
		t.Errorf("asleep the status is\n%s", status)
	}

	woken := w.mcpfleet(t, moto.URL, "weekend", "up", "--yes", "--region", "eu-west-2")
	if !strings.Contains(woken, "applied with weekend_state=up, set to 2 tasks, steady") {
		t.Errorf("up says\n%s", woken)
	}
	if got := s.addresses(t); !slices.Equal(got, up) {
		t.Errorf("awake there are %v, not %v", got, up)
	}
	s.settled(t, "weekend_state=up")
}
