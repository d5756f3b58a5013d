package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/cdtait/mcpfleet/internal/view"
)

// printJSON prints what a table would show, for scripts.
func (a *App) printJSON(value any) error {
	indent := "  "
	if a.jsonLines {
		indent = ""
	}
	text, err := jsonText(value, indent)
	if err != nil {
		return err
	}
	a.write(text)
	return nil
}

// jsonText is a document with the end of its line; without an indent it is on one.
func jsonText(document any, indent string) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(document); err != nil {
		return "", err
	}
	return string(view.PrintableJSON(text.Bytes())), nil
}

// printTable prints rows in columns. A row with fewer cells than the header ends in a remark.
func (a *App) printTable(header []string, rows [][]string) {
	a.printf("%s", view.Page{{Align: strings.Repeat("l", len(header)), Header: header, Rows: rows}}.Text(a.width()))
}

// printf prints data, in which nothing from outside can command a terminal.
func (a *App) printf(format string, arguments ...any) {
	a.write(view.PrintableLines(fmt.Sprintf(format, arguments...)))
}

// write writes as it is what is meant to command the terminal, or is none of our words.
func (a *App) write(text string) { _, _ = io.WriteString(a.Out, text) }

// progressf tells a person what goes on; it is no data.
func (a *App) progressf(format string, arguments ...any) {
	a.progress.Lock()
	defer a.progress.Unlock()
	_, _ = fmt.Fprintln(a.Err, view.PrintableLines(fmt.Sprintf(format, arguments...)))
}

func orDash(text string) string { return view.OrDash(text) }
