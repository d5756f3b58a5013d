//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSynthesisIsReproducible runs the app in another working directory and with another home, and compares
// the stacks with the golden files.
func TestSynthesisIsReproducible(t *testing.T) {
	t.Parallel()
	standInOnly(t)
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
		// Reuse the unpacked bindings, because unpacking takes half a minute.
		"JSII_RUNTIME_PACKAGE_CACHE_ROOT="+filepath.Join(cached, "aws", "jsii", "package-cache"))
	if output, err := command.CombinedOutput(); err != nil || len(output) != 0 {
		t.Fatalf("%v: want no output, got\n%s", err, output)
	}
	goldens, err := filepath.Glob("../testdata/stacks/custom-domain/*.tf.json")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("%v, %v", goldens, err)
	}
	for _, file := range goldens {
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
			t.Errorf("%s differs in another directory with another home", stack)
		}
	}
}
