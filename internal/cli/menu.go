package cli

import (
	"context"
	"errors"
	"os"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/huh"
	"github.com/spf13/cobra"
)

// entry is a line of the menu and the command line that it stands for.
type entry struct {
	text      string
	arguments []string
}

// entries are the menu of those who do not know the verbs yet.
var entries = []entry{
	{"Schedule status", []string{"weekend", "status"}},
	{"Enable weekend mode, keeping the load balancers", []string{"weekend", "enable", "--destroy-albs=false"}},
	{"Enable weekend mode, destroying the load balancers", []string{"weekend", "enable", "--destroy-albs"}},
	{"Disable weekend mode", []string{"weekend", "disable"}},
	{"Scale up for the weekend", []string{"weekend", "up"}},
	{"Scale down all regions", []string{"weekend", "down"}},
	{"Cost estimates, with and without weekends", []string{"cost", "--compare"}},
	{"Cost estimates, item by item", []string{"cost", "--breakdown"}},
	{"Cron set-up", []string{"weekend", "cron"}},
	{"Nothing", nil},
}

// canChoose is whether somebody sees a menu and can answer it.
func (a *App) canChoose() bool { return isTerminal(a.In) && isTerminal(a.Out) }

// menu does what somebody chooses.
func (a *App) menu(command *cobra.Command) error {
	chosen, err := a.choose(command.Context())
	if err != nil || len(entries[chosen].arguments) == 0 {
		return err
	}
	arguments := append(a.flagArguments(), entries[chosen].arguments...)
	root := a.root() // sets the flags to their defaults
	root.SetArgs(arguments)
	return root.ExecuteContext(command.Context())
}

func (a *App) choose(ctx context.Context) (chosen int, err error) {
	var options []huh.Option[int]
	for i, each := range entries {
		options = append(options, huh.NewOption(each.text, i))
	}
	question := huh.NewSelect[int]().Title("What is to be done?").Options(options...).Value(&chosen)
	keys := huh.NewDefaultKeyMap()
	keys.Quit = key.NewBinding(key.WithKeys("ctrl+c", "esc"))
	form := huh.NewForm(huh.NewGroup(question)).WithKeyMap(keys).WithInput(a.In).WithOutput(a.Out).WithAccessible(os.Getenv("ACCESSIBLE") != "")
	err = form.RunWithContext(ctx)
	if errors.Is(err, huh.ErrUserAborted) {
		return len(entries) - 1, nil
	}
	return chosen, err
}

// flagArguments are the flags of every command, as they were given.
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
