package diagram

import "strings"

// label is text that fits its space. Widths are estimates, because they depend on the fonts of the reader.
type label struct {
	Text string
	// Squeezed is the width to which the browser condenses the text, 0 if the text fits.
	Squeezed int
	// Whole is the full text if Text is shortened.
	Whole string
}

// maxSqueeze is how much wider than its space a text may be and still be legible when condensed.
const maxSqueeze = 1.25

// fit returns a label that fits a width at a font size, condensed or shortened if necessary.
func fit(text string, width int, size float64) label {
	needed := widthOf(text) * size
	switch {
	case needed <= float64(width):
		return label{Text: text}
	case needed <= float64(width)*maxSqueeze:
		return label{Text: text, Squeezed: width}
	}
	// Cut the middle: names start with what they belong to and end with what they are.
	runes := []rune(text)
	for keep := len(runes) - 1; keep > 1; keep-- {
		tail := keep / 2
		short := string(runes[:keep-tail]) + "…" + string(runes[len(runes)-tail:])
		if widthOf(short)*size <= float64(width)*maxSqueeze {
			return label{Text: short, Squeezed: width, Whole: text}
		}
	}
	return label{Text: "…", Whole: text}
}

// wrap breaks a text between words into lines that fit a width.
func wrap(text string, width int, size float64) (lines []label) {
	var line string
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && widthOf(longer)*size > float64(width) {
			lines = append(lines, fit(line, width, size))
			longer = word
		}
		line = longer
	}
	return append(lines, fit(line, width, size))
}

// widthOf estimates the width of a text in ems from DejaVu Sans, the widest of the common fonts.
func widthOf(text string) (ems float64) {
	for _, r := range text {
		switch {
		case strings.ContainsRune("ijl.,:;|'!()[]/ f-tI", r):
			ems += 0.37
		case strings.ContainsRune("mwMWQO@%…", r):
			ems += 0.95
		case r >= 'A' && r <= 'Z':
			ems += 0.70
		default:
			ems += 0.63
		}
	}
	return ems
}
