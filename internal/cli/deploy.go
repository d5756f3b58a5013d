package cli

import (
	"strings"

	"github.com/cdtait/mcpfleet/config"
)

// deployCommand is what brings the fleet file to AWS.
func (a *App) deployCommand(arguments ...string) string {
	return config.Command(a.file, "npx cdktf deploy "+strings.Join(arguments, " "))
}
