package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/jsiinode"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// fleetUnderTest is a fleet file and its stacks. They are synthesized once for all tests, because loading the
// bindings takes seconds.
type fleetUnderTest struct {
	file  string
	fleet *config.Fleet
	// stacks are the paths of the synthesized files by stack.
	stacks map[string]string
}

var fleets []fleetUnderTest

// allRegions has no golden files, because they would be too large to review. Other tests check its stacks.
const allRegions = "examples/all-regions.yaml"

// asApp is an environment variable that makes the test binary run as the app, for tests that need it as a
// process. Building the app takes seconds.
const asApp = "MCPFLEET_TEST_AS_APP"

func TestMain(m *testing.M) {
	if os.Getenv(asApp) != "" {
		main()
	}
	jsiinode.Prepare()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	defer jsiinode.Close()
	out, err := os.MkdirTemp("", "mcpfleet-synth-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(out) }()
	files, err := golden.Fleets(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, file := range files {
		each, err := synthesizeFile(file, filepath.Join(out, name(file)))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fleets = append(fleets, each)
	}
	return m.Run()
}

func name(file string) string { return strings.TrimSuffix(filepath.Base(file), ".yaml") }

func synthesizeFile(file, out string) (fleetUnderTest, error) {
	fleet, _, err := config.Load(file)
	if err != nil {
		return fleetUnderTest{}, err
	}
	result := fleetUnderTest{file: file, fleet: fleet, stacks: map[string]string{}}
	for _, region := range fleet.Regions {
		stack := region.Names.Stack()
		result.stacks[stack] = filepath.Join(out, "stacks", stack, "cdk.tf.json")
	}
	return result, synthesize(fleet, &cdktf.AppConfig{Outdir: &out})
}

func (f fleetUnderTest) read(t *testing.T, stack string) []byte {
	t.Helper()
	text, err := os.ReadFile(f.stacks[stack])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// parsed caches the stacks of all fleets by file.
var parsed = map[string]*tfjson.Stack{}

func parse(t *testing.T, file string) *tfjson.Stack {
	t.Helper()
	if parsed[file] == nil {
		stack, err := tfjson.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed[file] = stack
	}
	return parsed[file]
}

// eachStack runs a test for every stack of every fleet.
func eachStack(t *testing.T, test func(t *testing.T, region config.Region, stack *tfjson.Stack)) {
	t.Helper()
	for _, each := range fleets {
		for _, region := range each.fleet.Regions {
			t.Run(name(each.file)+"/"+region.Names.Stack(), func(t *testing.T) {
				test(t, region, parse(t, each.stacks[region.Names.Stack()]))
			})
		}
	}
}

// tfText returns a part of a stack as JSON.
func tfText(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func stackOf(t *testing.T, file, name string) *tfjson.Stack {
	t.Helper()
	for _, each := range fleets {
		if each.file == file {
			return parse(t, each.stacks[name])
		}
	}
	t.Fatalf("%s is not under test", file)
	return nil
}

func TestStacksMatchGoldens(t *testing.T) {
	var files []string
	for _, each := range fleets {
		if each.file == allRegions {
			continue
		}
		for _, stack := range slices.Sorted(maps.Keys(each.stacks)) {
			file := filepath.Join("testdata", "stacks", name(each.file), stack+".tf.json")
			files = append(files, file)
			t.Run(name(each.file)+"/"+stack, func(t *testing.T) {
				golden.Compare(t, file, each.read(t, stack))
			})
		}
	}
	golden.NoStale(t, "testdata/stacks", files)
}

func TestAllRegions(t *testing.T) {
	for _, each := range fleets {
		if each.file == allRegions && (len(each.stacks) != 34 || len(config.RegionNames()) != 34) {
			t.Errorf("%d stacks for %d regions, want 34", len(each.stacks), len(config.RegionNames()))
		}
	}
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		if got := stack.Providers["aws"][0].Text("region"); got != region.Name {
			t.Errorf("the provider's region is %s", got)
		}
	})
}
