package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/help"
)

// help shows a guide or a command's help. A guide takes precedence over a command of the same name.
func (a *App) help() *cobra.Command {
	return &cobra.Command{
		Use:   "help [TOPIC]",
		Short: "Show a guide: " + strings.Join(help.Topics(), ", "),
		Long:  "Show a guide or the help of a command.\n\nGuides: " + strings.Join(help.Topics(), ", "),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return help.Topics(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			if len(arguments) == 0 {
				return command.Root().Help()
			}
			if len(arguments) == 1 && slices.Contains(help.Topics(), arguments[0]) {
				a.printf("%s", help.Text(arguments[0]))
				return nil
			}
			about, rest, err := command.Root().Find(arguments)
			if err != nil || len(rest) > 0 {
				return usagef("no guide or command is named %s; guides: %s", strings.Join(arguments, " "), strings.Join(help.Topics(), ", "))
			}
			return about.Help()
		},
	}
}
