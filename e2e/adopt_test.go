//go:build e2e

package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"
)

// original is a configuration as others write it by hand: rules inside the security groups, one of which opens the tasks
// to the world, managed policies, a target group on another port, and a secret with a value.
const original = "testdata/original/main.tf"

// adoptionFile is the adoption file of the region, relative to the fleet file.
const adoptionFile = "adopt/dev-eu-west-1.json"

// recordedOriginal is the state of original, for the stand-in, which cannot ask AWS what runs.
const recordedOriginal = "../internal/adopt/testdata/original-state.json"

// createOriginal applies original in the workspace's AWS and returns the path of its state. With the stand-in, the recorded
// state is what exists.
func (w *workspace) createOriginal(t *testing.T, variables ...string) (state string) {
	t.Helper()
	if w.aws == nil {
		state, err := filepath.Abs(recordedOriginal)
		if err != nil {
			t.Fatal(err)
		}
		w.world = state
		return state
	}
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
	options := []tfexec.ApplyOption{tfexec.Var("project=" + w.project()), tfexec.Var("zone=example" + w.suffix() + ".com")}
	for _, variable := range variables {
		options = append(options, tfexec.Var(variable))
	}
	if err := terraform.Apply(t.Context(), options...); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "terraform.tfstate")
}

// project is the project of original in the workspace.
func (w *workspace) project() string { return "fmp-mcp" + w.suffix() }

// adopt runs mcpfleet adopt, and synthesizes the fleet file that it writes.
func (w *workspace) adopt(t *testing.T, arguments ...string) {
	t.Helper()
	folder := t.TempDir()
	fleetFile := filepath.Join(folder, "regions.yaml")
	w.mcpfleet(t, append([]string{"adopt", "--config", fleetFile}, arguments...)...)
	fleet, err := os.ReadFile(fleetFile)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, adoptionFile))
	if err != nil {
		t.Fatal(err)
	}
	w.beside = map[string]string{adoptionFile: string(text)}
	w.write(t, string(fleet))
}

// newWithInlineRules are the resources that the first apply creates beside those of original. It imports the rules of the
// security groups.
var newWithInlineRules = []string{
	"aws_ecs_task_definition.main", "aws_iam_role_policy.ecs_task_execution", "aws_iam_role_policy_attachments_exclusive.ecs_task_execution",
	"aws_iam_role_policy_attachment.ecs_task[\"arn:aws:iam::aws:policy/CloudWatchLogsFullAccess\"]",
	"aws_vpc_security_group_egress_rule.alb_tasks",
}

// TestAdopt takes over what original has created: nothing is destroyed or replaced, the service keeps its tasks, and the
// secret its value.
func TestAdopt(t *testing.T) {
	t.Parallel()
	w := newFolder(t)
	w.adopt(t, "--state", w.createOriginal(t))
	s := w.checkAdoption(t)

	// The imports have done their work, so the load balancer may come and go.
	w.beside[adoptionFile] = "{}"
	w.edit(t, "defaults:\n", "defaults:\n  weekend: {enabled: true, destroy_albs: true}\n")
	if w.aws != nil {
		s.killApply(t, []string{"elasticloadbalancing.DeleteListener"}, asleep)
	}
	s.apply(t, asleep)
	s.checkNoChanges(t, asleep)
	if w.aws != nil {
		s.killApply(t, []string{"elasticloadbalancing.CreateLoadBalancer"}, awake)
	}
	s.apply(t, awake)
	s.checkNoChanges(t, awake)
	s.destroy(t)
}

// TestAdoptWithoutAState takes over what was made by hand: there is no state, and nothing has tags but names.
func TestAdoptWithoutAState(t *testing.T) {
	t.Parallel()
	needsAWS(t, "adopting what was made by hand")
	w := newFolder(t)
	w.createOriginal(t, "tagged=false")
	w.adopt(t, "--from-aws", "--region", "eu-west-1", "--project", w.project(), "--environment", "dev")
	w.checkAdoption(t).destroy(t)
}

// checkAdoption adopts a region that original describes.
func (w *workspace) checkAdoption(t *testing.T) *stack {
	t.Helper()
	s := w.initialize(t, "dev-eu-west-1")
	planned := s.plan(t)
	checkActions(t, planned, "create", "update", "import")
	if w.aws == nil {
		s.apply(t)
		s.checkNoChanges(t)
		return s
	}
	maps.DeleteFunc(planned, func(_, action string) bool { return action != "create" })
	if difference := cmp.Diff(sorted(newWithInlineRules), slices.Sorted(maps.Keys(planned))); difference != "" {
		t.Errorf("created (- want, + got)\n%s", difference)
	}
	secret := w.secretValue(t, "eu-west-1")
	w.aws.Watch(func(operation string) {
		if service := w.service(t, "eu-west-1"); service.RunningCount < 2 {
			t.Errorf("after %s, %d tasks run", operation, service.RunningCount)
		}
	})
	s.apply(t)
	w.aws.Watch(nil)
	for _, called := range w.aws.Log() {
		if strings.Contains(called, ".Delete") || strings.Contains(called, ".Revoke") {
			t.Errorf("%s was called", called)
		}
	}
	w.checkCallOrder(t, "iam.PutRolePolicy", "iam.DetachRolePolicy", "iam.DetachRolePolicy")
	// Terraform registers the revision beside the policy, but no task starts before both are there.
	w.checkCallOrder(t, "iam.PutRolePolicy", "ecs.UpdateService")
	w.checkCallOrder(t, "ecs.RegisterTaskDefinition", "ecs.UpdateService")
	if service := w.service(t, "eu-west-1"); service.DesiredCount != 2 || service.RunningCount != 2 {
		t.Errorf("%d of %d tasks run", service.RunningCount, service.DesiredCount)
	}
	if after := w.secretValue(t, "eu-west-1"); after != secret {
		t.Errorf("the secret is now %s", after)
	}
	s.checkNoChanges(t)
	return s
}

// TestAdoptInAStackThatExists holds that the key adopt destroys nothing of a stack that was applied without it, such as the
// placeholder of its secret.
func TestAdoptInAStackThatExists(t *testing.T) {
	t.Parallel()
	needsAWS(t, "adopt in a stack that exists")
	w := newWorkspace(t, "../regions.yaml")
	s := w.initialize(t, "dev-eu-west-1")
	s.apply(t)
	secret := w.secretValue(t, "eu-west-1")
	w.beside = map[string]string{adoptionFile: "{}"}
	w.edit(t, "172.31.0.0/16}}", "172.31.0.0/16}, adopt: "+adoptionFile+"}")
	checkActions(t, s.apply(t), "create", "remove")
	w.checkNotCalled(t, "secretsmanager.UpdateSecretVersionStage", "secretsmanager.PutSecretValue")
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
	w.adopt(t, "--state", given)
	s := w.initialize(t, "dev-eu-west-1")
	checkActions(t, s.plan(t), "create", "update", "import")
	s.apply(t)
	for _, called := range w.aws.Log() {
		if strings.Contains(called, ".Delete") || strings.Contains(called, ".Revoke") || strings.Contains(called, ".Create") && called != "ec2.CreateTags" {
			t.Errorf("%s was called", called)
		}
	}
	s.checkNoChanges(t)
	s.destroy(t)
}

// checkActions fails the test if a plan has actions other than these.
func checkActions(t *testing.T, planned map[string]string, allowed ...string) {
	t.Helper()
	for address, action := range planned {
		if !slices.Contains(allowed, action) {
			t.Errorf("%s: %s", address, action)
		}
	}
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
