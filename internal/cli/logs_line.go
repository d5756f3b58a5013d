package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

// logReport is the JSON form of an event.
type logReport struct {
	Schema int `json:"schema"`
	ops.LogEvent
}

// logLine formats an event without a trailing newline. A file gets the bytes that the application wrote; on
// a terminal, control characters are replaced.
func (l *logReader) logLine(event ops.LogEvent) string {
	if l.app.json {
		return jsonLine(logReport{schemaVersion, event})
	}
	message := event.Message
	if isTerminal(l.app.Out) {
		message = view.PrintableLines(message)
	}
	task := event.Task
	if slices.ContainsFunc(l.regions, func(each *ops.Region) bool { return len(each.Container.Sidecars) > 0 }) {
		task += " " + event.Container
	}
	return fmt.Sprintf("%s %s %s %s", eventTime(event.Time), l.colored(event.Region), task, message)
}

// jsonLine formats a document on one line.
func jsonLine(document any) string {
	text, err := jsonText(document, "")
	if err != nil {
		panic(err) // strings and times always encode
	}
	return strings.TrimSuffix(text, "\n")
}
