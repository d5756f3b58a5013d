//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"
)

// original is a configuration as others write it by hand: rules inside the security groups, one of which opens the tasks
// to the world, managed policies, a target group on another port, and a secret with a value.
const original = "testdata/original/main.tf"

// applyOriginal applies original in the workspace's AWS and returns the path of its state.
func (w *workspace) applyOriginal(t *testing.T) (state string) {
	t.Helper()
	folder := t.TempDir()
	text, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	terraform, err := tfexec.NewTerraform(folder, suite.terraform)
	if err != nil {
		t.Fatal(err)
	}
	terraform.SetStderr(t.Output())
	if err := terraform.SetEnv(w.environment(nil)); err != nil {
		t.Fatal(err)
	}
	if err := terraform.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := terraform.Apply(t.Context(), tfexec.Var("project=fmp-mcp"+w.suffix())); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "terraform.tfstate")
}

// adopt runs mcpfleet adopt on a state, and synthesizes the fleet file that it writes.
func (w *workspace) adopt(t *testing.T, state string) {
	t.Helper()
	folder := t.TempDir()
	fleetFile := filepath.Join(folder, "regions.yaml")
	w.mcpfleet(t, "adopt", "--state", state, "--config", fleetFile)
	fleet, err := os.ReadFile(fleetFile)
	if err != nil {
		t.Fatal(err)
	}
	const adoption = "adopt/dev-eu-west-1.json"
	text, err := os.ReadFile(filepath.Join(folder, adoption))
	if err != nil {
		t.Fatal(err)
	}
	w.beside = map[string]string{adoption: string(text)}
	w.write(t, string(fleet))
}

// TestAdopt takes over what original has created: nothing is destroyed or replaced, the service keeps its tasks, and the
// secret its value.
func TestAdopt(t *testing.T) {
	t.Parallel()
	needsAWS(t, "adopting what another configuration created")
	w := newFolder(t)
	w.adopt(t, w.applyOriginal(t))
	secret := w.secretValue(t, "eu-west-1")
	s := w.initialize(t, "dev-eu-west-1")
	created := []string{}
	for address, action := range s.plan(t) {
		switch action {
		case "create":
			created = append(created, address)
		case "update", "import":
		default:
			t.Errorf("%s: %s", address, action)
		}
	}
	if difference := cmp.Diff([]string{
		"aws_ecs_task_definition.main", "aws_iam_role_policy.ecs_task_execution", "aws_iam_role_policy_attachments_exclusive.ecs_task_execution",
		"aws_vpc_security_group_egress_rule.alb_tasks",
	}, sorted(created)); difference != "" {
		t.Errorf("created (- want, + got)\n%s", difference)
	}
	s.apply(t)
	for _, called := range w.aws.Log() {
		if strings.Contains(called, ".Delete") || strings.Contains(called, ".Revoke") {
			t.Errorf("%s was called", called)
		}
	}
	w.checkCallOrder(t, "iam.PutRolePolicy", "iam.DetachRolePolicy", "iam.DetachRolePolicy")
	w.checkCallOrder(t, "iam.PutRolePolicy", "ecs.RegisterTaskDefinition", "ecs.UpdateService")
	if service := w.service(t, "eu-west-1"); service.DesiredCount != 2 || service.RunningCount != 2 {
		t.Errorf("%d of %d tasks run", service.RunningCount, service.DesiredCount)
	}
	if after := w.secretValue(t, "eu-west-1"); after != secret {
		t.Errorf("the secret is now %s", after)
	}
	s.checkNoChanges(t)
	s.destroy(t)
}

// TestAdoptAnEarlierFleet adopts a region of a fleet whose fleet file and state are given up.
func TestAdoptAnEarlierFleet(t *testing.T) {
	t.Parallel()
	needsAWS(t, "adopting a region of an earlier fleet")
	w := newWorkspace(t, "../regions.yaml")
	earlier := w.initialize(t, "dev-eu-west-1")
	earlier.apply(t)
	state := filepath.Join(w.folder, "terraform.dev-eu-west-1.tfstate")
	given := filepath.Join(t.TempDir(), "given-up.tfstate")
	if err := os.Rename(state, given); err != nil {
		t.Fatal(err)
	}
	w.adopt(t, given)
	s := w.initialize(t, "dev-eu-west-1")
	planned := s.plan(t)
	for address, action := range planned {
		if action != "create" && action != "update" && action != "import" {
			t.Errorf("%s: %s", address, action)
		}
	}
	s.apply(t)
	for _, called := range w.aws.Log() {
		if strings.Contains(called, ".Delete") || strings.Contains(called, ".Revoke") || strings.Contains(called, ".Create") && called != "ec2.CreateTags" {
			t.Errorf("%s was called", called)
		}
	}
	s.checkNoChanges(t)
	s.destroy(t)
}

// secretValue returns the value of a region's secret.
func (w *workspace) secretValue(t *testing.T, region string) string {
	t.Helper()
	output, err := secretsmanager.NewFromConfig(w.config(t, region)).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: new(w.region(t, region).Names.Secret())})
	if err != nil {
		t.Fatal(err)
	}
	return *output.SecretString
}
