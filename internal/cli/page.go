package cli

import (
	"strings"
	"unicode/utf8"
)

// page is what a command shows: the same for a terminal and for Markdown.
type page []block

// block is a heading, a table and remarks below it; each may be absent.
type block struct {
	heading string
	// align has a letter for each column: l or r.
	align   string
	header  []string
	rows    [][]string
	remarks []string
}

func (p page) text() string {
	var blocks []string
	for _, block := range p {
		var lines []string
		if block.heading != "" {
			lines = append(lines, block.heading)
		}
		if len(block.rows) > 0 {
			lines = append(lines, block.columns()...)
		}
		lines = append(lines, block.remarks...)
		blocks = append(blocks, strings.Join(lines, "\n")+"\n")
	}
	return strings.Join(blocks, "\n")
}

// columns are the header and the rows. The last cell of a row may be as long as it likes, unless it
// stands to the right.
func (b block) columns() []string {
	all := append([][]string{b.header}, b.rows...)
	widths := make([]int, len(b.header))
	for _, row := range all {
		for i, cell := range row {
			if i < len(row)-1 || b.align[i] == 'r' {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	var lines []string
	for _, row := range all {
		var cells []string
		for i, cell := range row {
			space := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0))
			if b.align[i] == 'r' {
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

func (p page) markdown() string {
	var blocks []string
	for _, block := range p {
		var parts []string
		if block.heading != "" {
			parts = append(parts, "### "+unmarked.Replace(block.heading))
		}
		if len(block.rows) > 0 {
			rules := strings.NewReplacer("l", "|---", "r", "|--:").Replace(block.align) + "|"
			lines := []string{markdownRow(block.header), rules}
			for _, row := range block.rows {
				lines = append(lines, markdownRow(row))
			}
			parts = append(parts, strings.Join(lines, "\n"))
		}
		var remarks []string
		for _, remark := range block.remarks {
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
