package view

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const (
	// gap is the space between two columns.
	gap = 2
	// minWrapWidth is the width below which text in the last column is not wrapped there.
	minWrapWidth = 24
)

// Table formats a table with left-aligned columns and no width limit.
func Table(header []string, rows [][]string) string {
	table := Block{Align: strings.Repeat("l", len(header)), Header: header, Rows: rows}
	return strings.Join(table.lines(0), "\n") + "\n"
}

// singleLine replaces line breaks and tabs, which would break the table, with spaces.
func singleLine(cell string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(cell)
}

// row is a row of a table. Its last cell may be a remark that spans the remaining columns.
type row struct {
	cells  []string
	remark bool
}

// last reports whether a cell is the last of the row.
func (r row) last(cell int) bool { return cell == len(r.cells)-1 }

// grid is a table to lay out. The header is its first row.
type grid struct {
	align string
	rows  []row
	// widths are the column widths in terminal cells. A left-aligned last cell does not count.
	widths []int
}

// lines formats the header and the rows for a width, and names the columns that do not fit.
func (b Block) lines(width int) []string {
	lines, dropped := b.Fit(width)
	if len(dropped) > 0 {
		lines = append(lines, "not shown at this width: "+strings.Join(dropped, ", ")+"; --wide shows all")
	}
	return lines
}

// Fit formats the header and the rows for a width, without the columns that do not fit, whose names it returns.
func (b Block) Fit(width int) (lines, dropped []string) {
	table := b.grid()
	for _, name := range b.Expendable {
		if width == 0 || table.minWidth() <= width {
			break
		}
		at := slices.Index(table.rows[0].cells, name)
		table = table.without(at)
		dropped = append(dropped, name)
	}
	for _, each := range table.rows {
		lines = append(lines, table.line(each, width)...)
	}
	return lines, dropped
}

func (b Block) grid() grid {
	table := grid{align: b.Align}
	for _, cells := range append([][]string{b.Header}, b.Rows...) {
		one := row{remark: len(cells) < len(b.Header)}
		for _, cell := range cells {
			one.cells = append(one.cells, Printable(singleLine(cell)))
		}
		table.rows = append(table.rows, one)
	}
	table.measure()
	return table
}

func (g *grid) measure() {
	g.widths = make([]int, len(g.align))
	for _, each := range g.rows {
		for i, cell := range each.cells {
			if !each.last(i) || g.alignsRight(each, i) {
				g.widths[i] = max(g.widths[i], ansi.StringWidth(cell))
			}
		}
	}
}

// alignsRight reports whether a cell is right-aligned.
func (g *grid) alignsRight(of row, cell int) bool {
	return g.align[cell] == 'r' && (!of.remark || !of.last(cell))
}

// without returns the table without a column.
func (g *grid) without(column int) grid {
	rest := grid{align: g.align[:column] + g.align[column+1:]}
	for _, each := range g.rows {
		if column < len(each.cells) && (!each.remark || !each.last(column)) {
			each.cells = slices.Delete(slices.Clone(each.cells), column, column+1)
		}
		rest.rows = append(rest.rows, each)
	}
	rest.measure()
	return rest
}

// minWidth returns the width of the table when its last column is wrapped as narrowly as allowed. Words, such
// as addresses, are not broken.
func (g *grid) minWidth() int {
	end := len(g.align) - 1
	start := g.start(end)
	width := start + g.widths[end]
	for _, each := range g.rows {
		if each.remark || g.alignsRight(each, end) {
			continue
		}
		room := min(ansi.StringWidth(each.cells[end]), minWrapWidth)
		for word := range strings.FieldsSeq(each.cells[end]) {
			room = max(room, ansi.StringWidth(word))
		}
		width = max(width, start+room)
	}
	return width
}

// start returns the offset of a column.
func (g *grid) start(column int) (at int) {
	for _, width := range g.widths[:column] {
		at += width + gap
	}
	return at
}

// line formats a row, with more than one line if its last cell is wrapped.
func (g *grid) line(of row, width int) []string {
	var before strings.Builder
	for i, cell := range of.cells {
		space := strings.Repeat(" ", max(g.widths[i]-ansi.StringWidth(cell), 0))
		if g.alignsRight(of, i) {
			cell = space + cell
		}
		if of.last(i) {
			return trimRight(g.wrapLast(of, before.String(), cell, width))
		}
		if !g.alignsRight(of, i) {
			cell += space
		}
		before.WriteString(cell + strings.Repeat(" ", gap))
	}
	return nil
}

// wrapLast appends the last cell to the rest of the row, and wraps it if it does not fit.
func (g *grid) wrapLast(of row, before, cell string, width int) []string {
	column := len(of.cells) - 1
	start := g.start(column)
	if width == 0 || start+ansi.StringWidth(cell) <= width || g.alignsRight(of, column) {
		return []string{before + cell}
	}
	var lines []string
	room := width - start
	if room < minWrapWidth { // start on a new line
		lines, before = []string{before}, strings.Repeat(" ", gap)
		start, room = gap, max(width-gap, minWrapWidth)
	}
	for _, text := range wrap(cell, room) {
		lines = append(lines, before+text)
		before = strings.Repeat(" ", start)
	}
	return lines
}

func trimRight(lines []string) []string {
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

// wrap breaks text between words, and breaks a word only if it is too long for a line. ansi.Wrap would break
// names such as eu-west-1 at their hyphens.
func wrap(text string, room int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && ansi.StringWidth(longer) > room {
			lines = append(lines, line)
			longer = word
		}
		pieces := strings.Split(ansi.Hardwrap(longer, room, false), "\n")
		lines = append(lines, pieces[:len(pieces)-1]...)
		line = pieces[len(pieces)-1]
	}
	return append(lines, line)
}
