package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// printJSON prints what a table would show, for scripts.
func (a *App) printJSON(value any) error {
	encoder := json.NewEncoder(a.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// printTable prints rows in columns. The last cell of a row may be as long as it likes; a row with
// fewer cells than the header ends in a remark.
func (a *App) printTable(header []string, rows [][]string) {
	all := append([][]string{header}, rows...)
	widths := make([]int, len(header))
	for _, row := range all {
		for i, cell := range row[:len(row)-1] {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]+2-utf8.RuneCountInString(cell)))
			}
		}
		_, _ = fmt.Fprintln(a.Out, strings.TrimRight(line.String(), " "))
	}
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
