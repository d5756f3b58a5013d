//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// awake and asleep override the weekend schedule, so a test does not depend on the day of the week.
const (
	awake  = "weekend_state=up"
	asleep = "weekend_state=down"
)

// appliedElsewhere are fleets that other tests apply and change with the real provider, by this name or with
// the same settings.
var appliedElsewhere = []string{"all-regions", "answer", "container", "existing-vpc", "production", "regions", "s3-state", "scheduler", "single-region", "task-role", "volumes", "wake", "weekend", "weekend-destroy"}

// TestLifecycle plans, applies and destroys stacks of every fleet.
func TestLifecycle(t *testing.T) {
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
				standInOnly(t)
			}
			w := newWorkspace(t, file)
			for _, name := range w.sampleStacks(t) {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					checkLifecycle(t, w, name)
				})
			}
		})
	}
}

// sampleStacks returns some of the fleet's stacks, because its regions are the same to Terraform: three with
// the stand-in, and one active region with the real provider, which takes minutes for each.
func (w *workspace) sampleStacks(t *testing.T) []string {
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

func checkLifecycle(t *testing.T, w *workspace, name string) {
	s := w.initialize(t, name)
	expected := map[string]string{}
	for _, address := range expectedAddresses(t, w.file(name)) {
		expected[address] = "create"
	}
	variables := []string{awake}
	if !suite.real {
		variables = append(variables, "deployment_wait=false") // the stand-in runs no tasks
	}
	if difference := cmp.Diff(expected, s.apply(t, variables...)); difference != "" {
		t.Errorf("the first plan (- want, + got)\n%s", difference)
	}
	s.checkNoChanges(t, variables...)
	checkOutputs(t, s)
	s.destroy(t)
}

// notWhileUp are the counts of resources that do not exist with weekend_state=up.
var notWhileUp = []string{`${var.weekend_state == "up" ? 0 : 1}`, `${local.load_balancer ? 0 : 1}`}

// expectedAddresses returns the addresses of a stack with weekend_state=up.
func expectedAddresses(t *testing.T, file string) []string {
	t.Helper()
	return addressesIn(t, file, func(resource tfjson.Block) bool { return !slices.Contains(notWhileUp, resource.Text("count")) })
}

// allAddresses returns all addresses that a stack can have.
func allAddresses(t *testing.T, file string) []string {
	t.Helper()
	return addressesIn(t, file, func(tfjson.Block) bool { return true })
}

func addressesIn(t *testing.T, file string, present func(tfjson.Block) bool) []string {
	t.Helper()
	stack, err := tfjson.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	stack.Each(func(kind, name string, resource tfjson.Block) {
		switch {
		case resource["for_each"] != nil:
			each := resource["for_each"]
			if same := otherResource.FindStringSubmatch(fmt.Sprint(each)); same != nil {
				each = stack.Resource(same[1])["for_each"]
			}
			for _, key := range keysOf(t, each) {
				addresses = append(addresses, fmt.Sprintf("%s.%s[%q]", kind, name, key))
			}
		case resource["count"] == nil:
			addresses = append(addresses, kind+"."+name)
		case present(resource):
			addresses = append(addresses, kind+"."+name+"[0]")
		}
	})
	return addresses
}

// otherResource matches a for_each over the instances of a resource.
var otherResource = regexp.MustCompile(`^\$\{(aws_[a-z_0-9]+\.[a-z_0-9]+)\}$`)

// listenerRules matches a for_each over listener rules, whose keys are numbers.
var listenerRules = regexp.MustCompile(`^\$\{\{for number, paths in (.*) : number => paths if .*\}\}$`)

// keysOf returns the keys of a for_each over a map, over a list literal, or over listener rules.
func keysOf(t *testing.T, each any) (keys []string) {
	t.Helper()
	expression, isExpression := each.(string)
	if !isExpression {
		return slices.Collect(maps.Keys(each.(map[string]any)))
	}
	if rules := listenerRules.FindStringSubmatch(expression); rules != nil {
		groups := map[string][]string{}
		if err := json.Unmarshal([]byte(rules[1]), &groups); err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		return slices.Collect(maps.Keys(groups))
	}
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
		// Terraform does not store null outputs.
		_, present := outputs[name]
		if null := output["value"] == "${null}"; present == null {
			t.Errorf("output %s: null is %v, present is %v", name, null, present)
		}
	}
	if url, present := outputs["application_url"]; present && !strings.HasPrefix(string(url.Value), `"http`) {
		t.Errorf("application_url is %s", url.Value)
	}
}

func TestRegionsAreIndependent(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "../regions.yaml")
	var regions sync.WaitGroup
	stacks := map[string]*stack{}
	for _, name := range w.stacks(t) {
		stacks[name] = w.initialize(t, name)
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
		t.Error("two regions of a fleet have different addresses")
	}
	stacks["dev-eu-west-2"].destroy(t)
	stacks["dev-eu-west-1"].checkNoChanges(t)
}
