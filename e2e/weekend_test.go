//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/cdtait/mcpfleet/config"
)

// The windows are relative to today, so tests with weekend_state=auto do not depend on when they run: the
// window does not open or close within a day from now.
func closedNow() string { return fmt.Sprintf("days: [%s], start_hour: 6, end_hour: 22", day(3)) }

func openNow() string {
	return fmt.Sprintf("days: [%s, %s, %s], start_hour: 0, end_hour: 24", day(-1), day(0), day(1))
}

// day returns the name of the day at an offset from today.
func day(offset int) string {
	return strings.ToLower(time.Now().UTC().AddDate(0, 0, offset).Weekday().String()[:3])
}

const off = "weekend: {enabled: false}"

func weekend(window string, destroy bool) string {
	return fmt.Sprintf("weekend: {enabled: true, destroy_albs: %v, %s}", destroy, window)
}

// weekendFleet returns a fleet of three regions with a weekend setting. Only one region is active.
func weekendFleet(t *testing.T, line string) *workspace {
	t.Helper()
	return newFleet(t, `project: fmp-mcp
environment: dev
defaults:
  container:
    image: ghcr.io/cdtait/fmp-mcp-server:latest
    secrets: {FMP_API_KEY: API_KEY}
  dns: {enabled: true, zone: example.com, name: fmp}
  `+line+`
regions:
  eu-west-1: {network: {cidr: 172.31.0.0/16}, weekend: {active: false}}
  eu-west-2: {network: {cidr: 172.30.0.0/16}}
  us-east-1: {network: {cidr: 172.29.0.0/16}, weekend: {active: false}}
`)
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

// scheduledAddresses returns the addresses that weekend mode adds.
func scheduledAddresses(active, destroy bool) []string {
	addresses := []string{"aws_appautoscaling_target.main", "aws_appautoscaling_scheduled_action.down[0]"}
	if active && !destroy {
		addresses = append(addresses, "aws_appautoscaling_scheduled_action.up[0]")
	}
	return addresses
}

// loadBalancerAddresses are the addresses that only exist while the load balancer exists.
var loadBalancerAddresses = []string{"aws_lb.main[0]", httpsListener, httpListener, "aws_route53_record.main[0]"}

func without(addresses, excluded []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(address string) bool { return slices.Contains(excluded, address) })
}

func (s *stack) checkAddresses(t *testing.T, want []string) {
	t.Helper()
	if got := s.addresses(t); !slices.Equal(got, sorted(want)) {
		t.Errorf("%s: got %v, want %v", s.name, got, sorted(want))
	}
}

// checkDesiredCount checks the desired count of the service in AWS.
func (s *stack) checkDesiredCount(t *testing.T, want int32) {
	t.Helper()
	if s.workspace.aws == nil {
		return
	}
	if got := s.workspace.service(t, strings.TrimPrefix(s.name, "dev-")).DesiredCount; got != want {
		t.Errorf("%s has the desired count %v, want %v", s.name, got, want)
	}
}

// region returns a region of the workspace's fleet.
func (w *workspace) region(t *testing.T, name string) config.Region {
	t.Helper()
	fleet, _, err := config.Load(w.fleetFile())
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range fleet.Regions {
		if region.Name == name {
			return region
		}
	}
	t.Fatalf("the fleet has no region %s", name)
	return config.Region{}
}

// TestWeekendModes switches a fleet through all weekend modes and overrides.
func TestWeekendModes(t *testing.T) {
	t.Parallel()
	for name, active := range map[string]bool{"dev-eu-west-1": false, "dev-eu-west-2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !active {
				standInOnly(t)
			}
			w := weekendFleet(t, off)
			s := w.initialize(t, name)
			s.apply(t)
			base := s.addresses(t)
			s.checkDesiredCount(t, 2)

			// Keep: enabling weekend mode stops the tasks, and the load balancer stays.
			w.setWeekend(t, weekend(closedNow(), false))
			s.apply(t)
			s.checkAddresses(t, append(scheduledAddresses(active, false), base...))
			s.checkDesiredCount(t, 0)
			w.checkNotCalled(t, "elasticloadbalancing.DeleteLoadBalancer", "elasticloadbalancing.ModifyListener")

			// Destroy: the service is detached before the listener and the load balancer are deleted.
			w.setWeekend(t, weekend(closedNow(), true))
			s.apply(t)
			s.checkNoChanges(t)
			s.checkAddresses(t, without(append(scheduledAddresses(active, true), base...), loadBalancerAddresses))
			w.checkCallOrder(t, fallAsleep...)
			w.checkNotCalled(t, "elasticloadbalancing.DeleteTargetGroup")

			// Up, by the schedule in an active region and by override in the other: first the load balancer
			// and the listener are created, then the service is attached, then the tasks are started.
			up := []string{}
			if !active {
				up = append(up, awake)
			}
			w.setWeekend(t, weekend(openNow(), true))
			s.apply(t, up...)
			s.checkNoChanges(t, up...)
			s.checkDesiredCount(t, 2)
			w.checkCallOrder(t, wakeUp...)

			// Off: Terraform restores the desired count.
			s.apply(t, asleep)
			s.checkDesiredCount(t, 0)
			w.setWeekend(t, off)
			s.apply(t)
			s.checkNoChanges(t)
			s.checkAddresses(t, base)
			s.checkDesiredCount(t, 2)
		})
	}
}

// TestWeekendStateWithoutWeekendMode checks that weekend_state=down puts a region to sleep without weekend
// mode too.
func TestWeekendStateWithoutWeekendMode(t *testing.T) {
	t.Parallel()
	w := weekendFleet(t, off)
	s := w.initialize(t, "dev-eu-west-2")
	s.apply(t, asleep)
	s.checkNoChanges(t, asleep)
	s.checkDesiredCount(t, 0)
	w.checkNotCalled(t, "elasticloadbalancing.DeleteLoadBalancer")
	s.apply(t)
	s.checkDesiredCount(t, 2)
}

// TestPlanAfterScheduledAction plans after a scheduled action has changed the limits of the scalable target
// and the desired count.
func TestPlanAfterScheduledAction(t *testing.T) {
	t.Parallel()
	needsAWS(t, "plan after a scheduled action")
	w := weekendFleet(t, weekend(closedNow(), false))
	s := w.initialize(t, "dev-eu-west-2")
	s.apply(t)
	s.checkDesiredCount(t, 0)
	s.runScheduledAction(t, 2, 2)
	w.setWeekend(t, weekend(openNow(), false))
	for address, action := range s.plan(t) {
		if !strings.HasPrefix(address, "aws_appautoscaling_scheduled_action.") {
			t.Errorf("the plan would %s %s", action, address)
		}
	}
}

// runScheduledAction does what AWS does when a scheduled action runs: it changes the bounds of the scalable target
// and, if it is out of the bounds, the desired count.
func (s *stack) runScheduledAction(t *testing.T, least, most int32) {
	t.Helper()
	region := s.workspace.region(t, strings.TrimPrefix(s.name, "dev-"))
	_, err := applicationautoscaling.NewFromConfig(s.workspace.config(t, region.Name)).RegisterScalableTarget(t.Context(), &applicationautoscaling.RegisterScalableTargetInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceId: new("service/" + region.Names.Cluster() + "/" + region.Names.Service()), MinCapacity: &least, MaxCapacity: &most,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// setDesiredCount changes the desired count of the service in AWS, as a scaling policy or an operator does.
func (s *stack) setDesiredCount(t *testing.T, count int32) {
	t.Helper()
	region := s.workspace.region(t, strings.TrimPrefix(s.name, "dev-"))
	if _, err := awsecs.NewFromConfig(s.workspace.config(t, region.Name)).UpdateService(t.Context(), &awsecs.UpdateServiceInput{
		Cluster: new(region.Names.Cluster()), Service: new(region.Names.Service()), DesiredCount: &count,
	}); err != nil {
		t.Fatal(err)
	}
}

func TestFirstDeployWhileAsleepCreatesNoLoadBalancer(t *testing.T) {
	t.Parallel()
	w := weekendFleet(t, weekend(closedNow(), true))
	s := w.initialize(t, "dev-eu-west-2")
	s.apply(t)
	s.checkNoChanges(t)
	s.checkDesiredCount(t, 0)
	w.checkNotCalled(t, "elasticloadbalancing.CreateLoadBalancer", "elasticloadbalancing.CreateListener")
	s.destroy(t)
}

// TestRecoverFromKilledWeekendApply kills the applies that put a region to sleep and wake it, after AWS has
// done a step that is not in the state.
func TestRecoverFromKilledWeekendApply(t *testing.T) {
	t.Parallel()
	needsAWS(t, "recovery from a killed weekend apply")
	w := weekendFleet(t, weekend(openNow(), true))
	s := w.initialize(t, "dev-eu-west-2")
	s.apply(t, asleep)
	down := s.addresses(t)
	up := append(slices.Clone(down), loadBalancerAddresses...)
	for _, each := range []struct {
		state, operation string
		want             []string
	}{
		{awake, "elasticloadbalancing.CreateLoadBalancer", up},
		{asleep, "elasticloadbalancing.DeleteLoadBalancer", down},
		{awake, "application-autoscaling.RegisterScalableTarget", up},
	} {
		s.killApply(t, []string{each.operation}, each.state)
		s.apply(t, each.state)
		if each.state == awake {
			s.checkNoChanges(t, awake)
		}
		for _, address := range each.want {
			if got := s.addresses(t); !slices.Contains(got, address) && !strings.Contains(address, "scheduled_action") {
				t.Errorf("after %s at %s: %s is not in %v", each.state, each.operation, address, got)
			}
		}
	}
	s.checkDesiredCount(t, 2)
	s.destroy(t)
	if left := w.tagged(t, "eu-west-2"); len(left) > 0 {
		t.Errorf("after the destroy AWS still has %v", left)
	}
}
