// Package help holds the guides that mcpfleet help TOPIC shows. Each is a Markdown file of the
// folder, named after its topic.
package help

import (
	"embed"
	"slices"
	"strings"
)

//go:embed *.md
var files embed.FS

// Topics are the names of the guides, sorted.
func Topics() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	var topics []string
	for _, entry := range entries {
		topics = append(topics, strings.TrimSuffix(entry.Name(), ".md"))
	}
	slices.Sort(topics)
	return topics
}

// Text is a guide, or "" where there is none of the name.
func Text(topic string) string {
	text, err := files.ReadFile(topic + ".md")
	if err != nil {
		return ""
	}
	return string(text)
}
