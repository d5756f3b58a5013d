//go:build e2e

package e2e

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/cdtait/mcpfleet/e2e/standin"
)

func planWith(t *testing.T, s *stack, variable string) error {
	t.Helper()
	_, err := s.terraform.Plan(t.Context(), tfexec.Var(variable))
	return err
}

// killedAt applies, and kills Terraform without warning while the provider is at an operation.
func (w *workspace) killedAt(t *testing.T, name, operation string, variables ...string) {
	t.Helper()
	version, err := exec.Command(suite.terraform, "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(string(version), "OpenTofu") {
		t.Skip("OpenTofu writes its state a moment after each resource: what it made last before a kill has to be imported")
	}
	// One after the other, so that nothing is lost but the operation that is waiting.
	arguments := []string{"apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=1"}
	for _, variable := range variables {
		arguments = append(arguments, "-var", variable)
	}
	command := exec.Command(suite.terraform, arguments...)
	command.Dir = filepath.Dir(w.file(name))
	for key, value := range w.environment(map[string]string{standin.PauseVariable: operation}) {
		command.Env = append(command.Env, key+"="+value)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	for !w.world.Paused() {
		select {
		case err := <-done:
			t.Fatalf("the apply ended before %s: %v", operation, err)
		default:
		}
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-done
	w.world.Resume()
}

func TestAnApplyThatIsKilledCanBeRunAgain(t *testing.T) {
	t.Parallel()
	if suite.real {
		t.Skip("only the stand-in can be paused")
	}
	w := newWorkspace(t, "../examples/single-region.yaml")
	const name = "dev-eu-central-1"
	s := w.initialised(t, name)
	w.killedAt(t, name, "aws_lb:create")
	if slices.Contains(s.addresses(t), "aws_lb.main[0]") {
		t.Fatal("the apply was not killed in time")
	}
	s.apply(t)
	s.settled(t)
	if got, want := s.addresses(t), expectedAddresses(t, w.file(name)); !slices.Equal(got, sorted(want)) {
		t.Errorf("got %v, want %v", got, want)
	}
	s.destroy(t)
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
