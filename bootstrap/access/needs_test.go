package access

import (
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// TestNeedsMatchTypesInStacks fails for resource types without permissions, and for permissions that no stack
// needs any more.
func TestNeedsMatchTypesInStacks(t *testing.T) {
	used := map[string]bool{}
	err := filepath.WalkDir("../../testdata/stacks", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		stack, err := tfjson.Read(file)
		if err != nil {
			return err
		}
		for kind := range stack.Resources {
			used[kind] = true
		}
		for kind := range stack.Data {
			used["data."+kind] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(needs))); difference != "" {
		t.Errorf("types (- in the stacks, + with permissions)\n%s", difference)
	}
}

func TestGrantsHaveNoDuplicatesOrWildcards(t *testing.T) {
	for kind, need := range needs {
		for _, grant := range append(slices.Clone(need.read), need.write...) {
			names := grant.names()
			if len(names) == 0 || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) || strings.Contains(grant.actions, "*") {
				t.Errorf("%s: %v", kind, names)
			}
		}
	}
}

// TestReadActionsChangeNothing judges actions by their verb.
func TestReadActionsChangeNothing(t *testing.T) {
	for kind, need := range needs {
		for _, grant := range need.read {
			for action := range strings.FieldsSeq(grant.actions) {
				if action == "GET" { // the actions of API Gateway are methods
					continue
				}
				if !slices.ContainsFunc([]string{"Describe", "Get", "List", "Decrypt", "View"}, func(verb string) bool { return strings.HasPrefix(action, verb) }) {
					t.Errorf("%s: a plan would call %s", kind, action)
				}
			}
		}
	}
}
