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
	command := exec.CommandContext(t.Context(), suite.app)
	command.Dir = folder
	command.Env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+home, "MCPFLEET_CONFIG="+fleetFile)
	if output, err := command.CombinedOutput(); err != nil || len(output) != 0 {
		t.Fatalf("%v: want no output, got\n%s", err, output)
	}
	checkGoldens(t, folder, "custom-domain")
}

// checkGoldens compares the stacks that were synthesized in a folder with the golden files of a fleet.
func checkGoldens(t *testing.T, folder, fleet string) {
	t.Helper()
	goldens, err := filepath.Glob("../testdata/stacks/" + fleet + "/*.tf.json")
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
			t.Errorf("%s differs from its golden file", stack)
		}
	}
}
