//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/plan"
)

// stacksCommand returns a command that runs cmd/stacks in the workspace.
func (w *workspace) stacksCommand(t *testing.T, more map[string]string, arguments ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), suite.stacks, arguments...)
	command.Dir = w.folder
	for name, value := range w.environment(more) {
		command.Env = append(command.Env, name+"="+value)
	}
	command.Stderr = t.Output()
	return command
}

// summary runs cmd/stacks and returns its output with white space collapsed.
func (w *workspace) summary(t *testing.T, more map[string]string, arguments ...string) (table string, status int) {
	t.Helper()
	command := w.stacksCommand(t, more, arguments...)
	var out bytes.Buffer
	command.Stdout = &out
	_ = command.Run()
	return strings.Join(strings.Fields(out.String()), " "), command.ProcessState.ExitCode()
}

func TestStacksPlan(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := newWorkspace(t, "../regions.yaml")
	s := w.initialize(t, "dev-eu-west-2")
	s.apply(t)
	if table, status := w.summary(t, nil, "plan"); status != 2 || table != "stack add change destroy dev-eu-west-1 30 0 0 dev-eu-west-2 - - - dev-us-east-1 30 0 0" {
		t.Errorf("exit status %d: %s", status, table)
	}
	if table, status := w.summary(t, nil, "plan", "*-eu-west-2"); status != 0 || table != "stack add change destroy dev-eu-west-2 - - -" {
		t.Errorf("exit status %d: %s", status, table)
	}
	command := w.stacksCommand(t, nil, "plan", "*-eu-west-2")
	var log bytes.Buffer
	command.Stderr = &log
	if err := command.Run(); err != nil || !strings.HasPrefix(log.String(), "== dev-eu-west-2\nInitializing") {
		t.Errorf("%v; the log is\n%s", err, log.String())
	}
	table, status := w.summary(t, map[string]string{"TF_VAR_cpu": "1000"}, "plan")
	if status != 1 || strings.Count(table, "failed") != 3 || !strings.Contains(table, "dev-eu-west-1: Invalid value for variable") {
		t.Errorf("exit status %d: %s", status, table)
	}
}

func TestStacksPlanWithoutTerraform(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := newWorkspace(t, "../examples/single-region.yaml")
	if table, status := w.summary(t, map[string]string{"TERRAFORM": "no-such-program"}, "plan"); status != 1 || table != "" {
		t.Errorf("exit status %d: %s", status, table)
	}
}

// TestStacksApply checks that apply ignores stacks of an earlier synth, and continues after a stack fails.
func TestStacksApply(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := newWorkspace(t, "../regions.yaml")
	w.edit(t, "  us-east-1: {network: {cidr: 172.29.0.0/16}}\n", "")
	if _, err := os.Stat(w.file("dev-us-east-1")); err != nil {
		t.Fatal("the stack of the earlier synth does not exist: ", err)
	}
	broken := filepath.Join(filepath.Dir(w.file("dev-eu-west-1")), "broken.tf.json")
	if err := os.WriteFile(broken, []byte(`{"output": {"broken": {"value": "${file(\"no-such-file\")}"}}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if table, _ := w.summary(t, nil, "list"); table != "dev-eu-west-1 dev-eu-west-2" {
		t.Errorf("the stacks are %s", table)
	}
	table, status := w.summary(t, nil, "apply")
	if status != 1 || !strings.HasPrefix(table, "stack add change destroy dev-eu-west-1 failed dev-eu-west-2 30 0 0 dev-eu-west-1: Invalid function argument") {
		t.Errorf("exit status %d: %s", status, table)
	}
	if err := os.Remove(broken); err != nil {
		t.Fatal(err)
	}
	if table, status := w.summary(t, nil, "apply"); status != 0 || table != "stack add change destroy dev-eu-west-1 30 0 0 dev-eu-west-2 - - -" {
		t.Errorf("exit status %d: %s", status, table)
	}
	if _, err := os.Stat(filepath.Join(w.folder, "terraform.dev-us-east-1.tfstate")); err == nil {
		t.Error("a stack of an earlier synth was applied")
	}
}

// destroyCommand matches the command that a summary suggests.
var destroyCommand = regexp.MustCompile(`to destroy them, (.* destroy)$`)

func TestRemovedRegionIsListedUntilDestroyed(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := newWorkspace(t, "../regions.yaml")
	for _, name := range w.stacks(t) {
		w.initialize(t, name).apply(t)
	}
	w.edit(t, "  us-east-1: {network: {cidr: 172.29.0.0/16}}\n", "")
	const listed = "stack add change destroy dev-eu-west-1 - - - dev-eu-west-2 - - - us-east-1: no longer in regions.yaml, but terraform.dev-us-east-1.tfstate still holds resources (30); to destroy them, "
	table, status := w.summary(t, nil, "plan")
	if status != 2 || !strings.HasPrefix(table, listed) {
		t.Fatalf("exit status %d: %s", status, table)
	}
	command := destroyCommand.FindStringSubmatch(table)
	if command == nil {
		t.Fatalf("no destroy command in %s", table)
	}
	folder := filepath.Dir(w.file("dev-us-east-1"))
	if err := os.Rename(folder, folder+".away"); err != nil {
		t.Fatal(err)
	}
	if table, status := w.summary(t, nil, "plan"); status != 2 || table != listed+"add us-east-1 to regions.yaml again, run npx cdktf destroy dev-us-east-1, then remove it" {
		t.Errorf("exit status %d: %s", status, table)
	}
	if err := os.Rename(folder+".away", folder); err != nil {
		t.Fatal(err)
	}
	w.shell(t, nil, command[1]+" -auto-approve")
	if table, status := w.summary(t, nil, "plan"); status != 0 || table != "stack add change destroy dev-eu-west-1 - - - dev-eu-west-2 - - -" {
		t.Errorf("exit status %d: %s", status, table)
	}
	if left := w.initialize(t, "dev-us-east-1").addresses(t); len(left) > 0 {
		t.Errorf("left in the state: %v", left)
	}
}

// shell runs a command line in the workspace.
func (w *workspace) shell(t *testing.T, more map[string]string, line string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "-c", line)
	command.Dir = w.folder
	for name, value := range w.environment(more) {
		command.Env = append(command.Env, name+"="+value)
	}
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, output)
	}
}

func TestApplySavedPlan(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := newWorkspace(t, "../examples/single-region.yaml")
	if table, status := w.summary(t, nil, "apply", "--saved"); status != 1 || !strings.Contains(table, "no plan.tfplan in cdktf.out/stacks/dev-eu-central-1; run make plan first") {
		t.Errorf("exit status %d: %s", status, table)
	}
	if table, status := w.summary(t, map[string]string{"TF_VAR_desired_count": "4"}, "plan"); status != 2 {
		t.Fatalf("exit status %d: %s", status, table)
	}
	if table, status := w.summary(t, map[string]string{"MCPFLEET_CONFIG": "other.yaml"}, "apply", "--saved"); status != 1 {
		t.Errorf("exit status %d: %s", status, table)
	}
	table, status := w.summary(t, nil, "apply", "--saved")
	if status != 0 || !regexp.MustCompile(`^stack add change destroy dev-eu-central-1 \d+ 0 0$`).MatchString(table) {
		t.Errorf("exit status %d: %s", status, table)
	}
	if got := w.stateOf(t, "dev-eu-central-1", "aws_ecs_service")["desired_count"]; got != 4.0 {
		t.Errorf("the service runs %v tasks", got)
	}
	if table, status := w.summary(t, nil, "apply", "--saved"); status != 1 || !strings.Contains(table, "no plan.tfplan in") {
		t.Errorf("the plan was applied twice: exit status %d: %s", status, table)
	}
}

func TestStacksUsage(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	w := newWorkspace(t, "../examples/single-region.yaml")
	for _, line := range []string{"", "plna", "plan --saved", "apply --save"} {
		command := w.stacksCommand(t, nil, strings.Fields(line)...)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		_ = command.Run()
		if status := command.ProcessState.ExitCode(); status != 1 || !strings.HasPrefix(stderr.String(), "usage: stacks list|plan|apply [--saved] [PATTERN...]") {
			t.Errorf("%q: exit status %d: %s", line, status, stderr.String())
		}
	}
}

// TestOutdatedSavedPlanIsReplanned runs in this process to control the clock. It plans three days before the
// window opens, and applies when the window is open.
func TestOutdatedSavedPlanIsReplanned(t *testing.T) {
	standInOnly(t)
	w := newWorkspace(t, "../examples/single-region.yaml")
	w.edit(t, "defaults:\n", "defaults:\n  "+weekend(closedNow(), false)+"\n")
	for name, value := range w.environment(map[string]string{"TF_VAR_cpu": "2048", "TF_VAR_memory": "4096"}) {
		t.Setenv(name, value)
	}
	t.Chdir(w.folder)
	fleet, _, err := config.Load(w.fleetFile())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Plan(t.Context(), nil, t.Output()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"TF_VAR_cpu", "TF_VAR_memory"} {
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	later, _ := fleet.Regions[0].Schedule.NextChange(time.Now())
	saved := plan.Saved{Fleet: fleet, File: w.fleetFile(), Now: func() time.Time { return later.At.Add(time.Hour) }}
	var log bytes.Buffer
	results, err := saved.Apply(t.Context(), nil, &log)
	if err != nil || len(results) != 1 {
		t.Fatal(results, err)
	}
	if result := results[0]; result.Ended != "" || result.Add == 0 || !strings.Contains(strings.Join(result.Notes, "; "), "it is to be awake now, so it was planned again") {
		t.Errorf("got %+v", result)
	}
	if !strings.Contains(log.String(), "will perform the following actions") {
		t.Errorf("no new plan in the log:\n%s", log.String())
	}
	if got := w.stateOf(t, "dev-eu-central-1", "aws_ecs_task_definition")["cpu"]; got != "2048" {
		t.Errorf("the new plan does not use the variables of the saved plan: cpu is %v", got)
	}
}

// stateOf returns the attributes of the only resource of a type in a stack's state.
func (w *workspace) stateOf(t *testing.T, stack, kind string) map[string]any {
	t.Helper()
	var state struct {
		Resources []struct {
			Mode, Type string
			Instances  []struct{ Attributes map[string]any }
		}
	}
	text, err := os.ReadFile(filepath.Join(w.folder, "terraform."+stack+".tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Resources {
		if resource.Mode == "managed" && resource.Type == kind {
			return resource.Instances[0].Attributes
		}
	}
	t.Fatalf("the state has no %s", kind)
	return nil
}
