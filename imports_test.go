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

// node are the prefixes of modules that need Node.js.
var node = []string{"github.com/aws/jsii-runtime-go", "github.com/hashicorp/terraform-cdk-go", "github.com/cdktf/", "github.com/aws/constructs-go"}

// rules are forbidden imports. Packages are named like patterns of go list. Every package may import
// internal/text, which only imports the standard library.
var rules = []struct {
	packages string
	// forbidden are prefixes that the packages may not import, directly or indirectly.
	forbidden []string
	reason    string
}{
	{"./config", append(node, "github.com/aws/aws-sdk-go"), "the CLI must run without Node.js"},
	{"./naming", append(node, "github.com/aws/aws-sdk-go", module+"/config"), "names are pure functions"},
	{"./schedule", append(node, "github.com/aws/aws-sdk-go", module+"/config"), "schedules only depend on time"},
	{"./cost", append(node, "github.com/aws/aws-sdk-go", module+"/stacks", module+"/internal"), "estimates are arithmetic"},
	{"./diagram", append(node, "github.com/aws/aws-sdk-go", module+"/stacks", module+"/internal"), "diagrams only depend on the fleet file"},
	{"./internal/view", append(node, "github.com/aws/", "github.com/spf13/cobra", module+"/stacks", module+"/internal/ops", module+"/internal/cli"), "views render plain values"},
	{"./cmd/mcpfleet", node, "the CLI must start fast and run without Node.js"},
	{"./cmd/stacks", append(node, module+"/internal/ops"), "make synth builds it, so it must build fast"},
	{"./constructs/...", []string{module + "/config", module + "/stacks"}, "constructs take plain values"},
	{"./bootstrap/access", node, "permissions are data"},
	{"./bootstrap/...", []string{module + "/constructs", module + "/stacks"}, "the bootstrap does not depend on the stacks"},
	{"./internal/text", []string{"github.com/", "golang.org/"}, "every package may import it"},
	{"./internal/golden", node, "test helpers must load fast"},
	{"./internal/checkov/...", node, "test helpers must load fast"},
	{"./internal/tfjson", node, "stacks must be readable without Node.js"},
}

// goPackage is a package in the output of go list.
type goPackage struct {
	ImportPath    string
	Imports, Deps []string
}

// matches reports whether the package matches a pattern of a rule.
func (p goPackage) matches(packages string) bool {
	path := strings.Replace(packages, ".", module, 1)
	parent, recursive := strings.CutSuffix(path, "/...")
	return p.ImportPath == path || (recursive && (p.ImportPath == parent || strings.HasPrefix(p.ImportPath, parent+"/")))
}

// list returns all packages of the module. It runs go list once, which takes a second.
var list = sync.OnceValues(func() (packages []goPackage, err error) {
	output, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var each goPackage
		if err := decoder.Decode(&each); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, each)
	}
})

// eachPackage runs a test for every package that matches. There must be at least one.
func eachPackage(t *testing.T, packages string, test func(goPackage)) {
	t.Helper()
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, each := range all {
		if each.matches(packages) {
			found = true
			test(each)
		}
	}
	if !found {
		t.Errorf("no package matches %s", packages)
	}
}

func TestForbiddenImports(t *testing.T) {
	for _, rule := range rules {
		eachPackage(t, rule.packages, func(each goPackage) {
			for _, dependency := range append(each.Deps, each.ImportPath) {
				for _, forbidden := range rule.forbidden {
					if strings.HasPrefix(dependency, forbidden) && dependency != module+"/internal/text" {
						t.Errorf("%s depends on %s: %s", each.ImportPath, dependency, rule.reason)
					}
				}
			}
		})
	}
}

func TestConstructsDoNotImportEachOther(t *testing.T) {
	eachPackage(t, "./constructs/...", func(construct goPackage) {
		for _, dependency := range construct.Deps {
			if strings.HasPrefix(dependency, module+"/constructs/") {
				t.Errorf("%s depends on %s", construct.ImportPath, dependency)
			}
		}
	})
}

// TestImportersOfBindings restricts which packages import the CDKTF bindings, to keep them easy to replace.
func TestImportersOfBindings(t *testing.T) {
	allowed := []string{module, module + "/stacks", module + "/constructs/", module + "/bootstrap", module + "/internal/awsprovider", module + "/internal/jsiinode"}
	eachPackage(t, "./...", func(importer goPackage) {
		for _, imported := range importer.Imports {
			for _, prefix := range node {
				if strings.HasPrefix(imported, prefix) && !allowedImporter(importer.ImportPath, allowed) {
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
