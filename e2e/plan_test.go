//go:build e2e

package e2e

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// summary runs the program behind make plan in a workspace.
func (w *workspace) summary(t *testing.T, more map[string]string, patterns ...string) (table string, status int) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "plan")
	if output, err := exec.Command("go", "build", "-o", program, "../cmd/plan").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	command := exec.CommandContext(t.Context(), program, patterns...)
	command.Dir = w.folder
	for name, value := range w.environment(more) {
		command.Env = append(command.Env, name+"="+value)
	}
	var out bytes.Buffer
	command.Stdout = &out
	command.Stderr = t.Output()
	_ = command.Run()
	return strings.Join(strings.Fields(out.String()), " "), command.ProcessState.ExitCode()
}

func TestMakePlanSumsUp(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "../regions.yaml")
	s := w.initialised(t, "dev-eu-west-2")
	s.apply(t)
	if table, status := w.summary(t, nil); status != 2 || table != "stack add change destroy dev-eu-west-1 30 0 0 dev-eu-west-2 - - - dev-us-east-1 30 0 0" {
		t.Errorf("exit status %d: %s", status, table)
	}
	if table, status := w.summary(t, nil, "*-eu-west-2"); status != 0 || table != "stack add change destroy dev-eu-west-2 - - -" {
		t.Errorf("exit status %d: %s", status, table)
	}
	table, status := w.summary(t, map[string]string{"TF_VAR_cpu": "1000"})
	if status != 1 || strings.Count(table, "failed") != 3 || !strings.Contains(table, "dev-eu-west-1: Invalid value for variable") {
		t.Errorf("exit status %d: %s", status, table)
	}
}

func TestMakePlanWithoutTerraformSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "../examples/single-region.yaml")
	if table, status := w.summary(t, map[string]string{"TERRAFORM": "no-such-program"}); status != 1 || table != "" {
		t.Errorf("exit status %d: %s", status, table)
	}
}
