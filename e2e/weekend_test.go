//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// The windows are chosen by today's date, so that "auto" gives the answer a test is about on every
// day and at every hour: every day all day, or one day that is days away.
const alwaysOpen = "days: [mon, tue, wed, thu, fri, sat, sun], start_hour: 0, end_hour: 24"

func closedNow() string {
	day := strings.ToLower(time.Now().UTC().AddDate(0, 0, 3).Weekday().String()[:3])
	return fmt.Sprintf("days: [%s], start_hour: 6, end_hour: 22", day)
}

const off = "weekend: {enabled: false}"

func weekend(window string, destroy bool) string {
	return fmt.Sprintf("weekend: {enabled: true, destroy_albs: %v, %s}", destroy, window)
}

// weekendFleet is a fleet of three regions, of which two are not active in weekend mode.
func weekendFleet(t *testing.T) *workspace {
	t.Helper()
	w := newWorkspace(t, "../examples/weekend-destroy.yaml")
	w.write(t, `project: fmp-mcp
environment: dev
defaults:
  container:
    image: ghcr.io/cdtait/fmp-mcp-server:latest
    secrets: {FMP_API_KEY: API_KEY}
  dns: {enabled: true, zone: example.com, name: fmp}
  `+off+`
regions:
  eu-west-1: {network: {cidr: 172.31.0.0/16}, weekend: {active: false}}
  eu-west-2: {network: {cidr: 172.30.0.0/16}}
  us-east-1: {network: {cidr: 172.29.0.0/16}, weekend: {active: false}}
`)
	return w
}

// setWeekend replaces the defaults' weekend line.
func (w *workspace) setWeekend(t *testing.T, line string) {
	t.Helper()
	text, err := os.ReadFile(w.fleetFile())
	if err != nil {
		t.Fatal(err)
	}
	for current := range strings.Lines(string(text)) {
		if strings.HasPrefix(current, "  weekend:") {
			w.edit(t, current, "  "+line+"\n")
			return
		}
	}
	t.Fatal("the fleet file has no weekend line")
}

// scheduled are the addresses that weekend mode adds while it keeps or destroys load balancers.
func scheduled(active, destroy bool) []string {
	addresses := []string{"aws_appautoscaling_target.main", "aws_appautoscaling_scheduled_action.down[0]"}
	if active && !destroy {
		addresses = append(addresses, "aws_appautoscaling_scheduled_action.up[0]")
	}
	return addresses
}

// balancer are the addresses that are there only while the load balancer is.
var balancer = []string{"aws_lb.main[0]", "aws_lb_listener.main[0]", "aws_route53_record.main[0]"}

func without(addresses, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(address string) bool { return slices.Contains(gone, address) })
}

func (s *stack) has(t *testing.T, want []string) {
	t.Helper()
	if got := s.addresses(t); !slices.Equal(got, sorted(want)) {
		t.Errorf("%s: got %v, want %v", s.name, got, sorted(want))
	}
}

// runs fails the test where the service's desired count is another.
func (s *stack) runs(t *testing.T, want float64) {
	t.Helper()
	if suite.real {
		return
	}
	for _, service := range s.workspace.world.Things(strings.TrimPrefix(s.name, "dev-"), "aws_ecs_service") {
		if got := service.Attributes["desired_count"]; got != want {
			t.Errorf("%s runs %v tasks, want %v", s.name, got, want)
		}
	}
}

// TestAFleetThroughAllItsWeekends goes 24/7, keep, destroy, up, down, up, off.
func TestAFleetThroughAllItsWeekends(t *testing.T) {
	t.Parallel()
	w := weekendFleet(t)
	for name, active := range map[string]bool{"dev-eu-west-1": false, "dev-eu-west-2": true, "dev-us-east-1": false} {
		t.Run(name, func(t *testing.T) {
			w.setWeekend(t, off)
			s := w.initialised(t, name)
			s.apply(t)
			base := s.addresses(t)
			s.runs(t, 2)

			// Keep: the tasks sleep on the apply that turns weekend mode on, the load balancer stays.
			w.setWeekend(t, weekend(closedNow(), false))
			s.apply(t)
			s.settled(t)
			s.has(t, append(scheduled(active, false), base...))
			s.runs(t, 0)
			w.neverDid(t, "delete aws_lb", "update aws_lb_listener")

			// Destroy: the service is detached before listener and load balancer go.
			w.setWeekend(t, weekend(closedNow(), true))
			s.apply(t)
			s.settled(t)
			s.has(t, without(append(scheduled(active, true), base...), balancer))
			w.inOrder(t, "update aws_ecs_service", "delete aws_lb_listener", "delete aws_lb")
			w.neverDid(t, "delete aws_lb_target_group")

			// Up, by the schedule where the region is active and by hand where it is not: load
			// balancer, listener, attached, then capacity.
			up := []string{}
			if !active {
				up = append(up, awake)
			}
			w.setWeekend(t, weekend(alwaysOpen, true))
			s.apply(t, up...)
			s.settled(t, up...)
			s.runs(t, 2)
			w.inOrder(t, "create aws_lb", "create aws_lb_listener", "update aws_ecs_service", "update aws_appautoscaling_target")

			// Down and up again, by hand.
			s.apply(t, "weekend_state=down")
			s.settled(t, "weekend_state=down")
			s.has(t, without(append(actionsWhileDown(w, t, name), base...), balancer))
			s.runs(t, 0)
			s.apply(t, awake)
			s.settled(t, awake)
			s.runs(t, 2)

			// Off: the desired count is Terraform's again, and restored.
			w.world.ForgetLog()
			s.apply(t, "weekend_state=down")
			s.runs(t, 0)
			w.setWeekend(t, off)
			s.apply(t)
			s.settled(t)
			s.has(t, base)
			s.runs(t, 2)
		})
	}
}

// actionsWhileDown are the scheduled actions that a stack declares, with the target.
func actionsWhileDown(w *workspace, t *testing.T, name string) []string {
	t.Helper()
	addresses := []string{}
	for _, address := range allAddresses(t, w.file(name)) {
		if strings.HasPrefix(address, "aws_appautoscaling_") {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// TestASleepingFleetOutsideWeekendMode holds down to one meaning: it puts the region to sleep
// whether or not weekend mode is on.
func TestASleepingFleetOutsideWeekendMode(t *testing.T) {
	t.Parallel()
	w := weekendFleet(t)
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t)
	s.apply(t, "weekend_state=down")
	s.settled(t, "weekend_state=down")
	s.runs(t, 0)
	w.neverDid(t, "delete aws_lb")
	s.apply(t)
	s.runs(t, 2)
}

// TestWhatTheScheduleHasSetIsLeftAlone is the plan after an edge has passed: AWS has moved the
// target's bounds and the service's count, and the window has moved on with the time.
func TestWhatTheScheduleHasSetIsLeftAlone(t *testing.T) {
	t.Parallel()
	if suite.real {
		t.Skip("only the stand-in's world can be changed behind Terraform's back")
	}
	w := weekendFleet(t)
	w.setWeekend(t, weekend(closedNow(), false))
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t)
	s.runs(t, 0)
	for kind, attributes := range map[string]map[string]any{
		"aws_appautoscaling_target": {"min_capacity": 2.0, "max_capacity": 2.0},
		"aws_ecs_service":           {"desired_count": 2.0},
	} {
		if err := w.world.Set("eu-west-2", kind, attributes); err != nil {
			t.Fatal(err)
		}
	}
	w.setWeekend(t, weekend(alwaysOpen, false))
	for address, action := range s.planned(t) {
		if !strings.HasPrefix(address, "aws_appautoscaling_scheduled_action.") {
			t.Errorf("the plan would %s %s", action, address)
		}
	}
}

func TestAFirstDeployWhileAsleepMakesNoLoadBalancer(t *testing.T) {
	t.Parallel()
	w := weekendFleet(t)
	w.setWeekend(t, weekend(closedNow(), true))
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t)
	s.settled(t)
	s.runs(t, 0)
	w.neverDid(t, "create aws_lb", "create aws_lb_listener", "create aws_route53_record")
	s.destroy(t)
}

func TestAWeekendApplyThatIsKilledCanBeRunAgain(t *testing.T) {
	t.Parallel()
	if suite.real {
		t.Skip("only the stand-in can be paused")
	}
	w := weekendFleet(t)
	w.setWeekend(t, weekend(alwaysOpen, true))
	const name = "dev-eu-west-2"
	s := w.initialised(t, name)
	s.apply(t)
	up := s.addresses(t)
	for _, each := range []struct {
		state, operation string
		want             []string
	}{
		{"weekend_state=down", "aws_lb_listener:delete", without(up, balancer)},
		{"weekend_state=up", "aws_lb_listener:create", without(up, []string{"aws_appautoscaling_scheduled_action.down[0]"})},
		{"weekend_state=down", "aws_ecs_service:update", without(up, balancer)},
		{"weekend_state=up", "aws_appautoscaling_target:update", without(up, []string{"aws_appautoscaling_scheduled_action.down[0]"})},
	} {
		w.killedAt(t, name, each.operation, each.state)
		s.apply(t, each.state)
		s.settled(t, each.state)
		for _, address := range each.want {
			if !slices.Contains(s.addresses(t), address) {
				t.Errorf("after %s at %s: %s is not there", each.state, each.operation, address)
			}
		}
	}
	s.runs(t, 2)
}
