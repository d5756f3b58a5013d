// Package checkovtest holds synthesized stacks to checkov's checks. Only tests may import the package.
package checkovtest

import (
	"testing"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/pyenv"
	"github.com/cdtait/mcpfleet/internal/tfjson"
	"github.com/cdtait/mcpfleet/internal/untested"
)

const version = "3.3.30"

// Check scans stacks, files by name, and fails the test for every failed check that is not accepted, and
// for every accepted one that no stack fails.
func Check(t *testing.T, files map[string]string, accepted []checkov.Accepted) {
	t.Helper()
	python, err := pyenv.Install("checkov-"+version, "checkov=="+version)
	if err != nil {
		untested.Skip(t, "the stacks' security, for want of checkov: "+err.Error())
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
