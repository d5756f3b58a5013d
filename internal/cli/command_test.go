package cli

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

func TestFixCommandNamesTheFleetFile(t *testing.T) {
	scale := ops.Fix{Verb: ops.VerbScale, Region: "eu-west-1", Arguments: []string{"2"}}
	deploy := ops.Fix{Verb: ops.VerbDeploy, Region: "eu-west-1", Arguments: []string{"dev-eu-west-1"}}
	for name, each := range map[string]struct {
		file, variable string
		fix            ops.Fix
		want           string
	}{
		"the default file":    {"regions.yaml", "", scale, "mcpfleet scale 2 --region eu-west-1"},
		"another file":        {"prod.yaml", "", scale, "mcpfleet scale 2 --region eu-west-1 --config prod.yaml"},
		"a path with a space": {"my fleets/it's.yaml", "", scale, `mcpfleet scale 2 --region eu-west-1 --config 'my fleets/it'\''s.yaml'`},
		"the default file, with another in MCPFLEET_CONFIG": {"regions.yaml", "prod.yaml", scale, "mcpfleet scale 2 --region eu-west-1 --config regions.yaml"},
		"the file in MCPFLEET_CONFIG":                       {"prod.yaml", "prod.yaml", scale, "mcpfleet scale 2 --region eu-west-1 --config prod.yaml"},
		"a deploy":                                          {"regions.yaml", "", deploy, "npx cdktf deploy dev-eu-west-1"},
		"a deploy of another file":                          {"my fleets/prod.yaml", "", deploy, "MCPFLEET_CONFIG='my fleets/prod.yaml' npx cdktf deploy dev-eu-west-1"},
		"advice only":                                       {"prod.yaml", "", ops.Fix{Advice: "wait"}, ""},
		"an AWS CLI command": {"prod.yaml", "", ops.Fix{Verb: ops.VerbAWS, Region: "eu-west-1", Arguments: []string{"secretsmanager", "restore-secret", "--secret-id", "a b"}},
			"aws secretsmanager restore-secret --secret-id 'a b' --region eu-west-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("MCPFLEET_CONFIG", each.variable)
			if got := (&App{file: each.file}).command(each.fix); got != each.want {
				t.Errorf("got %s, want %s", got, each.want)
			}
		})
	}
}

// TestTimeoutsAreThoseOfTheHelp runs each command up to its fleet file, which does not exist. All share one variable.
func TestTimeoutsAreThoseOfTheHelp(t *testing.T) {
	var commands func(command *cobra.Command)
	commands = func(command *cobra.Command) {
		for _, each := range command.Commands() {
			commands(each)
		}
		flag := command.Flags().Lookup("timeout")
		if flag == nil {
			return
		}
		app := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Now: time.Now}
		root := app.root()
		found, _, err := root.Find(strings.Fields(command.CommandPath())[1:])
		if err != nil {
			t.Fatal(err)
		}
		if err := found.PreRunE(found, nil); err != nil || app.timeout.String() != flag.DefValue {
			t.Errorf("%s has a timeout of %s, not %s: %v", command.CommandPath(), app.timeout, flag.DefValue, err)
		}
	}
	commands((&App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Now: time.Now}).root())
}

// brokenPipe is a standard output that cannot be written to.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	var errs strings.Builder
	app := &App{In: strings.NewReader(""), Out: brokenPipe{}, Err: &errs, Now: time.Now}
	if status := Run(t.Context(), app, []string{"--config", filepath.Join(repository, "examples/https.yaml"), "check", "--names"}); status != exitFailed || errs.String() != "mcpfleet: no space left on device\n" {
		t.Errorf("status %d, %s", status, errs.String())
	}
}
