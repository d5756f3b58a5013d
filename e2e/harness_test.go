//go:build e2e

// Package e2e runs real Terraform over real stacks: synthesized by the app as a process, planned,
// applied, changed and destroyed, with a stand-in for the AWS provider (the default) or with the
// real one (E2E_PROVIDER=real) against an AWS API at AWS_ENDPOINT_URL.
package e2e

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"
	terraformjson "github.com/hashicorp/terraform-json"

	"github.com/cdtait/mcpfleet/e2e/standin"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

const cache = "../.cache/e2e"

// suite is what all tests share.
var suite struct {
	// app is the CDKTF app, stacks is the program behind make plan, terraform what runs the stacks.
	app, stacks, terraform string
	// environment is that of every process.
	environment map[string]string
	// real is whether the provider is the real one.
	real bool
}

func TestMain(m *testing.M) { os.Exit(runSuite(m)) }

func runSuite(m *testing.M) int {
	ctx := context.Background()
	var err error
	program := cmp.Or(os.Getenv("TERRAFORM"), "terraform")
	if suite.terraform, err = exec.LookPath(program); err != nil {
		fmt.Printf("e2e: %s was not found, so nothing was run; install Terraform or OpenTofu 1.11 or newer\n", program)
		return 0
	}
	if suite.app, err = build(ctx, "app", ".."); err != nil {
		return fail(err)
	}
	if suite.stacks, err = build(ctx, "stacks", "../cmd/stacks"); err != nil {
		return fail(err)
	}
	suite.environment = map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "TF_VAR_") {
			suite.environment[name] = value
		}
	}
	suite.environment["TERRAFORM"] = suite.terraform
	suite.environment["TERRAFORM_BINARY_NAME"] = suite.terraform // as the CDKTF CLI has it
	suite.real = os.Getenv("E2E_PROVIDER") == "real"
	if suite.real {
		stop, err := startRealProvider(ctx)
		if err != nil {
			fmt.Println("e2e: E2E_PROVIDER=real cannot run here, so nothing was run:", err)
			return 0
		}
		defer stop()
		return m.Run()
	}
	types, err := typesInUse()
	if err != nil {
		return fail(err)
	}
	environment, err := standin.Install(ctx, cache, types)
	if err != nil {
		return fail(err)
	}
	maps.Copy(suite.environment, environment)
	return m.Run()
}

// build builds a program of the repository's.
func build(ctx context.Context, name, folder string) (program string, err error) {
	program, err = filepath.Abs(filepath.Join(cache, name))
	if err != nil {
		return "", err
	}
	if output, err := exec.CommandContext(ctx, "go", "build", "-o", program, folder).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, output)
	}
	return program, nil
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "e2e:", err)
	return 1
}

// typesInUse are the types of all stacks under review.
func typesInUse() ([]string, error) {
	files, err := filepath.Glob("../testdata/stacks/*/*.tf.json")
	if err != nil {
		return nil, err
	}
	bootstrap, err := filepath.Glob("../bootstrap/testdata/stacks/*.tf.json")
	if err != nil {
		return nil, err
	}
	files = append(files, bootstrap...)
	found := map[string]bool{}
	for _, file := range files {
		stack, err := tfjson.Read(file)
		if err != nil {
			return nil, err
		}
		for kind := range stack.Resources {
			found[kind] = true
		}
		for kind := range stack.Data {
			found["data."+kind] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// workspace is a folder with a fleet file, its stacks, their states, and a world of their own.
type workspace struct {
	folder string
	world  standin.World
}

func newWorkspace(t *testing.T, fleetFile string) *workspace {
	t.Helper()
	w := &workspace{folder: t.TempDir()}
	w.world = standin.NewWorld(filepath.Join(w.folder, "world"))
	text, err := os.ReadFile(fleetFile)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, string(text))
	return w
}

var projectLine = regexp.MustCompile(`(?m)^(project: \S+)$`)

// mark ends the project's name: the temporary folder's name is the test's own.
func (w *workspace) mark() string {
	sum := sha256.Sum256([]byte(w.folder))
	return "-" + hex.EncodeToString(sum[:2])
}

func (w *workspace) fleetFile() string { return filepath.Join(w.folder, "regions.yaml") }

func (w *workspace) write(t *testing.T, fleet string) {
	t.Helper()
	if suite.real && !strings.Contains(fleet, w.mark()) {
		// All workspaces share one AWS, in which names are given once.
		fleet = projectLine.ReplaceAllString(fleet, "${1}"+w.mark())
	}
	if err := os.WriteFile(w.fleetFile(), []byte(fleet), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), suite.app)
	command.Dir = w.folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	w.keepStateHere(t)
}

// keepStateHere overrides a backend that is not local: a test has no bucket.
func (w *workspace) keepStateHere(t *testing.T) {
	t.Helper()
	for _, name := range w.stacks(t) {
		stack, err := tfjson.Read(w.file(name))
		if err != nil {
			t.Fatal(err)
		}
		if stack.Terraform["backend"].(map[string]any)["local"] != nil {
			continue
		}
		override := fmt.Sprintf(`{"terraform": {"backend": {"local": {"path": "../../../terraform.%s.tfstate"}}}}`, name)
		if err := os.WriteFile(filepath.Join(filepath.Dir(w.file(name)), "backend_override.tf.json"), []byte(override), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// edit changes the fleet file and synthesizes again.
func (w *workspace) edit(t *testing.T, old, new string) {
	t.Helper()
	text, err := os.ReadFile(w.fleetFile())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%q is not in the fleet file", old)
	}
	w.write(t, strings.Replace(string(text), old, new, 1))
}

func (w *workspace) stacks(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.folder, "cdktf.out", "stacks", "*", "cdk.tf.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}
	return names
}

func (w *workspace) file(stack string) string {
	return filepath.Join(w.folder, "cdktf.out", "stacks", stack, "cdk.tf.json")
}

// environment is that of Terraform in this workspace.
func (w *workspace) environment(more map[string]string) map[string]string {
	environment := maps.Clone(suite.environment)
	environment[standin.WorldVariable] = filepath.Join(w.folder, "world")
	maps.Copy(environment, more)
	return environment
}

// stack is a stack in a workspace, as Terraform sees it.
type stack struct {
	name      string
	workspace *workspace
	terraform *tfexec.Terraform
}

// initialised is a stack after terraform init and terraform validate.
func (w *workspace) initialised(t *testing.T, name string) *stack {
	t.Helper()
	s := &stack{name: name, workspace: w, terraform: w.terraform(t, name, nil)}
	if err := s.terraform.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	result, err := s.terraform.Validate(t.Context())
	if err != nil || !result.Valid {
		t.Fatalf("validate: %v, %+v", err, result)
	}
	return s
}

func (w *workspace) terraform(t *testing.T, name string, more map[string]string) *tfexec.Terraform {
	t.Helper()
	terraform, err := tfexec.NewTerraform(filepath.Dir(w.file(name)), suite.terraform)
	if err != nil {
		t.Fatal(err)
	}
	terraform.SetStderr(t.Output())
	if err := terraform.SetEnv(w.environment(more)); err != nil {
		t.Fatal(err)
	}
	return terraform
}

// planned is what a plan would do, as address: action.
func (s *stack) planned(t *testing.T, variables ...string) map[string]string {
	t.Helper()
	options := []tfexec.PlanOption{tfexec.Out("plan")}
	for _, variable := range variables {
		options = append(options, tfexec.Var(variable))
	}
	changes, err := s.terraform.Plan(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := s.terraform.ShowPlanFile(t.Context(), "plan")
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]string{}
	for _, change := range plan.ResourceChanges {
		if action := actionOf(change.Change.Actions); action != "" {
			actions[change.Address] = action
		}
	}
	for name, change := range plan.OutputChanges {
		if len(actions) == 0 && !change.Actions.NoOp() {
			actions["output."+name] = "changes"
		}
	}
	if changes != (len(actions) > 0) {
		t.Errorf("the plan's exit status says %v of changes, the plan %v", changes, actions)
	}
	return actions
}

func actionOf(actions terraformjson.Actions) string {
	switch {
	case actions.Replace():
		return "replace"
	case actions.Create():
		return "create"
	case actions.Update():
		return "update"
	case actions.Delete():
		return "delete"
	}
	return ""
}

func (s *stack) apply(t *testing.T, variables ...string) {
	t.Helper()
	s.workspace.world.ForgetLog()
	var options []tfexec.ApplyOption
	for _, variable := range variables {
		options = append(options, tfexec.Var(variable))
	}
	if err := s.terraform.Apply(t.Context(), options...); err != nil {
		t.Fatal(err)
	}
}

// settled fails the test where a second plan is not empty.
func (s *stack) settled(t *testing.T, variables ...string) {
	t.Helper()
	if again := s.planned(t, variables...); len(again) > 0 {
		t.Errorf("a second plan would change %v", again)
	}
}

func (s *stack) destroy(t *testing.T) {
	t.Helper()
	if err := s.terraform.Destroy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := s.addresses(t); len(left) > 0 {
		t.Errorf("left in the state: %v", left)
	}
}

// addresses are those in the state.
func (s *stack) addresses(t *testing.T) []string {
	t.Helper()
	state, err := s.terraform.Show(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	if state.Values != nil {
		for _, resource := range state.Values.RootModule.Resources {
			if resource.Mode == terraformjson.ManagedResourceMode {
				addresses = append(addresses, resource.Address)
			}
		}
	}
	slices.Sort(addresses)
	return addresses
}
