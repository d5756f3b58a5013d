package terraform

import (
	"os"
	"path/filepath"
	"testing"
)

// install sets PATH to a folder that contains only programs with these names.
func install(t *testing.T, names ...string) {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
}

func TestProgram(t *testing.T) {
	for name, test := range map[string]struct {
		named     string
		installed []string
		want      string
		command   string
	}{
		"both":             {"", []string{"terraform", "tofu"}, "terraform", "terraform"},
		"OpenTofu only":    {"", []string{"tofu"}, "tofu", "tofu"},
		"OpenTofu by name": {"tofu", []string{"terraform", "tofu"}, "tofu", "tofu"},
		"neither":          {"", nil, "neither terraform nor tofu was found; install one of them, version 1.11 or newer", "terraform"},
		"unknown name":     {"terrafrom", []string{"terraform"}, "TERRAFORM is set to terrafrom, which was not found", "terrafrom"},
	} {
		t.Run(name, func(t *testing.T) {
			install(t, test.installed...)
			t.Setenv("TERRAFORM", test.named)
			program, err := Program()
			got := filepath.Base(program)
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s", got)
			}
			if got := Command("dev-eu-west-1", "plan"); got != test.command+" -chdir=cdktf.out/stacks/dev-eu-west-1 plan" {
				t.Errorf("the command is %s", got)
			}
		})
	}
}
