package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

// printJSON prints a value as JSON.
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

// jsonText formats a document with a trailing newline, on one line if indent is empty.
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

// printTable prints a table. In a row with fewer cells than the header, the last cell is a remark that may
// be wider than its column.
func (a *App) printTable(header []string, rows [][]string) {
	a.printf("%s", view.Page{{Align: strings.Repeat("l", len(header)), Header: header, Rows: rows}}.Text(a.width()))
}

// printf prints data. It replaces terminal control characters, which data from outside could contain.
func (a *App) printf(format string, arguments ...any) {
	a.write(view.PrintableLines(fmt.Sprintf(format, arguments...)))
}

// write writes text unchanged, including terminal control sequences. Run reports the first error.
func (a *App) write(text string) {
	if _, err := io.WriteString(a.Out, text); err != nil && a.unwritten == nil {
		a.unwritten = err
	}
}

// progressf prints a message to standard error.
func (a *App) progressf(format string, arguments ...any) {
	a.progress.Lock()
	defer a.progress.Unlock()
	_, _ = fmt.Fprintln(a.Err, view.PrintableLines(fmt.Sprintf(format, arguments...)))
}

// printError prints why a request to a region failed, and what to do, to standard error.
func (a *App) printError(region *ops.Region, err error) {
	a.progressf("%s: %s", region.Name, a.problemText(ops.ProblemOf(err)))
}

func orDash(text string) string { return view.OrDash(text) }
