package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

// regionColours are told apart on light and on dark ground.
var regionColours = []int{36, 33, 35, 32, 34, 31}

// logReport is an event as a script reads it.
type logReport struct {
	Schema int `json:"schema"`
	ops.LogEvent
}

// line is an event without the end of its line. A file gets the bytes that the application wrote, a
// terminal gets its lines, and nothing that commands it.
func (l *logReader) line(event ops.LogEvent) string {
	if l.app.json {
		return jsonLine(logReport{schemaVersion, event})
	}
	region, message := event.Region, event.Message
	if isTerminal(l.app.Out) {
		message = view.PrintableLines(message)
		region = l.coloured(region)
	}
	return fmt.Sprintf("%s %s %s %s", event.Time.Format("2006-01-02T15:04:05.000Z"), region, event.Task, message)
}

func (l *logReader) coloured(region string) string {
	if os.Getenv("NO_COLOR") != "" {
		return region
	}
	at := slices.IndexFunc(l.regions, func(each *ops.Region) bool { return each.Name == region })
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", regionColours[at%len(regionColours)], region)
}

// jsonLine is a document on one line.
func jsonLine(document any) string {
	text, err := jsonText(document, "")
	if err != nil {
		panic(err) // it has texts and times only
	}
	return strings.TrimSuffix(text, "\n")
}
