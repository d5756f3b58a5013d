package cli

import (
	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/version"
)

func (a *App) version() *cobra.Command {
	return &cobra.Command{
		Use:         "version",
		Short:       "Print the version",
		Args:        noArguments,
		Annotations: map[string]string{without: "config region"},
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.printJSON(map[string]any{"schema": schemaVersion, "version": version.String()})
			}
			a.printf("mcpfleet %s\n", version.String())
			return nil
		},
	}
}
