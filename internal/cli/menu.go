package cli

import (
	"context"
	"errors"
	"os"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/huh"
	"github.com/spf13/cobra"
)

// menuEntry is a line of the menu and the command that it runs.
type menuEntry struct {
	text      string
	arguments []string
}

// menuEntries is the menu of mcpfleet weekend and mcpfleet cost.
var menuEntries = []menuEntry{
	{"Show the schedule status", []string{"weekend", "status"}},
	{"Enable weekend mode and keep the load balancers", []string{"weekend", "enable", "--destroy-albs=false"}},
	{"Enable weekend mode and destroy the load balancers", []string{"weekend", "enable", "--destroy-albs"}},
	{"Disable weekend mode", []string{"weekend", "disable"}},
	{"Wake the fleet now", []string{"weekend", "up"}},
	{"Put the fleet to sleep now", []string{"weekend", "down"}},
	{"Compare costs with and without weekend mode", []string{"cost", "--compare"}},
	{"Estimate costs item by item", []string{"cost", "--breakdown"}},
	{"Print a crontab", []string{"weekend", "cron"}},
	{"Quit", nil},
}

// canShowMenu reports whether input and output are a terminal.
func (a *App) canShowMenu() bool { return isTerminal(a.In) && isTerminal(a.Out) }

// menu shows the menu and runs the selected command.
func (a *App) menu(command *cobra.Command) error {
	selected, err := a.selectEntry(command.Context())
	if err != nil || len(menuEntries[selected].arguments) == 0 {
		return err
	}
	arguments := append(a.flagArguments(), menuEntries[selected].arguments...)
	root := a.root() // sets the flags to their defaults
	root.SetArgs(arguments)
	return root.ExecuteContext(command.Context())
}

func (a *App) selectEntry(ctx context.Context) (selected int, err error) {
	var options []huh.Option[int]
	for i, each := range menuEntries {
		options = append(options, huh.NewOption(each.text, i))
	}
	field := huh.NewSelect[int]().Title("What do you want to do?").Options(options...).Value(&selected)
	keys := huh.NewDefaultKeyMap()
	keys.Quit = key.NewBinding(key.WithKeys("ctrl+c", "esc"))
	form := huh.NewForm(huh.NewGroup(field)).WithKeyMap(keys).WithInput(a.In).WithOutput(a.Out).WithAccessible(os.Getenv("ACCESSIBLE") != "")
	err = form.RunWithContext(ctx)
	if errors.Is(err, huh.ErrUserAborted) {
		return len(menuEntries) - 1, nil
	}
	return selected, err
}

// flagArguments returns the global flags as they were passed.
func (a *App) flagArguments() []string {
	arguments := []string{"--config", a.file}
	for _, region := range a.regions {
		arguments = append(arguments, "--region", region)
	}
	if a.json {
		arguments = append(arguments, "--json")
	}
	if a.yes {
		arguments = append(arguments, "--yes")
	}
	return arguments
}
