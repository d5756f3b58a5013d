package cli

import (
	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/version"
)

// versionDocument is the JSON form of the version.
type versionDocument struct {
	envelope
	Version string `json:"version"`
}

func (a *App) version() *cobra.Command {
	return &cobra.Command{
		Use:         "version",
		Short:       "Show the version",
		Args:        noArguments,
		Annotations: map[string]string{unsupported: "config region"},
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.printDocument(versionDocument{envelope{schemaVersion, true}, version.String()})
			}
			a.printf("mcpfleet %s\n", version.String())
			return nil
		},
	}
}
