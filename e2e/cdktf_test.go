//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/untested"
)

// cdktf runs the CDKTF CLI in the workspace and returns its output.
func (w *workspace) cdktf(t *testing.T, arguments ...string) string {
	t.Helper()
	program := cdktfCLI(t)
	settings, err := json.Marshal(map[string]any{"language": "go", "app": suite.app, "projectId": "e2e", "sendCrashReports": "false"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.folder, "cdktf.json"), settings, 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, arguments...)
	command.Dir = w.folder
	for name, value := range w.environment(map[string]string{"CI": "true", "TF_PLUGIN_CACHE_DIR": w.pluginCache(t)}) {
		command.Env = append(command.Env, name+"="+value)
	}
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("cdktf %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// cdktfCLI returns the program.
func cdktfCLI(t *testing.T) string {
	t.Helper()
	program, err := filepath.Abs("../node_modules/.bin/cdktf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		untested.Skip(t, "CDKTF CLI: node_modules not found; run make synth once")
	}
	return program
}

// pluginCache returns a plugin cache folder for the workspace. By default the CDKTF CLI caches providers in
// the user's home, where a later deploy would find the stand-in instead of the real provider.
func (w *workspace) pluginCache(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(w.folder, "plugin-cache")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestCDKTFDeployAndDestroy skips locking the provider's checksums, which needs the registry.
func TestCDKTFDeployAndDestroy(t *testing.T) {
	t.Parallel()
	const name = "dev-eu-central-1"
	w := newWorkspace(t, "../examples/single-region.yaml")
	if listed := w.cdktf(t, "list"); !strings.Contains(listed, name) {
		t.Errorf("cdktf list printed\n%s", listed)
	}
	if !suite.real { // takes two minutes with the real provider
		if diff := w.cdktf(t, "diff", name, "--skip-provider-lock"); !strings.Contains(diff, "28 to add") {
			t.Errorf("cdktf diff printed\n%s", diff)
		}
	}
	w.cdktf(t, "deploy", "dev-*", "--auto-approve", "--skip-provider-lock", "--var", "desired_count=4")
	s := w.initialize(t, name)
	if got, want := s.addresses(t), sorted(expectedAddresses(t, w.file(name))); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	s.checkDesiredCount(t, 4)
	w.cdktf(t, "destroy", "dev-*", "--auto-approve", "--skip-provider-lock")
	if left := s.addresses(t); len(left) > 0 {
		t.Errorf("left in the state: %v", left)
	}
}

// TestRegionRemovedBeforeDestroy removes a deployed region from the fleet file and follows the printed
// instructions. The CDKTF CLI has removed the stack's folder, so Terraform alone cannot destroy it.
func TestRegionRemovedBeforeDestroy(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := newWorkspace(t, "../regions.yaml")
	const line = "  eu-west-2: {network: {cidr: 172.30.0.0/16}}\n"
	w.cdktf(t, "deploy", "dev-eu-west-2", "--auto-approve", "--skip-provider-lock")
	w.edit(t, line, "")
	w.cdktf(t, "list")
	const instructions = "to destroy them, add eu-west-2 to regions.yaml again, run npx cdktf destroy dev-eu-west-2, then remove it"
	if table, status := w.summary(t, nil, "plan"); status != 2 || !strings.Contains(table, instructions) {
		t.Errorf("exit status %d: %s", status, table)
	}
	w.edit(t, "regions:\n", "regions:\n"+line)
	w.cdktf(t, "destroy", "dev-eu-west-2", "--auto-approve", "--skip-provider-lock")
	w.edit(t, line, "")
	if table, _ := w.summary(t, nil, "plan"); strings.Contains(table, "eu-west-2") {
		t.Errorf("the region is still listed: %s", table)
	}
}
