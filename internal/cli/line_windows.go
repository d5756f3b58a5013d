package cli

import (
	"bufio"
	"context"
	"strings"
)

// readLine reads a line from a terminal, without white space around it, and returns "" for no line. A read that can be
// canceled would turn off the console's own line editing, so one that is pending goes on after the context ends.
func (a *App) readLine(ctx context.Context) string {
	lines := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(a.In).ReadString('\n')
		if err != nil {
			line = ""
		}
		lines <- strings.TrimSpace(line)
	}()
	select {
	case line := <-lines:
		return line
	case <-ctx.Done():
		return ""
	}
}
