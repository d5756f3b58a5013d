package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoStackNamesAPlaceOfThisMachine holds, with the goldens, that the stacks are the same bytes
// everywhere. The app as a process in another directory, with another home, is in e2e.
func TestNoStackNamesAPlaceOfThisMachine(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range fleets {
		for stack := range each.stacks {
			text := each.read(t, stack)
			for _, place := range []string{home, here, filepath.Clean(os.TempDir())} {
				if bytes.Contains(text, []byte(place+"/")) {
					t.Errorf("%s of %s names %s", stack, each.file, place)
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
	command := app(t, folder)
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
	command := app(t, folder)
	command.Env = append(command.Env, "PATH="+folder)
	output, _ := command.CombinedOutput()
	if status := command.ProcessState.ExitCode(); status != 1 || strings.Count(string(output), "\n") != 1 || !strings.Contains(string(output), "needs Node.js") {
		t.Errorf("exit status %d with\n%s", status, output)
	}
}

// app is the app as a process of its own, in a folder.
func app(t *testing.T, folder string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program)
	command.Dir = folder
	command.Env = append(os.Environ(), asApp+"=yes")
	return command
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
