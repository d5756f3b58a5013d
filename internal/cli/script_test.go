package cli

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops/opstest"
)

// TestScripts runs the scripts in testdata/scripts.
func TestScripts(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/scripts",
		UpdateScripts: flag.Lookup("update").Value.String() == "true",
		Setup: func(env *testscript.Env) error {
			env.Setenv("AWS_ENDPOINT_URL", url)
			for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
				env.Setenv(name, "testing")
			}
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			for _, name := range []string{"HTTP_PROXY", "NO_PROXY"} {
				env.Setenv(name, os.Getenv(name))
			}
			env.Setenv("NOW", "2026-11-28T12:00:00Z")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"deployed": deployed,
			"exits":    exits,
			"serves":   func(_ *testscript.TestScript, _ bool, arguments []string) { host(t, arguments[0], mcpServer()) },
		},
	})
}

// deployed creates the resources of a fleet file: deployed regions.yaml
func deployed(script *testscript.TestScript, _ bool, arguments []string) {
	fleet, _, err := config.Load(script.MkAbs(arguments[0]))
	script.Check(err)
	for _, region := range fleet.Regions {
		_, err := opstest.Seed(context.Background(), script.Getenv("AWS_ENDPOINT_URL"), region)
		script.Check(err)
	}
}

// exits runs a command and checks its exit status: exits 2 mcpfleet nonsense
func exits(script *testscript.TestScript, _ bool, arguments []string) {
	expected, err := strconv.Atoi(arguments[0])
	script.Check(err)
	status := 0
	if err := script.Exec(arguments[1], arguments[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError) //nolint:errorlint // testscript does not wrap it
		if !ok {
			script.Fatalf("%v", err)
		}
		status = exit.ExitCode()
	}
	if status != expected {
		script.Fatalf("got exit status %d, want %d", status, expected)
	}
}
