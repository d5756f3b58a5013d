package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/golden"
)

// TestHelp compares the --help output of all commands with golden files.
func TestHelp(t *testing.T) {
	t.Setenv("MCPFLEET_CONFIG", "")
	var used []string
	var walk func(*cobra.Command)
	walk = func(command *cobra.Command) {
		file := filepath.Join("testdata/help", strings.ReplaceAll(command.CommandPath(), " ", "-")+".txt")
		used = append(used, file)
		got := run(t, saturday, "regions.yaml", append(strings.Fields(command.CommandPath())[1:], "--help")...)
		golden.Compare(t, file, []byte(strings.ReplaceAll(got.out, os.Getenv("HOME"), "~")))
		for _, subcommand := range command.Commands() {
			if subcommand.Name() != "completion" { // provided by cobra
				walk(subcommand)
			}
		}
	}
	walk((&App{}).root())
	golden.NoStale(t, "testdata/help", used)
}
