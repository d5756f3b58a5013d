package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/charmbracelet/bubbles/key"

	"github.com/cdtait/mcpfleet/config"
)

// watchCommand is a command that a key of mcpfleet watch runs in the selected region, or in all.
type watchCommand struct {
	key key.Binding
	// words are the command and its arguments.
	words []string
	// asks is what the command needs one more argument for, "" for nothing.
	asks string
}

func onKey(name, text string, words ...string) watchCommand {
	return watchCommand{key: key.NewBinding(key.WithKeys(name), key.WithHelp(name, text)), words: words}
}

func (c watchCommand) asking(what string) watchCommand {
	c.asks = what
	return c
}

// watchCommands are the commands of the keys, by what they are for: to look, to act, to leave the screen.
var watchCommands = [][]watchCommand{
	{
		onKey("i", "doctor", "doctor"),
		onKey("t", "tasks", "tasks"),
		onKey("h", "history", "history"),
		onKey("f", "drift", "drift"),
	},
	{
		onKey("d", "deploy", "deploy").asking("Image"),
		onKey("b", "rollback", "rollback"),
		onKey("r", "restart", "restart"),
		onKey("s", "scale", "scale").asking("Number of tasks"),
	},
	{
		onKey("x", "drain", "drain"),
		onKey("u", "undrain", "undrain"),
		onKey("p", "prune", "prune"),
	},
	{
		onKey("e", "exec", "exec"),
		onKey("o", "open", "open"),
		onKey("w", "report", "report", "--output"),
	},
}

// watchKeys are the keys that do not run a command.
type watchKeys struct {
	up, down, all, pageUp, pageDown, help, quit, suspend key.Binding
}

func newWatchKeys() watchKeys {
	bind := func(text string, names ...string) key.Binding {
		return key.NewBinding(key.WithKeys(names...), key.WithHelp(names[0], text))
	}
	keys := watchKeys{
		up: bind("region", "up", "k"), down: bind("region", "down", "j"), all: bind("all", "esc", "a"),
		pageUp: bind("scroll", "pgup"), pageDown: bind("scroll", "pgdown"),
		help: bind("all keys", "?"), quit: bind("quit", "q", "ctrl+c"), suspend: bind("suspend", "ctrl+z"),
	}
	keys.up.SetHelp("↑/↓", "region")
	keys.pageUp.SetHelp("pgup/pgdn", "scroll")
	return keys
}

// ShortHelp returns the keys of the last line of the screen, the most important first.
func (k watchKeys) ShortHelp() []key.Binding {
	bindings := []key.Binding{k.help, k.quit, k.up, k.all}
	for _, group := range watchCommands {
		for _, command := range group {
			bindings = append(bindings, command.key)
		}
	}
	return bindings
}

// FullHelp returns all keys in columns.
func (k watchKeys) FullHelp() [][]key.Binding {
	columns := [][]key.Binding{{k.up, k.all, k.pageUp}, {k.help, k.suspend, k.quit}}
	for _, group := range watchCommands {
		var column []key.Binding
		for _, command := range group {
			column = append(column, command.key)
		}
		columns = append(columns, column)
	}
	return columns
}

// keyRun runs a command on the terminal while the screen is away. It is a tea.ExecCommand.
type keyRun struct {
	ctx     context.Context
	watcher *watcher
	command watchCommand
	// region is the selected region, "" for all.
	region string
}

// SetStdin is there for tea.ExecCommand; the command uses the streams of the App, as do SetStdout and SetStderr.
func (*keyRun) SetStdin(io.Reader) {}

// SetStdout does nothing.
func (*keyRun) SetStdout(io.Writer) {}

// SetStderr does nothing.
func (*keyRun) SetStderr(io.Writer) {}

// Run runs the command and waits for Enter. Ctrl-C ends the command, not the screen.
func (r *keyRun) Run() error {
	a := r.watcher.app
	ctx, stop := signal.NotifyContext(r.ctx, os.Interrupt)
	defer stop()
	arguments := r.arguments()
	if r.command.asks != "" {
		a.prompt(r.command.asks + ": ")
		answer := a.readLine(ctx)
		if answer == "" {
			return nil
		}
		arguments = append(arguments, answer)
	}
	a.printf("$ mcpfleet %s\n", shellWords(arguments))
	status := Run(ctx, a.fresh(), arguments)
	stop()
	a.prompt(fmt.Sprintf("\nExit status %d. Enter returns to the screen. ", status))
	a.readLine(r.ctx)
	return nil
}

// arguments returns the command line without what the command asks for.
func (r *keyRun) arguments() []string {
	a := r.watcher.app
	arguments := append([]string{}, r.command.words...)
	if r.command.words[0] == "report" {
		name := r.watcher.fleet.Project + "-" + r.watcher.fleet.Environment
		if r.region != "" {
			name += "-" + r.region
		}
		arguments = append(arguments, name+".html")
	}
	regions := a.regions
	if r.region != "" {
		regions = []string{r.region}
	}
	for _, region := range regions {
		arguments = append(arguments, "--region", region)
	}
	if !config.IsDefault(a.file) {
		arguments = append(arguments, "--config", a.file)
	}
	return arguments
}

// fresh returns an App with the same streams, clock and connections, and flags of its own.
func (a *App) fresh() *App {
	return &App{In: a.In, Out: a.Out, Err: a.Err, Now: a.Now, Interval: a.Interval, Open: a.Open, Transport: a.Transport}
}
