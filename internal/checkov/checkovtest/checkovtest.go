// Package checkovtest runs checkov on synthesized stacks. Only tests may import it.
package checkovtest

import (
	"testing"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/pyenv"
	"github.com/cdtait/mcpfleet/internal/tfjson"
	"github.com/cdtait/mcpfleet/internal/untested"
)

const version = "3.3.30"

// Check scans stacks, given as files by name. It fails the test for failed checks that are not accepted, and
// for accepted checks that do not fail.
func Check(t *testing.T, files map[string]string, accepted []checkov.Accepted) {
	t.Helper()
	python, err := pyenv.Install("checkov-"+version, "checkov=="+version)
	if err != nil {
		untested.Skip(t, "checkov: "+err.Error())
	}
	stacks := map[string]*tfjson.Stack{}
	for name, file := range files {
		if stacks[name], err = tfjson.Read(file); err != nil {
			t.Fatal(err)
		}
	}
	report, err := scan(python, t.TempDir(), stacks)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range append(report.unread(stacks), report.compare(accepted)...) {
		t.Error(problem)
	}
}
