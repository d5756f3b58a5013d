package cli

import (
	"bufio"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
)

// isTerminal says whether a stream is a person's terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(file.Fd())
}

// interactive is whether somebody is there to answer questions.
func (a *App) interactive() bool { return isTerminal(a.In) && isTerminal(a.Err) }

// confirm asks before something is done that cannot simply be undone. Without --yes and without a
// terminal nothing is done.
func (a *App) confirm(question string) error {
	if a.yes {
		return nil
	}
	if !a.interactive() {
		return usagef("%s Nobody is there to answer; say --yes", question)
	}
	a.ask(question + " [y/N] ")
	line, err := bufio.NewReader(a.In).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	if err == nil && (answer == "y" || answer == "yes") {
		return nil
	}
	a.progressf("nothing is done")
	return errWrong
}

func (a *App) ask(prompt string) { _, _ = a.Err.Write([]byte(prompt)) }
