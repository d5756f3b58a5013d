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

// stack is a stack in a workspace, as Terraform sees it.
type stack struct {
	name      string
	workspace *workspace
	terraform *tfexec.Terraform
}

// initialised is a stack after terraform init.
func (w *workspace) initialised(t *testing.T, name string) *stack {
	t.Helper()
	s := &stack{name: name, workspace: w, terraform: w.terraform(t, name, nil)}
	if err := s.terraform.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.forgetHashes(t, name)
	return s
}

var hashes = regexp.MustCompile(`(?s)hashes = \[.*?\]`)

// forgetHashes takes the hashes out of a stack's lock file: with one, each command of Terraform's reads the
// provider's 700 MB to compare, which is a quarter of its time.
func (w *workspace) forgetHashes(t *testing.T, name string) {
	t.Helper()
	file := filepath.Join(filepath.Dir(w.file(name)), ".terraform.lock.hcl")
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return // the stand-in needs no lock file
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

// planned is what a plan would do, as address: action.
func (s *stack) planned(t *testing.T, variables ...string) map[string]string {
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
	var said events
	_, err := s.terraform.PlanJSON(t.Context(), &said, options...)
	return said.planned(t, err)
}

// apply applies, and returns what was planned.
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
		s.workspace.aws.ForgetLog()
	}
	var options []tfexec.ApplyOption
	for _, variable := range variables {
		options = append(options, tfexec.Var(variable))
	}
	var said events
	err := s.terraform.ApplyJSON(t.Context(), &said, options...)
	return said.planned(t, err)
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

// addresses are those of the resources in the state. The state itself says them without the provider.
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
