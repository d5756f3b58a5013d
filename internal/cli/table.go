package cli

import (
	"encoding/json"
	"fmt"
	"strings"
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
	table := block{align: strings.Repeat("l", len(header)), header: header, rows: rows}
	a.printf("%s\n", strings.Join(table.columns(), "\n"))
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

// orDash keeps an empty cell from looking like a mistake.
func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
