// Package text formats counts and lists for messages. It imports only the standard library, so every
// package may use it.
package text

import (
	"fmt"
	"slices"
	"strings"
)

// Count returns a count with its noun, such as "1 task" or "3 tasks". The plural takes an s.
func Count(count int, noun string) string {
	if count != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", count, noun)
}

// Join is strings.Join for items of any type, formatted as fmt.Sprint does.
func Join[T any](items []T, separator string) string {
	formatted := make([]string, len(items))
	for i, item := range items {
		formatted[i] = fmt.Sprint(item)
	}
	return strings.Join(formatted, separator)
}

// JoinNonEmpty joins the nonempty texts.
func JoinNonEmpty(separator string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return text == "" }), separator)
}

// JoinMost joins at most limit items and counts the rest: "a, b, and 3 more" with the separator ", ".
func JoinMost(items []string, limit int, separator string) string {
	if more := len(items) - limit; more > 0 {
		items = append(items[:limit:limit], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(items, separator)
}
