package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// browsers are the programs that open an address in the default browser of a system. The others have xdg-open.
var browsers = map[string]string{
	"darwin":  "open",
	"windows": "rundll32 url.dll,FileProtocolHandler",
}

// browserCommand returns the command that opens an address. BROWSER may have arguments, as for other programs.
func browserCommand(system, browser, address string) []string {
	words := strings.Fields(browser)
	if len(words) == 0 {
		words = strings.Fields(browsers[system])
	}
	if len(words) == 0 {
		words = []string{"xdg-open"}
	}
	return append(words, address)
}

// browse opens an address, which is already printed, in a browser. It waits for the program, which may be a browser for
// the terminal.
func (a *App) browse(ctx context.Context, address string) error {
	words := browserCommand(runtime.GOOS, os.Getenv("BROWSER"), address)
	browser := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // BROWSER is a command of the user
	browser.Stdin, browser.Stdout, browser.Stderr = a.In, a.Out, a.Err
	if err := browser.Run(); err != nil {
		return fmt.Errorf("cannot open a browser: %w; open the address yourself, or set BROWSER to a command that opens it", err)
	}
	return nil
}
