package main

import (
	"os/exec"
	"strings"
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

func TestImportsRunOneWay(t *testing.T) {
	for _, rule := range rules {
		for _, reached := range list(t, "-deps", rule.packages) {
			for _, never := range rule.never {
				if strings.HasPrefix(reached, never) {
					t.Errorf("%s reaches %s: %s", rule.packages, reached, rule.why)
				}
			}
		}
	}
}

func TestConstructsDoNotImportEachOther(t *testing.T) {
	for _, construct := range list(t, "./constructs/...") {
		for _, reached := range list(t, "-deps", construct) {
			if reached != construct && strings.HasPrefix(reached, module+"/constructs/") {
				t.Errorf("%s reaches %s", construct, reached)
			}
		}
	}
}

// TestBindingsAreImportedInFewPlaces keeps a move to the bindings' successor a matter of renaming.
func TestBindingsAreImportedInFewPlaces(t *testing.T) {
	allowed := []string{module, module + "/stacks", module + "/constructs/", module + "/bootstrap", module + "/internal/awsprovider", module + "/internal/jsiinode"}
	for _, line := range list(t, "-f", "{{.ImportPath}} {{.Imports}}", "./...") {
		importer, imports, _ := strings.Cut(line, " ")
		for _, prefix := range node {
			if strings.Contains(imports, prefix) && !allowedImporter(importer, allowed) {
				t.Errorf("%s imports %s", importer, prefix)
			}
		}
	}
}

func allowedImporter(importer string, allowed []string) bool {
	for _, each := range allowed {
		if importer == each || (strings.HasSuffix(each, "/") && strings.HasPrefix(importer, each)) {
			return true
		}
	}
	return false
}

func list(t *testing.T, arguments ...string) []string {
	t.Helper()
	output, err := exec.Command("go", append([]string{"list"}, arguments...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", arguments, err)
	}
	return strings.Split(strings.TrimSpace(string(output)), "\n")
}
