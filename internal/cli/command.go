package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/terraform"
)

// command is the command line that a fix stands for, ready to be pasted: it acts on the fleet file that
// this command has read, whatever its name. It is "" where only advice helps.
func (a *App) command(fix ops.Fix) string {
	switch fix.Verb {
	case "":
		return ""
	case ops.VerbDeploy:
		return a.deployCommand(fix.Arguments...)
	case ops.VerbTerraform:
		return terraform.Command(fix.Arguments[0], shellWords(fix.Arguments[1:]))
	case ops.VerbAWS:
		return "aws " + shellWords(fix.Arguments) + " --region " + fix.Region
	}
	line := []string{"mcpfleet", string(fix.Verb)}
	line = append(line, fix.Arguments...)
	if fix.Region != "" {
		line = append(line, "--region", fix.Region)
	}
	return strings.Join(line, " ") + a.configFlag()
}

// configFlag names the fleet file where a command would not find it by itself.
func (a *App) configFlag() string {
	if config.IsDefault(a.file) {
		return ""
	}
	return " --config " + config.Quote(a.file)
}

func shellWords(arguments []string) string {
	quoted := slices.Clone(arguments)
	for i := range quoted {
		quoted[i] = config.Quote(quoted[i])
	}
	return strings.Join(quoted, " ")
}

// deployCommand is what brings the fleet file to AWS.
func (a *App) deployCommand(arguments ...string) string {
	return config.Command(a.file, "npx cdktf deploy "+strings.Join(arguments, " "))
}

// fixText is a fix for a reader: a command, advice, or both.
func (a *App) fixText(fix ops.Fix) string {
	command := a.command(fix)
	switch {
	case command == "":
		return fix.Advice
	case fix.Advice == "":
		return command
	}
	return fmt.Sprintf("%s (%s)", command, fix.Advice)
}

// problemText is a problem and its fix in one line.
func (a *App) problemText(problem ops.Problem) string {
	return strings.TrimSuffix(problem.Message+"; "+a.fixText(problem.Fix), "; ")
}
