//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/untested"
)

// cdktf runs the CDKTF CLI in a workspace, as a user would type it.
func (w *workspace) cdktf(t *testing.T, arguments ...string) string {
	t.Helper()
	program, err := filepath.Abs("../node_modules/.bin/cdktf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		untested.Skip(t, "the CDKTF CLI, for want of node_modules: run make synth once")
	}
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

// pluginCache is a folder of the workspace's own: the CDKTF CLI would keep providers in the user's home
// otherwise, where a later deploy takes the stand-in for the real one.
func (w *workspace) pluginCache(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(w.folder, "plugin-cache")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestTheCDKTFCLIDeploysAndDestroys is what users type. Locking the provider's checksums asks the
// registry, which a test must not need.
func TestTheCDKTFCLIDeploysAndDestroys(t *testing.T) {
	w := newWorkspace(t, "../regions.yaml")
	w.edit(t, "  us-east-1: {network: {cidr: 172.29.0.0/16}}\n", "")
	if listed := w.cdktf(t, "list"); !strings.Contains(listed, "dev-eu-west-1") || strings.Contains(listed, "dev-us-east-1") {
		t.Errorf("cdktf list says\n%s", listed)
	}
	if diff := w.cdktf(t, "diff", "dev-eu-west-1", "--skip-provider-lock"); !strings.Contains(diff, "30 to add") {
		t.Errorf("cdktf diff says\n%s", diff)
	}
	w.cdktf(t, "deploy", "dev-*", "--auto-approve", "--skip-provider-lock")
	for _, name := range w.stacks(t) {
		s := w.initialised(t, name)
		if got, want := s.addresses(t), sorted(expectedAddresses(t, w.file(name))); len(got) != len(want) {
			t.Errorf("%s has %v, want %v", name, got, want)
		}
		s.settled(t)
	}
	w.cdktf(t, "deploy", "dev-eu-west-1", "--auto-approve", "--skip-provider-lock", "--var", "desired_count=4")
	services := w.world.Things("eu-west-1", "aws_ecs_service")
	if !suite.real && (len(services) != 1 || services[0].Attributes["desired_count"] != 4.0) {
		t.Errorf("the service is %v", services)
	}
	w.takenOutTooEarly(t, "  eu-west-2: {network: {cidr: 172.30.0.0/16}}\n")
	w.cdktf(t, "destroy", "dev-*", "--auto-approve", "--skip-provider-lock")
	if left := w.world.Things(""); len(left) > 0 {
		t.Errorf("left in the world: %v", left)
	}
}

// takenOutTooEarly takes eu-west-2 out of the fleet file while it is deployed, and then does what it
// is told. The CLI has removed the stack's folder, so that Terraform alone has nothing to go by.
func (w *workspace) takenOutTooEarly(t *testing.T, line string) {
	t.Helper()
	w.edit(t, line, "")
	w.cdktf(t, "list")
	const way = "to destroy them, put eu-west-2 back into regions.yaml, run npx cdktf destroy dev-eu-west-2, and take it out again"
	if table, status := w.summary(t, nil, "plan"); status != 2 || !strings.Contains(table, way) {
		t.Errorf("exit status %d: %s", status, table)
	}
	w.edit(t, "regions:\n", "regions:\n"+line)
	w.cdktf(t, "destroy", "dev-eu-west-2", "--auto-approve", "--skip-provider-lock")
	w.edit(t, line, "")
	if table, _ := w.summary(t, nil, "plan"); strings.Contains(table, "eu-west-2") {
		t.Errorf("it is still named: %s", table)
	}
}
