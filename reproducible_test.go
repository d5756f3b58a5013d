package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSynthesisIsTheSameEverywhere runs the app as a process of its own, in another directory and
// with another home, and compares what it writes with what the tests have in memory.
func TestSynthesisIsTheSameEverywhere(t *testing.T) {
	folder, home := t.TempDir(), t.TempDir()
	app := buildApp(t)
	fleetFile, err := filepath.Abs("examples/custom-domain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(app)
	command.Dir = folder
	command.Env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+home, "MCPFLEET_CONFIG="+fleetFile)
	if output, err := command.CombinedOutput(); err != nil || len(output) != 0 {
		t.Fatalf("%v: a run without mistakes says nothing, but this one said:\n%s", err, output)
	}
	for _, each := range fleets {
		if each.file != "examples/custom-domain.yaml" {
			continue
		}
		for stack := range each.stacks {
			there, err := os.ReadFile(filepath.Join(folder, "cdktf.out", "stacks", stack, "cdk.tf.json"))
			if err != nil {
				t.Fatal(err)
			}
			if here := each.read(t, stack); !bytes.Equal(here, there) {
				t.Errorf("%s is not the same bytes in another directory with another home", stack)
			}
			for _, place := range []string{folder, home, filepath.Dir(app)} {
				if bytes.Contains(there, []byte(place)) {
					t.Errorf("%s names %s", stack, place)
				}
			}
		}
	}
}

func TestSynthesisTwiceIsTheSame(t *testing.T) {
	again, err := synthesizeFile("regions.yaml", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for stack := range again.stacks {
		if !bytes.Equal(fleets[0].read(t, stack), again.read(t, stack)) {
			t.Errorf("%s differs from one run to the next", stack)
		}
	}
}

func TestAMistakeLeavesWhatWasSynthesizedUntouched(t *testing.T) {
	folder := t.TempDir()
	before := filepath.Join(folder, "cdktf.out", "stacks", "dev-eu-west-1", "cdk.tf.json")
	write(t, before, "synthesized before")
	write(t, filepath.Join(folder, "regions.yaml"), "project: fmp-mcp\nenviroment: dev\n")
	command := exec.Command(buildApp(t))
	command.Dir = folder
	output, _ := command.CombinedOutput()
	if status := command.ProcessState.ExitCode(); status != 2 {
		t.Errorf("exit status %d, want 2", status)
	}
	if want := "regions.yaml:2:1: enviroment: is not a known key; did you mean environment?"; !strings.Contains(string(output), want) {
		t.Errorf("want %q in\n%s", want, output)
	}
	if text, err := os.ReadFile(before); err != nil || string(text) != "synthesized before" {
		t.Errorf("what was there is %q, %v", text, err)
	}
}

func TestWithoutNodeTheAppSaysSo(t *testing.T) {
	folder := t.TempDir()
	fleet, err := os.ReadFile("regions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "regions.yaml"), string(fleet))
	command := exec.Command(buildApp(t))
	command.Dir = folder
	command.Env = append(os.Environ(), "PATH="+folder)
	output, _ := command.CombinedOutput()
	if status := command.ProcessState.ExitCode(); status != 1 || strings.Count(string(output), "\n") != 1 || !strings.Contains(string(output), "needs Node.js") {
		t.Errorf("exit status %d with\n%s", status, output)
	}
}

func buildApp(t *testing.T) string {
	t.Helper()
	app := filepath.Join(t.TempDir(), "app")
	if output, err := exec.Command("go", "build", "-o", app, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return app
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
