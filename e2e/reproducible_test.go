//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSynthesisIsTheSameEverywhere runs the app in another directory and with another home, and compares
// what it writes with what is under review.
func TestSynthesisIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	withTheStandIn(t)
	folder, home := t.TempDir(), t.TempDir()
	fleetFile, err := filepath.Abs("../examples/custom-domain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cached, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), suite.app)
	command.Dir = folder
	command.Env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+home, "MCPFLEET_CONFIG="+fleetFile,
		// The bindings are unpacked there already, which takes half a minute.
		"JSII_RUNTIME_PACKAGE_CACHE_ROOT="+filepath.Join(cached, "aws", "jsii", "package-cache"))
	if output, err := command.CombinedOutput(); err != nil || len(output) != 0 {
		t.Fatalf("%v: a run without mistakes says nothing, but this one said:\n%s", err, output)
	}
	reviewed, err := filepath.Glob("../testdata/stacks/custom-domain/*.tf.json")
	if err != nil || len(reviewed) == 0 {
		t.Fatalf("%v, %v", reviewed, err)
	}
	for _, file := range reviewed {
		stack := filepath.Base(file[:len(file)-len(".tf.json")])
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(folder, "cdktf.out", "stacks", stack, "cdk.tf.json"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not the same bytes in another directory with another home", stack)
		}
	}
}
