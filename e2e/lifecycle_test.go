//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// awake overrides the weekend schedule, so that a test does the same on every day of the week.
const awake = "weekend_state=up"

// appliedElsewhere are the fleets whose stacks other tests apply and change with the real provider, under
// this name or with the same settings.
var appliedElsewhere = []string{"all-regions", "regions", "s3-state", "single-region", "weekend", "weekend-destroy"}

// TestEveryFleetLivesAndDies takes the stacks of every fleet through their whole life.
func TestEveryFleetLivesAndDies(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../regions.yaml", "../testdata/fleets/awkward.yaml") {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if slices.Contains(appliedElsewhere, name) {
				withTheStandIn(t)
			}
			w := newWorkspace(t, file)
			for _, name := range w.stacksWorthRunning(t) {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					live(t, w, name)
				})
			}
		})
	}
}

// stacksWorthRunning are some of the fleet's: Terraform knows no difference between its regions. With the
// stand-in they are three, with the real provider, which takes minutes for each, one that is active.
func (w *workspace) stacksWorthRunning(t *testing.T) []string {
	t.Helper()
	if !suite.real {
		names := w.stacks(t)
		return names[:min(len(names), 3)]
	}
	fleet, _, err := config.Load(w.fleetFile())
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range fleet.Regions {
		if region.Weekend.Active {
			return []string{region.Names.Stack()}
		}
	}
	t.Fatal("no region is active")
	return nil
}

func live(t *testing.T, w *workspace, name string) {
	s := w.initialised(t, name)
	expected := map[string]string{}
	for _, address := range expectedAddresses(t, w.file(name)) {
		expected[address] = "create"
	}
	variables := []string{awake}
	if !suite.real {
		variables = append(variables, "deployment_wait=false") // the stand-in runs nothing to look at
	}
	if difference := cmp.Diff(expected, s.apply(t, variables...)); difference != "" {
		t.Errorf("the first plan (- want, + got)\n%s", difference)
	}
	s.settled(t, variables...)
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
		case resource["for_each"] != nil:
			for _, key := range keysOf(t, resource.Text("for_each")) {
				addresses = append(addresses, fmt.Sprintf("%s.%s[%q]", kind, name, key))
			}
		case resource["count"] == nil:
			addresses = append(addresses, kind+"."+name)
		case there(resource):
			addresses = append(addresses, kind+"."+name+"[0]")
		}
	})
	return addresses
}

// keysOf are those of a for_each over a list that the fleet file holds.
func keysOf(t *testing.T, expression string) (keys []string) {
	t.Helper()
	list := strings.TrimSuffix(strings.TrimPrefix(expression, "${toset("), ")}")
	if err := json.Unmarshal([]byte(list), &keys); err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return keys
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
	t.Parallel()
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
	}
	if !slices.Equal(stacks["dev-eu-west-1"].addresses(t), stacks["dev-us-east-1"].addresses(t)) {
		t.Error("two regions of one fleet have other addresses")
	}
	stacks["dev-eu-west-2"].destroy(t)
	stacks["dev-eu-west-1"].settled(t)
}
