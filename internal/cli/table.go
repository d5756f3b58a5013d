package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/cdtait/mcpfleet/internal/view"
)

// printJSON prints what a table would show, for scripts.
func (a *App) printJSON(value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	a.printf("%s", view.PrintableJSON(text.Bytes()))
	return nil
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
	_, _ = fmt.Fprintln(a.Err, view.PrintableLines(fmt.Sprintf(format, arguments...)))
}

func orDash(text string) string { return view.OrDash(text) }
