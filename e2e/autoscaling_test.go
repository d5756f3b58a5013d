//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	scalableTarget = "aws_appautoscaling_target.main"
	cpuPolicy      = "aws_appautoscaling_policy.cpu"
	requestsPolicy = "aws_appautoscaling_policy.requests[0]"
)

// TestAutoscaling turns autoscaling on in a running region, lets AWS scale it, puts the region to sleep and wakes
// it, and turns autoscaling off again.
func TestAutoscaling(t *testing.T) {
	t.Parallel()
	const setting = "  service: {autoscaling: {enabled: true, min: 2, max: 6, targets: {cpu: 60, requests: 600}}}\n"
	w := weekendFleet(t, off)
	s := w.initialize(t, "dev-eu-west-2")
	s.apply(t)
	base := s.addresses(t)

	// The service keeps running: desired_count is ignored from now on, and nothing else changes.
	w.edit(t, "regions:\n", setting+"regions:\n")
	policies := []string{scalableTarget, cpuPolicy, requestsPolicy}
	if difference := cmp.Diff(changes(nil, policies, ""), s.apply(t)); difference != "" {
		t.Errorf("autoscaling on (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t)

	// desired_count would have no effect, so it is an error.
	if _, err := s.tryPlan(t, "desired_count=3"); err == nil || !strings.Contains(err.Error(), "min_count and max_count") {
		t.Errorf("desired_count: %v", err)
	}
	if _, err := s.tryPlan(t, "min_count=7"); err == nil {
		t.Error("min_count above max_count: no error")
	}
	if difference := cmp.Diff(map[string]string{scalableTarget: "update"}, s.apply(t, "min_count=3")); difference != "" {
		t.Errorf("min_count (- want, + got)\n%s", difference)
	}
	s.checkDesiredCount(t, 3)

	if w.aws != nil {
		s.setDesiredCount(t, 5)
		if difference := cmp.Diff(map[string]string{scalableTarget: "update"}, s.apply(t)); difference != "" {
			t.Errorf("after AWS has scaled out (- want, + got)\n%s", difference)
		}
		s.checkDesiredCount(t, 5)
	}

	// Asleep there is nothing to count requests at, and no task.
	w.setWeekend(t, weekend(closedNow(), true))
	s.apply(t)
	s.checkNoChanges(t)
	s.checkDesiredCount(t, 0)
	s.checkAddresses(t, without(slices.Concat(base, policies, scheduledDown), append(slices.Clone(loadBalancerAddresses), requestsPolicy)))
	w.checkCallOrder(t, "application-autoscaling.DeleteScalingPolicy", "elasticloadbalancing.DeleteLoadBalancer")

	w.setWeekend(t, weekend(openNow(), true))
	s.apply(t)
	s.checkNoChanges(t)
	s.checkDesiredCount(t, 2)
	w.checkCallOrder(t, append(slices.Clone(wakeUp), "application-autoscaling.PutScalingPolicy")...)

	// The window closes before an apply destroys the load balancer.
	if w.aws != nil {
		s.runScheduledAction(t, 0, 0)
		s.checkDesiredCount(t, 0)
		if difference := cmp.Diff(map[string]string{scalableTarget: "update"}, s.plan(t)); difference != "" {
			t.Errorf("a plan in the window (- want, + got)\n%s", difference)
		}
	}

	w.setWeekend(t, off)
	w.edit(t, setting, "")
	s.apply(t)
	s.checkNoChanges(t)
	s.checkAddresses(t, base)
	s.checkDesiredCount(t, 2)
	s.destroy(t)
}
