package cli

import (
	"context"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/pflag"
)

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(file.Fd())
}

// wideFlag adds --wide to a command.
func (a *App) wideFlag(flags *pflag.FlagSet) {
	flags.BoolVar(&a.wide, "wide", false, "Show all columns regardless of the terminal's width")
}

// width returns the width of the output in cells, or 0 if it is unlimited.
func (a *App) width() int {
	file, ok := a.Out.(*os.File)
	if !ok || a.wide {
		return 0
	}
	width, _, err := term.GetSize(file.Fd())
	if err != nil {
		return 0
	}
	return width
}

// interactive reports whether the user can be prompted.
func (a *App) interactive() bool { return isTerminal(a.In) && isTerminal(a.Err) }

// confirm asks for confirmation on a terminal. With --yes it returns nil without asking; without a terminal
// it returns a usage error.
func (a *App) confirm(ctx context.Context, prompt string) error {
	if a.yes {
		return nil
	}
	if !a.interactive() {
		return usagef("%s This is not a terminal; pass --yes", prompt)
	}
	if a.ask(ctx, prompt) {
		return nil
	}
	a.progressf("aborted; nothing has changed")
	return errFailed
}

// ask asks on a terminal. No answer in time means no.
func (a *App) ask(ctx context.Context, prompt string) bool {
	a.prompt(prompt + " [y/N] ")
	answer := strings.ToLower(a.readLine(ctx))
	if ctx.Err() != nil {
		a.prompt("\n")
		return false
	}
	return answer == "y" || answer == "yes"
}

// prompt writes text to standard error without a newline.
func (a *App) prompt(text string) { _, _ = a.Err.Write([]byte(text)) }
