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

// queryRegions runs work in all regions concurrently, each with --timeout, and returns the results in the
// order of the regions. On a terminal it shows partial results meanwhile: render formats them, with nil
// for a region that is still pending.
func queryRegions[T any](ctx context.Context, a *App, regions []*ops.Region, work func(context.Context, *ops.Region) T, render func([]*T) string) []T {
	screen := a.screen()
	var mutex sync.Mutex
	known := make([]*T, len(regions))
	if screen != nil {
		screen.draw(render(known))
	}
	results := ops.Each(ctx, regions, a.timeout, func(ctx context.Context, region *ops.Region) T {
		result := work(ctx, region)
		mutex.Lock()
		defer mutex.Unlock()
		known[slices.Index(regions, region)] = &result
		if screen != nil {
			screen.draw(render(known))
		}
		return result
	})
	if screen != nil {
		screen.draw("") // the command prints the complete result
	}
	return results
}

// finished returns a function that formats the results of some regions while others are still pending.
func finished[T any](text func(T) string) func(known []*T) string {
	return func(known []*T) string {
		var all strings.Builder
		for _, result := range known {
			if result != nil {
				all.WriteString(text(*result))
			}
		}
		return all.String()
	}
}

// screen is a terminal on which each text replaces the previous one.
type screen struct {
	app           *App
	width, height int
	lines         int
}

// screen returns nil if the output is not a terminal.
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

// draw replaces the previous text. It truncates the text to the size of the screen, because wrapped lines
// would invalidate the line count.
func (s *screen) draw(text string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if text == "" {
		lines = nil
	}
	if limit := s.height - 1; len(lines) > limit {
		lines = lines[:limit]
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
