//go:build e2e

package e2e

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLogs turns ECS Exec, access logs and Container Insights on for a deployed fleet, after a killed apply too, sleeps and
// wakes with them, and turns them off.
func TestLogs(t *testing.T) {
	t.Parallel()
	const (
		on  = "  logs: {exec: true, access: true, insights: true}\n"
		off = "  logs: {exec: false, access: false, insights: false}\n"
	)
	w := newWorkspace(t, "../examples/single-region.yaml")
	w.edit(t, "regions:\n", "  "+weekend(openNow(), true)+"\nregions:\n")
	w.edit(t, `{STATELESS: "true"}`, `{STATELESS: "true"}`+"\n    read_only: false")
	s := w.initialize(t, "dev-eu-central-1")
	s.apply(t, awake)
	base := s.addresses(t)
	added := []string{
		"aws_cloudwatch_log_group.exec", "aws_iam_role_policy.ecs_task_exec", "aws_s3_bucket.access_logs",
		"aws_s3_bucket_lifecycle_configuration.access_logs", "aws_s3_bucket_ownership_controls.access_logs", "aws_s3_bucket_policy.access_logs",
		"aws_s3_bucket_public_access_block.access_logs", "aws_s3_bucket_server_side_encryption_configuration.access_logs",
	}
	updated := []string{"aws_ecs_cluster.main", service, "aws_lb.main[0]"}

	w.edit(t, "regions:\n", on+"regions:\n")
	turnedOn := changes(nil, added, "")
	if w.aws != nil {
		s.killApply(t, []string{"logs.CreateLogGroup", "s3.PutBucketTagging"})
		// Imported. The log group got no retention, and force_destroy is in the state only.
		turnedOn["aws_cloudwatch_log_group.exec"], turnedOn["aws_s3_bucket.access_logs"] = "update", "update"
	}
	for _, address := range updated {
		turnedOn[address] = "update"
	}
	if difference := cmp.Diff(turnedOn, s.apply(t, awake)); difference != "" {
		t.Errorf("on (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t, awake)
	w.checkCallOrder(t, "iam.PutRolePolicy", "ecs.UpdateService")
	w.checkCallOrder(t, "s3.PutBucketPolicy", "elasticloadbalancing.ModifyLoadBalancerAttributes")
	if w.aws != nil && !w.service(t, "eu-central-1").EnableExecuteCommand {
		t.Error("ECS Exec is off")
	}

	s.apply(t, asleep)
	s.checkNoChanges(t, asleep)
	s.checkAddresses(t, without(slices.Concat(base, added, scheduledDown), loadBalancerAddresses))
	s.apply(t, awake)
	s.checkNoChanges(t, awake)

	w.edit(t, on, off)
	turnedOff := changes(added, nil, "")
	for _, address := range updated {
		turnedOff[address] = "update"
	}
	if difference := cmp.Diff(turnedOff, s.apply(t, awake)); difference != "" {
		t.Errorf("off (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t, awake)
	s.checkAddresses(t, base)
	s.destroy(t)
}
