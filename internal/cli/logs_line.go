package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

// regionColors are ANSI colors that are legible on light and dark backgrounds.
var regionColors = []int{36, 33, 35, 32, 34, 31}

// logReport is the JSON form of an event.
type logReport struct {
	Schema int `json:"schema"`
	ops.LogEvent
}

// line formats an event without a trailing newline. A file gets the bytes that the application wrote; on
// a terminal, control characters are replaced.
func (l *logReader) line(event ops.LogEvent) string {
	if l.app.json {
		return jsonLine(logReport{schemaVersion, event})
	}
	region, message := event.Region, event.Message
	if isTerminal(l.app.Out) {
		message = view.PrintableLines(message)
		region = l.colored(region)
	}
	task := event.Task
	if slices.ContainsFunc(l.regions, func(each *ops.Region) bool { return len(each.Container.Sidecars) > 0 }) {
		task += " " + event.Container
	}
	return fmt.Sprintf("%s %s %s %s", event.Time.Format("2006-01-02T15:04:05.000Z"), region, task, message)
}

func (l *logReader) colored(region string) string {
	if os.Getenv("NO_COLOR") != "" {
		return region
	}
	at := slices.IndexFunc(l.regions, func(each *ops.Region) bool { return each.Name == region })
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", regionColors[at%len(regionColors)], region)
}

// jsonLine formats a document on one line.
func jsonLine(document any) string {
	text, err := jsonText(document, "")
	if err != nil {
		panic(err) // strings and times always encode
	}
	return strings.TrimSuffix(text, "\n")
}
