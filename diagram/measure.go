package diagram

import "strings"

// label is a text that has to fit its place.
type label struct {
	Text string
	// Squeezed is the width to which the browser presses the text, 0 where there is room: how wide a
	// text is depends on the reader's fonts, and an estimate is all there is.
	Squeezed int
	// Whole is the text where Text is but a part of it.
	Whole string
}

// most is how much more than its room a text may need and still be read when it is pressed into it.
const most = 1.25

// fit makes a text fit a room, in a size of type.
func fit(text string, room int, size float64) label {
	needed := widthOf(text) * size
	switch {
	case needed <= float64(room):
		return label{Text: text}
	case needed <= float64(room)*most:
		return label{Text: text, Squeezed: room}
	}
	// The middle goes: names begin with what they belong to, and end in what they are.
	runes := []rune(text)
	for keep := len(runes) - 1; keep > 1; keep-- {
		tail := keep / 2
		short := string(runes[:keep-tail]) + "…" + string(runes[len(runes)-tail:])
		if widthOf(short)*size <= float64(room)*most {
			return label{Text: short, Squeezed: room, Whole: text}
		}
	}
	return label{Text: "…", Whole: text}
}

// wrap breaks a text into lines that fit a room.
func wrap(text string, room int, size float64) (lines []label) {
	var line string
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && widthOf(longer)*size > float64(room) {
			lines = append(lines, fit(line, room, size))
			longer = word
		}
		line = longer
	}
	return append(lines, fit(line, room, size))
}

// widthOf estimates the width of a text in ems, after DejaVu Sans: the widest face that readers have.
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
