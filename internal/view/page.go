package view

import "strings"

// Page is the output of a command, for a terminal or as Markdown.
type Page []Block

// Block is a heading, a table and remarks. Each part is optional.
type Block struct {
	Heading string
	// Align has one letter per column: l (left) or r (right).
	Align  string
	Header []string
	// Rows may have fewer cells than the header. The last cell is then a remark that spans the remaining
	// columns.
	Rows [][]string
	// Expendable are the columns to drop on a narrow terminal, in this order.
	Expendable []string
	Remarks    []string
}

// Text formats the page for a terminal of the given width in cells; 0 means no limit, as for a file. A table
// that does not fit drops columns and names them. Remarks are not wrapped, because the terminal wraps them.
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

// WithRemarks returns a page of the block and, below an empty line, the remarks if there are any.
func (b Block) WithRemarks(remarks []string) Page {
	if len(remarks) == 0 {
		return Page{b}
	}
	return Page{b, {Remarks: remarks}}
}

// markdownEscaper escapes characters that have a meaning in Markdown.
var markdownEscaper = strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;", "[", `\[`)

func escapeMarkdown(text string) string { return markdownEscaper.Replace(Printable(text)) }

// Markdown formats the page as Markdown, such as for a pull request.
func (p Page) Markdown() string {
	var blocks []string
	for _, block := range p {
		var parts []string
		if block.Heading != "" {
			parts = append(parts, "### "+escapeMarkdown(block.Heading))
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
			remarks = append(remarks, "- "+escapeMarkdown(remark))
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
		escaped = append(escaped, escapeMarkdown(singleLine(cell)))
	}
	return "| " + strings.Join(escaped, " | ") + " |"
}

// OrDash returns the text, or "-" if it is empty.
func OrDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
