package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/cdtait/mcpfleet"

// node are the modules that need Node to run.
var node = []string{"github.com/aws/jsii-runtime-go", "github.com/hashicorp/terraform-cdk-go", "github.com/cdktf/", "github.com/aws/constructs-go"}

// rules hold the direction of imports. A package is named by its folder; … is all that is below it.
var rules = []struct {
	packages string
	// never are prefixes that the packages may not reach, however far.
	never []string
	why   string
}{
	{"./config", append(node, "github.com/aws/aws-sdk-go"), "the CLI reads the configuration, and starts without Node"},
	{"./naming", append(node, "github.com/aws/aws-sdk-go", module+"/config"), "names are pure functions"},
	{"./schedule", append(node, "github.com/aws/aws-sdk-go", module+"/config"), "a window is a pure matter of time"},
	{"./cost", append(node, "github.com/aws/aws-sdk-go", module+"/stacks", module+"/internal"), "an estimate is arithmetic"},
	{"./diagram", append(node, "github.com/aws/aws-sdk-go", module+"/stacks", module+"/internal"), "a picture is drawn from the fleet file alone"},
	{"./internal/view", append(node, "github.com/aws/", "github.com/spf13/cobra", module+"/stacks", module+"/internal/ops", module+"/internal/cli"), "what people read is made of values alone"},
	{"./cmd/mcpfleet", node, "the CLI starts in milliseconds and needs no Node"},
	{"./cmd/stacks", append(node, module+"/internal/ops"), "it plans what has been synthesized, and make synth builds it"},
	{"./constructs/...", []string{module + "/config", module + "/stacks"}, "a construct takes plain values"},
	{"./bootstrap/access", node, "permissions are pure data"},
	{"./bootstrap/...", []string{module + "/constructs", module + "/stacks"}, "what is there before the stacks does not need them"},
	{"./internal/golden", node, "test helpers load quickly"},
	{"./internal/checkov/...", node, "a check loads quickly"},
	{"./internal/tfjson", node, "a stack is checked without Node"},
}

// imported is what a package imports itself, and all that it reaches.
type imported struct {
	ImportPath    string
	Imports, Deps []string
}

// within says whether the package is one of a rule's.
func (p imported) within(packages string) bool {
	path := strings.Replace(packages, ".", module, 1)
	below, all := strings.CutSuffix(path, "/...")
	return p.ImportPath == path || (all && (p.ImportPath == below || strings.HasPrefix(p.ImportPath, below+"/")))
}

// list asks for all packages of the module at once, as go list takes a second for every answer.
var list = sync.OnceValues(func() (packages []imported, err error) {
	output, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var each imported
		if err := decoder.Decode(&each); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, each)
	}
})

// eachPackage runs a test for every package that a rule is about, of which there is one at least.
func eachPackage(t *testing.T, packages string, test func(imported)) {
	t.Helper()
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, each := range all {
		if each.within(packages) {
			found = true
			test(each)
		}
	}
	if !found {
		t.Errorf("there is no package %s", packages)
	}
}

func TestImportsRunOneWay(t *testing.T) {
	for _, rule := range rules {
		eachPackage(t, rule.packages, func(each imported) {
			for _, reached := range append(each.Deps, each.ImportPath) {
				for _, never := range rule.never {
					if strings.HasPrefix(reached, never) {
						t.Errorf("%s reaches %s: %s", each.ImportPath, reached, rule.why)
					}
				}
			}
		})
	}
}

func TestConstructsDoNotImportEachOther(t *testing.T) {
	eachPackage(t, "./constructs/...", func(construct imported) {
		for _, reached := range construct.Deps {
			if strings.HasPrefix(reached, module+"/constructs/") {
				t.Errorf("%s reaches %s", construct.ImportPath, reached)
			}
		}
	})
}

// TestBindingsAreImportedInFewPlaces keeps a move to the bindings' successor a matter of renaming.
func TestBindingsAreImportedInFewPlaces(t *testing.T) {
	allowed := []string{module, module + "/stacks", module + "/constructs/", module + "/bootstrap", module + "/internal/awsprovider", module + "/internal/jsiinode"}
	eachPackage(t, "./...", func(importer imported) {
		for _, reached := range importer.Imports {
			for _, prefix := range node {
				if strings.HasPrefix(reached, prefix) && !allowedImporter(importer.ImportPath, allowed) {
					t.Errorf("%s imports %s", importer.ImportPath, prefix)
				}
			}
		}
	})
}

func allowedImporter(importer string, allowed []string) bool {
	for _, each := range allowed {
		if importer == each || (strings.HasSuffix(each, "/") && strings.HasPrefix(importer, each)) {
			return true
		}
	}
	return false
}
