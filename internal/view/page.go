package view

import (
	"strings"
	"unicode/utf8"
)

// Page is what a command shows: the same for a terminal and for Markdown.
type Page []Block

// Block is a heading, a table and remarks below it; each may be absent.
type Block struct {
	Heading string
	// Align has a letter for each column: l or r.
	Align   string
	Header  []string
	Rows    [][]string
	Remarks []string
}

// Text is the page for a terminal.
func (p Page) Text() string {
	var blocks []string
	for _, block := range p {
		var lines []string
		if block.Heading != "" {
			lines = append(lines, block.Heading)
		}
		if len(block.Rows) > 0 {
			lines = append(lines, block.columns()...)
		}
		lines = append(lines, block.Remarks...)
		blocks = append(blocks, strings.Join(lines, "\n")+"\n")
	}
	return strings.Join(blocks, "\n")
}

// Table is a table alone, its columns standing to the left. A row with fewer cells than the header ends
// in a remark.
func Table(header []string, rows [][]string) string {
	table := Block{Align: strings.Repeat("l", len(header)), Header: header, Rows: rows}
	return strings.Join(table.columns(), "\n") + "\n"
}

// columns are the header and the rows. The last cell of a row may be as long as it likes, unless it
// stands to the right.
func (b Block) columns() []string {
	all := append([][]string{b.Header}, b.Rows...)
	widths := make([]int, len(b.Header))
	for _, row := range all {
		for i, cell := range row {
			if i < len(row)-1 || b.Align[i] == 'r' {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	var lines []string
	for _, row := range all {
		var cells []string
		for i, cell := range row {
			space := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0))
			if b.Align[i] == 'r' {
				cells = append(cells, space+cell)
			} else {
				cells = append(cells, cell+space)
			}
		}
		lines = append(lines, strings.TrimRight(strings.Join(cells, "  "), " "))
	}
	return lines
}

// unmarked keeps a text from being taken for Markdown.
var unmarked = strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;", "[", `\[`)

// Markdown is the page for a pull request.
func (p Page) Markdown() string {
	var blocks []string
	for _, block := range p {
		var parts []string
		if block.Heading != "" {
			parts = append(parts, "### "+unmarked.Replace(block.Heading))
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
			remarks = append(remarks, "- "+unmarked.Replace(remark))
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
		escaped = append(escaped, unmarked.Replace(cell))
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
