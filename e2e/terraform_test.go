//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// stack runs Terraform on a stack in a workspace.
type stack struct {
	name      string
	workspace *workspace
	terraform *tfexec.Terraform
}

// initialize runs terraform init and returns the stack.
func (w *workspace) initialize(t *testing.T, name string) *stack {
	t.Helper()
	s := &stack{name: name, workspace: w, terraform: w.terraform(t, name, nil)}
	if err := s.terraform.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.removeHashes(t, name)
	return s
}

var hashes = regexp.MustCompile(`(?s)hashes = \[.*?\]`)

// removeHashes removes the hashes from a stack's dependency lock file. To verify them, every Terraform
// command would read the provider's 700 MB, which takes a quarter of its time.
func (w *workspace) removeHashes(t *testing.T, name string) {
	t.Helper()
	file := filepath.Join(filepath.Dir(w.file(name)), ".terraform.lock.hcl")
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return // the stand-in has no lock file
	}
	if err == nil {
		err = os.WriteFile(file, hashes.ReplaceAll(text, nil), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
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

// plan returns the planned actions by address.
func (s *stack) plan(t *testing.T, variables ...string) map[string]string {
	t.Helper()
	actions, err := s.tryPlan(t, variables...)
	if err != nil {
		t.Fatal(err)
	}
	return actions
}

func (s *stack) tryPlan(t *testing.T, variables ...string) (map[string]string, error) {
	t.Helper()
	var options []tfexec.PlanOption
	for _, variable := range variables {
		options = append(options, tfexec.Var(variable))
	}
	var output events
	_, err := s.terraform.PlanJSON(t.Context(), &output, options...)
	return output.planned(t, err)
}

// apply runs terraform apply and returns the planned actions by address.
func (s *stack) apply(t *testing.T, variables ...string) map[string]string {
	t.Helper()
	actions, err := s.tryApply(t, variables...)
	if err != nil {
		t.Fatal(err)
	}
	return actions
}

func (s *stack) tryApply(t *testing.T, variables ...string) (map[string]string, error) {
	t.Helper()
	if s.workspace.aws != nil {
		s.workspace.aws.ClearLog()
	}
	var options []tfexec.ApplyOption
	for _, variable := range variables {
		options = append(options, tfexec.Var(variable))
	}
	var output events
	err := s.terraform.ApplyJSON(t.Context(), &output, options...)
	return output.planned(t, err)
}

// checkNoChanges fails the test if another plan has changes.
func (s *stack) checkNoChanges(t *testing.T, variables ...string) {
	t.Helper()
	if again := s.plan(t, variables...); len(again) > 0 {
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

// addresses returns the addresses of the managed resources in the state. It reads the state itself, because
// terraform show needs the provider.
func (s *stack) addresses(t *testing.T) []string {
	t.Helper()
	text, err := s.terraform.StatePull(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if text == "" {
		return nil // nothing has been applied yet
	}
	var state struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				Key any `json:"index_key"`
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			address := resource.Type + "." + resource.Name
			switch key := instance.Key.(type) {
			case float64:
				address += fmt.Sprintf("[%v]", key)
			case string:
				address += fmt.Sprintf("[%q]", key)
			}
			if resource.Mode == "managed" {
				addresses = append(addresses, address)
			}
		}
	}
	slices.Sort(addresses)
	return addresses
}
