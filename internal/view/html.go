package view

import (
	"bytes"
	"embed"
	"html/template"
)

//go:embed page.html cost.html report.html
var templates embed.FS

// renderHTML renders a page: page.html, with the title, the style and the main part that the named template defines.
// It escapes all data, and replaces what could control a terminal or hide text, because some data is not the fleet's.
func renderHTML(name string, document any) string {
	var text bytes.Buffer
	if err := template.Must(template.ParseFS(templates, "page.html", name)).Execute(&text, document); err != nil {
		panic(err) // the templates are embedded, and a bytes.Buffer returns no error
	}
	return PrintableLines(text.String())
}

// tableBlock is a block of a page with aligned cells.
type tableBlock struct {
	Heading string
	// Wide marks a table that does not fit on a phone or tablet.
	Wide    bool
	Header  []tableCell
	Rows    [][]tableCell
	Remarks []string
}

type tableCell struct {
	Text    string
	Numeric bool
	// Head is the column header.
	Head string
	// Anchor is the ID of the element on the page that the cell leads to. Only a row's first cell has one.
	Anchor string
}

// phoneColumns is how many columns fit on a phone.
const phoneColumns = 3

func (b Block) table() tableBlock {
	table := tableBlock{Heading: b.Heading, Remarks: b.Remarks, Wide: len(b.Header) > phoneColumns}
	if len(b.Rows) > 0 {
		table.Header = b.cells(b.Header)
	}
	for _, row := range b.Rows {
		table.Rows = append(table.Rows, b.cells(row))
	}
	return table
}

func (b Block) cells(row []string) (cells []tableCell) {
	for i, text := range row {
		cells = append(cells, tableCell{Text: text, Numeric: b.Align[i] == 'r', Head: b.Header[i]})
	}
	return cells
}
