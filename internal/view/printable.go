package view

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// Printable replaces with � whatever could control the terminal: escape and other control characters,
// characters that change the text direction, and bytes that are not UTF-8, which a terminal may read as
// control characters. It keeps tabs.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && controlsTerminal(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// PrintableLines is Printable for text of several lines. It keeps line breaks.
func PrintableLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	return strings.Join(lines, "\n")
}

// PrintableJSON escapes the characters that could control the terminal as \uXXXX, which leaves the JSON value
// the same. They occur only in strings, and encoding/json already escapes those in ASCII.
func PrintableJSON(text []byte) []byte {
	if bytes.IndexFunc(text, needsEscape) < 0 {
		return text
	}
	var escaped bytes.Buffer
	for _, r := range string(text) {
		if needsEscape(r) {
			fmt.Fprintf(&escaped, `\u%04x`, r)
			continue
		}
		escaped.WriteRune(r)
	}
	return escaped.Bytes()
}

// needsEscape reports whether a character in JSON must be escaped. Line breaks and tabs are whitespace
// between tokens.
func needsEscape(r rune) bool { return r != '\n' && r != '\t' && controlsTerminal(r) }

// controlsTerminal reports whether a terminal does anything other than display a character.
func controlsTerminal(r rune) bool {
	// Zl and Zp hold only the line separator and the paragraph separator.
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}
