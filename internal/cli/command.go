package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/terraform"
)

// command returns the command line of a fix, ready to paste. It names the fleet file that this command read,
// unless that is the default. It returns "" if the fix is advice only.
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

// configFlag returns the --config flag that a command needs to find the fleet file, or "".
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

// deployCommand returns the command that deploys the fleet file.
func (a *App) deployCommand(arguments ...string) string {
	return config.Command(a.file, "npx cdktf deploy "+strings.Join(arguments, " "))
}

// fixText formats a fix as a command, advice, or both.
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

// problemText formats a problem and its fix on one line.
func (a *App) problemText(problem ops.Problem) string {
	return strings.TrimSuffix(problem.Message+"; "+a.fixText(problem.Fix), "; ")
}

// problemsText formats the problems of a region, each with its fix on a line of its own.
func (a *App) problemsText(region string, problems []ops.Problem) string {
	var lines strings.Builder
	fmt.Fprintf(&lines, "%s:\n", region)
	for _, problem := range problems {
		fmt.Fprintf(&lines, "  %s\n", problem.Message)
		if fix := a.fixText(problem.Fix); fix != "" {
			fmt.Fprintf(&lines, "      fix: %s\n", fix)
		}
	}
	return lines.String()
}
