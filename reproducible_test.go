package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestStacksContainNoLocalPaths checks, together with the goldens, that stacks do not depend on the machine.
// A test in e2e runs the app in another directory and with another home.
func TestStacksContainNoLocalPaths(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	working, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range fleets {
		for stack := range each.stacks {
			text := each.read(t, stack)
			for _, path := range []string{home, working, filepath.Clean(os.TempDir())} {
				if bytes.Contains(text, []byte(path+"/")) {
					t.Errorf("%s of %s contains %s", stack, each.file, path)
				}
			}
		}
	}
}

func TestSynthesisIsDeterministic(t *testing.T) {
	again, err := synthesizeFile("regions.yaml", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for stack := range again.stacks {
		if !bytes.Equal(fleets[0].read(t, stack), again.read(t, stack)) {
			t.Errorf("%s differs between two runs", stack)
		}
	}
}

func TestInvalidFleetFileKeepsStacks(t *testing.T) {
	folder := t.TempDir()
	before := filepath.Join(folder, "cdktf.out", "stacks", "dev-eu-west-1", "cdk.tf.json")
	write(t, before, "synthesized before")
	write(t, filepath.Join(folder, "regions.yaml"), "project: fmp-mcp\nenviroment: dev\n")
	command := app(t, folder)
	output, _ := command.CombinedOutput()
	if status := command.ProcessState.ExitCode(); status != 2 {
		t.Errorf("exit status %d, want 2", status)
	}
	if want := "regions.yaml:2:1: enviroment: is not a known key; did you mean environment?"; !strings.Contains(string(output), want) {
		t.Errorf("want %q in\n%s", want, output)
	}
	if text, err := os.ReadFile(before); err != nil || string(text) != "synthesized before" {
		t.Errorf("the existing stack is %q, %v", text, err)
	}
}

func TestMissingNode(t *testing.T) {
	folder := t.TempDir()
	fleet, err := os.ReadFile("examples/https.yaml") // a fleet without warnings
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "regions.yaml"), string(fleet))
	command := app(t, folder)
	command.Env = append(command.Env, "PATH="+folder)
	output, _ := command.CombinedOutput()
	if status := command.ProcessState.ExitCode(); status != 1 || strings.Count(string(output), "\n") != 1 || !strings.Contains(string(output), "needs Node.js") {
		t.Errorf("exit status %d with\n%s", status, output)
	}
}

// app returns a command that runs the app in a folder.
func app(t *testing.T, folder string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program)
	command.Dir = folder
	command.Env = append(environment(), asApp+"=yes")
	return command
}

// environment returns the environment of the tests, without what they set for their own Node.js.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "NODE_OPTIONS=") })
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
