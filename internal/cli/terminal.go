package cli

import (
	"bufio"
	"context"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/pflag"
)

// isTerminal says whether a stream is a person's terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(file.Fd())
}

// wideFlag gives a command its --wide.
func (a *App) wideFlag(flags *pflag.FlagSet) {
	flags.BoolVar(&a.wide, "wide", false, "show every column, whatever the width of the terminal")
}

// width is how many cells a line of the output has, 0 where it has no end.
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

// interactive is whether somebody is there to answer questions.
func (a *App) interactive() bool { return isTerminal(a.In) && isTerminal(a.Err) }

// confirm asks before something is done that cannot simply be undone. The one rule everywhere: with
// --yes it is done, on a terminal it is asked, and otherwise it is refused.
func (a *App) confirm(ctx context.Context, question string) error {
	if a.yes {
		return nil
	}
	if !a.interactive() {
		return usagef("%s This is not a terminal; pass --yes", question)
	}
	a.ask(question + " [y/N] ")
	answered := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(a.In).ReadString('\n')
		if err != nil {
			line = ""
		}
		answered <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case answer := <-answered:
		if answer == "y" || answer == "yes" {
			return nil
		}
	case <-ctx.Done():
		a.ask("\n")
	}
	a.progressf("aborted; nothing has changed")
	return errWrong
}

func (a *App) ask(prompt string) { _, _ = a.Err.Write([]byte(prompt)) }
