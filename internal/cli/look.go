package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

// look asks every region at once, each for as long as --timeout, and answers in their order. On a
// terminal what is known already is shown meanwhile: render makes a text of it, in which a region that
// has not answered is nil.
func look[T any](ctx context.Context, a *App, regions []*ops.Region, work func(context.Context, *ops.Region) T, render func([]*T) string) []T {
	screen := a.screen()
	var mutex sync.Mutex
	known := make([]*T, len(regions))
	if screen != nil {
		screen.draw(render(known))
	}
	answers := ops.Each(ctx, regions, a.timeout, func(ctx context.Context, region *ops.Region) T {
		answer := work(ctx, region)
		mutex.Lock()
		defer mutex.Unlock()
		known[slices.Index(regions, region)] = &answer
		if screen != nil {
			screen.draw(render(known))
		}
		return answer
	})
	if screen != nil {
		screen.draw("") // the command prints the whole
	}
	return answers
}

// screen is a terminal on which a text takes the place of the one before.
type screen struct {
	app           *App
	width, height int
	lines         int
}

// screen is nil where nobody watches.
func (a *App) screen() *screen {
	file, ok := a.Out.(*os.File)
	if a.json || !ok || !term.IsTerminal(file.Fd()) {
		return nil
	}
	width, height, err := term.GetSize(file.Fd())
	if err != nil || height < 3 {
		return nil
	}
	return &screen{app: a, width: width, height: height}
}

// draw replaces what it drew before, as far as the screen is high and wide: a line that the terminal
// broke would be one more than is counted.
func (s *screen) draw(text string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if text == "" {
		lines = nil
	}
	if most := s.height - 1; len(lines) > most {
		lines = lines[:most]
	}
	var out strings.Builder
	if s.lines > 0 {
		fmt.Fprintf(&out, "\x1b[%dA", s.lines)
	}
	out.WriteString("\r\x1b[J")
	for _, line := range lines {
		out.WriteString(ansi.Truncate(view.Printable(line), s.width, "…") + "\n")
	}
	s.lines = len(lines)
	s.app.write(out.String())
}
