package view

import (
	"strings"
)

// Page is what a command shows: the same for a terminal and for Markdown.
type Page []Block

// Block is a heading, a table and remarks below it; each may be absent.
type Block struct {
	Heading string
	// Align has a letter for each column: l or r.
	Align  string
	Header []string
	// Rows may have fewer cells than the header: the last is then a remark, as long as it likes.
	Rows [][]string
	// Expendable are the columns that are left out where there is no room, the first of them first.
	Expendable []string
	Remarks    []string
}

// Text is the page for a terminal of so many cells; 0 is one without an end, such as a file. Tables are
// made to fit, and say what they leave out. Nothing else is cut: a terminal breaks a long remark by itself.
func (p Page) Text(width int) string {
	var blocks []string
	for _, block := range p {
		var lines []string
		if block.Heading != "" {
			lines = append(lines, Printable(block.Heading))
		}
		if len(block.Rows) > 0 {
			lines = append(lines, block.lines(width)...)
		}
		for _, remark := range block.Remarks {
			lines = append(lines, Printable(remark))
		}
		blocks = append(blocks, strings.Join(lines, "\n")+"\n")
	}
	return strings.Join(blocks, "\n")
}

// WithRemarks is a table with remarks, if any, set off below it.
func (b Block) WithRemarks(remarks []string) Page {
	if len(remarks) == 0 {
		return Page{b}
	}
	return Page{b, {Remarks: remarks}}
}

// unmarked keeps a text from being taken for Markdown.
var unmarked = strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;", "[", `\[`)

func marked(text string) string { return unmarked.Replace(Printable(text)) }

// Markdown is the page for a pull request.
func (p Page) Markdown() string {
	var blocks []string
	for _, block := range p {
		var parts []string
		if block.Heading != "" {
			parts = append(parts, "### "+marked(block.Heading))
		}
		if len(block.Rows) > 0 {
			rules := strings.NewReplacer("l", "|---", "r", "|--:").Replace(block.Align) + "|"
			lines := []string{markdownRow(block.Header), rules}
			for _, row := range block.Rows {
				lines = append(lines, markdownRow(row))
			}
			parts = append(parts, strings.Join(lines, "\n"))
		}
		var remarks []string
		for _, remark := range block.Remarks {
			remarks = append(remarks, "- "+marked(remark))
		}
		if len(remarks) > 0 {
			parts = append(parts, strings.Join(remarks, "\n"))
		}
		blocks = append(blocks, strings.Join(parts, "\n\n"))
	}
	return strings.Join(blocks, "\n\n") + "\n"
}

func markdownRow(cells []string) string {
	var escaped []string
	for _, cell := range cells {
		escaped = append(escaped, marked(inLine(cell)))
	}
	return "| " + strings.Join(escaped, " | ") + " |"
}

// OrDash keeps an empty cell from looking like a mistake.
func OrDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
