//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newBootstrapWorkspace returns a workspace with the bootstrap stack of a fleet.
func newBootstrapWorkspace(t *testing.T, fleetFile string) *workspace {
	t.Helper()
	w := newFolder(t)
	app, err := filepath.Abs(filepath.Join(cache, "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", app, "../bootstrap").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	text, err := os.ReadFile(fleetFile)
	if err != nil {
		t.Fatal(err)
	}
	// The builds of a scheduler need the fleet file in the repository, which contains the app's folder.
	const file = "regions.yaml"
	if err := os.WriteFile(filepath.Join(w.folder, file), text, 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), app)
	command.Dir = w.folder
	for name, value := range w.environment(map[string]string{"MCPFLEET_CONFIG": file, "MCPFLEET_REPOSITORY": "you/your-fleet", "MCPFLEET_ENVIRONMENTS": "prod,prod-weekend"}) {
		command.Env = append(command.Env, name+"="+value)
	}
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return w
}

// accountWide reports whether fleets in an account share the resource.
func accountWide(address string) bool {
	return strings.HasPrefix(address, "aws_s3_") || strings.HasPrefix(address, "aws_iam_openid_")
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	w := newBootstrapWorkspace(t, "../examples/s3-state.yaml")
	s := w.initialize(t, "bootstrap-prod")
	expected := map[string]string{}
	for _, address := range allAddresses(t, w.file("bootstrap-prod")) {
		expected[address] = "create"
	}
	if difference := cmp.Diff(expected, s.apply(t)); difference != "" {
		t.Errorf("the first plan (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t)
	outputs, err := s.terraform.Output(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"aws_plan_role":       `:role/ci/fmp-mcp-prod-plan"`,
		"aws_apply_role":      `:role/ci/fmp-mcp-prod-apply"`,
		"github_environments": `["prod","prod-weekend"]`,
	} {
		if got := strings.Join(strings.Fields(string(outputs[name].Value)), ""); !strings.HasSuffix(got, want) {
			t.Errorf("output %s is %s", name, got)
		}
	}
	if err := s.terraform.Destroy(t.Context()); err == nil || !strings.Contains(err.Error(), "prevent_destroy") {
		t.Errorf("destroy: got %v", err)
	}
	if left := s.addresses(t); len(left) != len(expected) {
		t.Errorf("%d of %d are left", len(left), len(expected))
	}
}

func TestBootstrapOfSecondFleetInAccount(t *testing.T) {
	t.Parallel()
	if suite.real {
		t.Skip("all workspaces share one AWS, which has the fleet of the first test")
	}
	w := newBootstrapWorkspace(t, "../examples/s3-state.yaml")
	s := w.initialize(t, "bootstrap-prod")
	expected := slices.DeleteFunc(allAddresses(t, w.file("bootstrap-prod")), accountWide)
	variables := []string{"create_state_bucket=false", "create_github_provider=false"}
	s.apply(t, variables...)
	s.checkNoChanges(t, variables...)
	if difference := cmp.Diff(sorted(expected), s.addresses(t)); difference != "" {
		t.Errorf("resources (- want, + got)\n%s", difference)
	}
	s.destroy(t)
}

func TestBootstrapOfScheduler(t *testing.T) {
	t.Parallel()
	w := newBootstrapWorkspace(t, "../examples/scheduler.yaml")
	s := w.initialize(t, "bootstrap-staging")
	expected := slices.DeleteFunc(allAddresses(t, w.file("bootstrap-staging")), accountWide)
	variables := []string{"create_state_bucket=false", "create_github_provider=false"}
	s.apply(t, variables...)
	s.checkNoChanges(t, variables...)
	if difference := cmp.Diff(sorted(expected), s.addresses(t)); difference != "" {
		t.Errorf("resources (- want, + got)\n%s", difference)
	}
	outputs, err := s.terraform.Output(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"weekend_project": `"fmp-mcp-staging-weekend"`,
		"weekend_source":  `"s3://acme-terraform-state/fmp-mcp/source.staging.zip"`,
	} {
		if got := string(outputs[name].Value); got != want {
			t.Errorf("output %s is %s", name, got)
		}
	}
	s.destroy(t)
}
