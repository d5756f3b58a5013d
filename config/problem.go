package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake or warning in a fleet file.
type Problem struct {
	File         string
	Line, Column int
	// Path is the key, from the root of the file: regions.eu-west-2.network.cidr.
	Path string
	// Message states what is wrong, and Advice how to fix it.
	Message string
	Advice  string
}

func (p Problem) String() string {
	var text strings.Builder
	text.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&text, ":%d:%d", p.Line, p.Column)
	}
	text.WriteString(": ")
	if p.Path != "" {
		text.WriteString(p.Path + ": ")
	}
	text.WriteString(p.Message)
	if p.Advice != "" {
		text.WriteString("; " + p.Advice)
	}
	return text.String()
}

// Problems lists all problems in the order of the file.
type Problems []Problem

// maxShown limits the output for a file that is not a fleet file at all.
const maxShown = 100

func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps[:min(len(ps), maxShown)] {
		lines = append(lines, p.String())
	}
	if more := len(ps) - maxShown; more > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// inFileOrder sorts the problems by position and removes duplicates: a mistake in the defaults is found again
// in every region that inherits it.
func (ps Problems) inFileOrder() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool {
		return a.Line == b.Line && a.Column == b.Column && a.Message == b.Message
	})
}
