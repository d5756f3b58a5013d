package view

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// Printable keeps a text from outside from commanding the terminal: an escape, another control
// character or one that turns the direction of writing stands as �. Tabs stay. Whatever is no UTF-8 is
// shown likewise, as a byte can be a control character to a terminal.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && commanding(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// PrintableLines is Printable for a text of several lines, which it leaves as they are.
func PrintableLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	return strings.Join(lines, "\n")
}

// PrintableJSON writes what commands a terminal by its number, which is the same JSON. Such a
// character can only be within a text, and encoding/json has seen to those of ASCII.
func PrintableJSON(text []byte) []byte {
	if bytes.IndexFunc(text, inText) < 0 {
		return text
	}
	var escaped bytes.Buffer
	for _, r := range string(text) {
		if inText(r) {
			fmt.Fprintf(&escaped, `\u%04x`, r)
			continue
		}
		escaped.WriteRune(r)
	}
	return escaped.Bytes()
}

// inText leaves out the line ends between JSON's own texts.
func inText(r rune) bool { return r != '\n' && r != '\t' && commanding(r) }

// commanding is whether a terminal does something other than to show a character.
func commanding(r rune) bool {
	// The separators of lines and paragraphs are the only ones of their kind.
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}
