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

// The windows are chosen by today's date, so that "auto" gives the answer a test is about on every
// day and at every hour: no edge is within a day of now.
func closedNow() string { return fmt.Sprintf("days: [%s], start_hour: 6, end_hour: 22", day(3)) }

func openNow() string {
	return fmt.Sprintf("days: [%s, %s, %s], start_hour: 0, end_hour: 24", day(-1), day(0), day(1))
}

// day is the name of a day that is some days from today.
func day(offset int) string {
	return strings.ToLower(time.Now().UTC().AddDate(0, 0, offset).Weekday().String()[:3])
}

const off = "weekend: {enabled: false}"

func weekend(window string, destroy bool) string {
	return fmt.Sprintf("weekend: {enabled: true, destroy_albs: %v, %s}", destroy, window)
}

// weekendFleet is a fleet of three regions, of which two are not active in weekend mode, with a line that
// says whether that is on.
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

// runs fails the test where AWS has another desired count of the service.
func (s *stack) runs(t *testing.T, want int32) {
	t.Helper()
	if s.workspace.aws == nil {
		return
	}
	region := s.workspace.region(t, strings.TrimPrefix(s.name, "dev-"))
	answer, err := awsecs.NewFromConfig(s.workspace.in(t, region.Name)).DescribeServices(t.Context(), &awsecs.DescribeServicesInput{
		Cluster: new(region.Names.Cluster()), Services: []string{region.Names.Service()},
	})
	if err != nil || len(answer.Services) != 1 {
		t.Fatalf("the service: %v, %v", answer, err)
	}
	if got := answer.Services[0].DesiredCount; got != want {
		t.Errorf("%s runs %v tasks, want %v", s.name, got, want)
	}
}

// region is a region of the workspace's fleet.
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

// TestAFleetThroughAllItsWeekends goes 24/7, keep, destroy, up, down, off.
func TestAFleetThroughAllItsWeekends(t *testing.T) {
	t.Parallel()
	for name, active := range map[string]bool{"dev-eu-west-1": false, "dev-eu-west-2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !active {
				withTheStandIn(t)
			}
			w := weekendFleet(t, off)
			s := w.initialised(t, name)
			s.apply(t)
			base := s.addresses(t)
			s.runs(t, 2)

			// Keep: the tasks sleep on the apply that turns weekend mode on, the load balancer stays.
			w.setWeekend(t, weekend(closedNow(), false))
			s.apply(t)
			s.has(t, append(scheduled(active, false), base...))
			s.runs(t, 0)
			w.neverAsked(t, "elasticloadbalancing.DeleteLoadBalancer", "elasticloadbalancing.ModifyListener")

			// Destroy: the service is detached before listener and load balancer go.
			w.setWeekend(t, weekend(closedNow(), true))
			s.apply(t)
			s.settled(t)
			s.has(t, without(append(scheduled(active, true), base...), balancer))
			w.inOrder(t, "ecs.UpdateService", "elasticloadbalancing.DeleteListener", "elasticloadbalancing.DeleteLoadBalancer")
			w.neverAsked(t, "elasticloadbalancing.DeleteTargetGroup")

			// Up, by the schedule where the region is active and by hand where it is not: load
			// balancer, listener, attached, then capacity.
			up := []string{}
			if !active {
				up = append(up, awake)
			}
			w.setWeekend(t, weekend(openNow(), true))
			s.apply(t, up...)
			s.settled(t, up...)
			s.runs(t, 2)
			w.inOrder(t, "elasticloadbalancing.CreateLoadBalancer", "elasticloadbalancing.CreateListener", "ecs.UpdateService", "application-autoscaling.RegisterScalableTarget")

			// Off: the desired count is Terraform's again, and restored.
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

// TestASleepingFleetOutsideWeekendMode holds down to one meaning: it puts the region to sleep
// whether or not weekend mode is on.
func TestASleepingFleetOutsideWeekendMode(t *testing.T) {
	t.Parallel()
	w := weekendFleet(t, off)
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t, "weekend_state=down")
	s.settled(t, "weekend_state=down")
	s.runs(t, 0)
	w.neverAsked(t, "elasticloadbalancing.DeleteLoadBalancer")
	s.apply(t)
	s.runs(t, 2)
}

// TestWhatTheScheduleHasSetIsLeftAlone is the plan after an edge has passed: AWS has moved the
// target's bounds and the service's count, and the window has moved on with the time.
func TestWhatTheScheduleHasSetIsLeftAlone(t *testing.T) {
	t.Parallel()
	needsAWS(t, "that a plan agrees with what the schedule has set")
	w := weekendFleet(t, weekend(closedNow(), false))
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t)
	s.runs(t, 0)
	names := w.region(t, "eu-west-2").Names
	_, err := applicationautoscaling.NewFromConfig(w.in(t, "eu-west-2")).RegisterScalableTarget(t.Context(), &applicationautoscaling.RegisterScalableTargetInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceId: new("service/" + names.Cluster() + "/" + names.Service()), MinCapacity: new(int32(2)), MaxCapacity: new(int32(2)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := awsecs.NewFromConfig(w.in(t, "eu-west-2")).UpdateService(t.Context(), &awsecs.UpdateServiceInput{
		Cluster: new(names.Cluster()), Service: new(names.Service()), DesiredCount: new(int32(2)),
	}); err != nil {
		t.Fatal(err)
	}
	w.setWeekend(t, weekend(openNow(), false))
	for address, action := range s.planned(t) {
		if !strings.HasPrefix(address, "aws_appautoscaling_scheduled_action.") {
			t.Errorf("the plan would %s %s", action, address)
		}
	}
}

func TestAFirstDeployWhileAsleepMakesNoLoadBalancer(t *testing.T) {
	t.Parallel()
	w := weekendFleet(t, weekend(closedNow(), true))
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t)
	s.settled(t)
	s.runs(t, 0)
	w.neverAsked(t, "elasticloadbalancing.CreateLoadBalancer", "elasticloadbalancing.CreateListener", "route53.ChangeResourceRecordSets")
	s.destroy(t)
}

// TestAWeekendApplyThatIsKilledHeals kills the applies that put a region to sleep and wake it, where AWS
// has done a step that the state does not know.
func TestAWeekendApplyThatIsKilledHeals(t *testing.T) {
	t.Parallel()
	needsAWS(t, "that a weekend's apply which was killed heals")
	w := weekendFleet(t, weekend(openNow(), true))
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t, "weekend_state=down")
	down := s.addresses(t)
	up := append(slices.Clone(down), balancer...)
	for _, each := range []struct {
		state, operation string
		want             []string
	}{
		{awake, "elasticloadbalancing.CreateLoadBalancer", up},
		{"weekend_state=down", "elasticloadbalancing.DeleteLoadBalancer", down},
		{awake, "application-autoscaling.RegisterScalableTarget", up},
	} {
		s.killedAt(t, []string{each.operation}, each.state)
		s.apply(t, each.state)
		if each.state == awake {
			s.settled(t, awake)
		}
		for _, address := range each.want {
			if got := s.addresses(t); !slices.Contains(got, address) && !strings.Contains(address, "scheduled_action") {
				t.Errorf("after %s at %s: %s is not in %v", each.state, each.operation, address, got)
			}
		}
	}
	s.runs(t, 2)
	s.destroy(t)
	if left := w.tagged(t, "eu-west-2"); len(left) > 0 {
		t.Errorf("after the destroy AWS still has %v", left)
	}
}
