//go:build unix

package cli

import (
	"bufio"
	"context"
	"strings"

	"github.com/muesli/cancelreader"
)

// readLine reads a line from a terminal, without white space around it. It leaves the terminal to others once the context
// ends, and returns "" for no line.
func (a *App) readLine(ctx context.Context) string {
	input, err := cancelreader.NewReader(a.In)
	if err != nil {
		return ""
	}
	defer func() { _ = input.Close() }()
	defer context.AfterFunc(ctx, func() { input.Cancel() })()
	line, err := bufio.NewReader(input).ReadString('\n')
	if err != nil {
		return ""
	}
	return strings.TrimSpace(line)
}
