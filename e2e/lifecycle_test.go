//go:build e2e

package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// awake overrides the weekend schedule, so that a test does the same on every day of the week.
const awake = "weekend_state=up"

// TestEveryFleetLivesAndDies takes every stack of every fleet through its whole life.
func TestEveryFleetLivesAndDies(t *testing.T) {
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../regions.yaml", "../testdata/fleets/awkward.yaml") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, file)
			for _, name := range w.stacks(t) {
				t.Run(name, func(t *testing.T) { live(t, w, name) })
			}
			if left := w.world.Things(""); len(left) > 0 {
				t.Errorf("left in the world: %v", left)
			}
		})
	}
}

func live(t *testing.T, w *workspace, name string) {
	s := w.initialised(t, name)
	expected := map[string]string{}
	for _, address := range expectedAddresses(t, w.file(name)) {
		expected[address] = "create"
	}
	if difference := cmp.Diff(expected, s.planned(t, awake)); difference != "" {
		t.Errorf("the first plan (- want, + got)\n%s", difference)
	}
	s.apply(t, awake)
	s.settled(t, awake)
	checkOutputs(t, s)
	s.destroy(t)
}

// notWhileUp is the count of what is not there while a region is held up.
const notWhileUp = `${var.weekend_state == "up" ? 0 : 1}`

// expectedAddresses are those that a stack has while the region is held up.
func expectedAddresses(t *testing.T, file string) []string {
	t.Helper()
	return addressesIn(t, file, func(resource tfjson.Block) bool { return resource.Text("count") != notWhileUp })
}

// allAddresses are those that a stack can have.
func allAddresses(t *testing.T, file string) []string {
	t.Helper()
	return addressesIn(t, file, func(tfjson.Block) bool { return true })
}

func addressesIn(t *testing.T, file string, there func(tfjson.Block) bool) []string {
	t.Helper()
	stack, err := tfjson.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	stack.Each(func(kind, name string, resource tfjson.Block) {
		switch {
		case resource["count"] == nil:
			addresses = append(addresses, kind+"."+name)
		case there(resource):
			addresses = append(addresses, kind+"."+name+"[0]")
		}
	})
	return addresses
}

func checkOutputs(t *testing.T, s *stack) {
	t.Helper()
	declared, err := tfjson.Read(s.workspace.file(s.name))
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := s.terraform.Output(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, output := range declared.Outputs {
		// Terraform keeps no output that is null.
		_, there := outputs[name]
		if null := output["value"] == "${null}"; there == null {
			t.Errorf("output %s: null is %v, there is %v", name, null, there)
		}
	}
	if url, there := outputs["application_url"]; there && !strings.HasPrefix(string(url.Value), `"http://`) {
		t.Errorf("application_url is %s", url.Value)
	}
}

func TestThreeRegionsAtOnceDoNotTouchEachOther(t *testing.T) {
	w := newWorkspace(t, "../regions.yaml")
	var regions sync.WaitGroup
	stacks := map[string]*stack{}
	for _, name := range w.stacks(t) {
		stacks[name] = w.initialised(t, name)
	}
	for _, s := range stacks {
		regions.Go(func() {
			if err := s.terraform.Apply(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	regions.Wait()
	for name, s := range stacks {
		if got, want := s.addresses(t), expectedAddresses(t, w.file(name)); len(got) != len(want) {
			t.Errorf("%s has %d resources, want %d", name, len(got), len(want))
		}
		s.settled(t)
	}
	if !slices.Equal(stacks["dev-eu-west-1"].addresses(t), stacks["dev-us-east-1"].addresses(t)) {
		t.Error("two regions of one fleet have other addresses")
	}
	stacks["dev-eu-west-2"].destroy(t)
	stacks["dev-eu-west-1"].settled(t)
}
