//go:build e2e

package e2e

import (
	"strings"
	"testing"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestProductionOptions sets options one after another on a deployed fleet. They change what exists in place.
func TestProductionOptions(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "../examples/single-region.yaml")
	w.edit(t, `{STATELESS: "true"}`, `{STATELESS: "true"}`+"\n    secrets: {FMP_API_KEY: API_KEY}")
	s := w.initialize(t, "dev-eu-central-1")
	s.apply(t)
	const (
		alarms     = "  service: {deployment: {minimum_healthy_percent: 50, maximum_percent: 150, alarms: {names: [errors, latency]}}}\n"
		noAlarms   = "  service: {deployment: {alarms: {names: [errors, latency], enabled: false}}}\n"
		ownKey     = `{kms_key: "arn:aws:kms:eu-central-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef"}` + "\n"
		keys       = "  secrets: " + ownKey + "  logs: " + ownKey
		protection = "  load_balancer: {deletion_protection: true}\n"
	)
	for _, step := range []struct {
		toggle
		deployment *ecstypes.DeploymentConfiguration
	}{
		{toggle{"regions:\n", alarms + "regions:\n", map[string]string{service: "update"}}, &ecstypes.DeploymentConfiguration{
			MinimumHealthyPercent: new(int32(50)), MaximumPercent: new(int32(150)),
			Alarms: &ecstypes.DeploymentAlarms{AlarmNames: []string{"errors", "latency"}, Enable: true, Rollback: true},
		}},
		{toggle{alarms, noAlarms, map[string]string{service: "update"}}, &ecstypes.DeploymentConfiguration{
			MinimumHealthyPercent: new(int32(100)), MaximumPercent: new(int32(200)),
			Alarms: &ecstypes.DeploymentAlarms{AlarmNames: []string{"errors", "latency"}},
		}},
		{toggle{noAlarms, noAlarms + keys, map[string]string{
			"aws_secretsmanager_secret.api_key": "update", "aws_iam_role_policy.ecs_task_execution": "update", "aws_cloudwatch_log_group.main": "update",
		}}, nil},
		{toggle{"regions:\n", protection + "regions:\n", map[string]string{"aws_lb.main[0]": "update"}}, nil},
	} {
		w.edit(t, step.old, step.new)
		if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
			t.Errorf("%q (- want, + got)\n%s", step.new, difference)
		}
		s.checkNoChanges(t)
		if w.aws != nil && step.deployment != nil {
			w.checkDeployment(t, "eu-central-1", *step.deployment)
		}
	}
	w.checkProtection(t, s, protection)
}

// checkDeployment compares the deployment configuration of the service in AWS.
func (w *workspace) checkDeployment(t *testing.T, region string, want ecstypes.DeploymentConfiguration) {
	t.Helper()
	want.DeploymentCircuitBreaker = &ecstypes.DeploymentCircuitBreaker{Enable: true, Rollback: true}
	options := []cmp.Option{
		cmpopts.IgnoreUnexported(ecstypes.DeploymentConfiguration{}, ecstypes.DeploymentAlarms{}, ecstypes.DeploymentCircuitBreaker{}),
		cmpopts.SortSlices(strings.Compare), cmpopts.EquateEmpty(),
	}
	if difference := cmp.Diff(&want, w.service(t, region).DeploymentConfiguration, options...); difference != "" {
		t.Errorf("the deployment configuration (- want, + got)\n%s", difference)
	}
}

// checkProtection checks that no plan deletes the protected load balancer, and that destroy mode takes the protection
// away while the region is awake.
func (w *workspace) checkProtection(t *testing.T, s *stack, protection string) {
	t.Helper()
	const refusal = "which AWS protects from deletion"
	internal := strings.Replace(protection, "true}", "true, internal: true}", 1)
	destroys := protection + "  " + weekend(openNow(), true) + "\n"
	w.edit(t, protection, internal)
	if _, err := s.tryPlan(t); w.aws != nil && (err == nil || !strings.Contains(err.Error(), refusal)) {
		t.Errorf("a plan that replaces the load balancer: %v", err)
	}
	w.edit(t, internal, destroys)
	if _, err := s.tryPlan(t, asleep); w.aws != nil && (err == nil || !strings.Contains(err.Error(), refusal)) {
		t.Errorf("a plan that destroys the load balancer: %v", err)
	}
	if got := s.apply(t)["aws_lb.main[0]"]; got != "update" {
		t.Errorf("destroy mode: %q of the load balancer, want update", got)
	}
	s.checkNoChanges(t)
	if got := s.apply(t, asleep)["aws_lb.main[0]"]; got != "delete" {
		t.Errorf("asleep: %q of the load balancer, want delete", got)
	}
	s.checkNoChanges(t, asleep)
}

// TestForcedDeployment starts with a stack as it was before the variable existed. It also holds what the next apply does:
// it forgets in the state that a deployment was forced.
func TestForcedDeployment(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "../examples/single-region.yaml")
	s := w.initialize(t, "dev-eu-central-1")
	w.remove(t, s.name, `        "force_new_deployment": "${var.force_new_deployment ? true : null}",`+"\n")
	w.remove(t, s.name, `        "triggers": "${var.force_new_deployment ? { forced = plantimestamp() } : null}",`+"\n")
	s.apply(t)
	w.edit(t, "", "")
	s.checkNoChanges(t)
	for _, variables := range [][]string{{"force_new_deployment=true"}, nil} {
		if difference := cmp.Diff(map[string]string{service: "update"}, s.apply(t, variables...)); difference != "" {
			t.Errorf("%v (- want, + got)\n%s", variables, difference)
		}
		w.checkCallOrder(t, "ecs.UpdateService")
	}
	s.checkNoChanges(t)
}
