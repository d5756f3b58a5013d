package cli

import (
	"encoding/json"
	"fmt"

	"github.com/cdtait/mcpfleet/internal/view"
)

// printJSON prints what a table would show, for scripts.
func (a *App) printJSON(value any) error {
	encoder := json.NewEncoder(a.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// printTable prints rows in columns. A row with fewer cells than the header ends in a remark.
func (a *App) printTable(header []string, rows [][]string) {
	a.printf("%s", view.Table(header, rows))
}

func (a *App) printf(format string, arguments ...any) {
	_, _ = fmt.Fprintf(a.Out, format, arguments...)
}

// progressf tells a person what goes on; it is no data.
func (a *App) progressf(format string, arguments ...any) {
	a.progress.Lock()
	defer a.progress.Unlock()
	_, _ = fmt.Fprintf(a.Err, format+"\n", arguments...)
}

func orDash(text string) string { return view.OrDash(text) }
