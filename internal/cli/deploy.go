package cli

import (
	"strings"

	"github.com/cdtait/mcpfleet/config"
)

// deployCommand is what brings the fleet file to AWS.
func (a *App) deployCommand(arguments ...string) string {
	command := "npx cdktf deploy " + strings.Join(arguments, " ")
	if a.file == config.DefaultFile {
		return command
	}
	return "MCPFLEET_CONFIG=" + a.file + " " + command
}
