package view

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const (
	// gap is between two columns.
	gap = 2
	// leastRoom is what a long text in the last column needs to be read there, line by line.
	leastRoom = 24
)

// Table is a table alone, of any width, its columns standing to the left.
func Table(header []string, rows [][]string) string {
	table := Block{Align: strings.Repeat("l", len(header)), Header: header, Rows: rows}
	return strings.Join(table.lines(0), "\n") + "\n"
}

// inLine keeps a cell on its line, and a tab from shifting what is right of it.
func inLine(cell string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(cell)
}

// row is a line of a table. Its last cell may be a remark, which belongs to no column.
type row struct {
	cells  []string
	remark bool
}

// last is whether a cell ends the row.
func (r row) last(cell int) bool { return cell == len(r.cells)-1 }

// grid is a table whose cells are ready to be laid out. The header is its first row.
type grid struct {
	align string
	rows  []row
	// widths are the columns' in cells of a terminal. That of a last column to the left is not in it.
	widths []int
}

// lines are the header and the rows, made to fit.
func (b Block) lines(width int) []string {
	table := b.grid()
	var left []string
	for _, name := range b.Expendable {
		if width == 0 || table.needs() <= width {
			break
		}
		at := slices.Index(table.rows[0].cells, name)
		table = table.without(at)
		left = append(left, name)
	}
	var lines []string
	for _, each := range table.rows {
		lines = append(lines, table.line(each, width)...)
	}
	if len(left) > 0 {
		lines = append(lines, "not shown at this width: "+strings.Join(left, ", ")+"; --wide shows all")
	}
	return lines
}

func (b Block) grid() grid {
	table := grid{align: b.Align}
	for _, cells := range append([][]string{b.Header}, b.Rows...) {
		one := row{remark: len(cells) < len(b.Header)}
		for _, cell := range cells {
			one.cells = append(one.cells, Printable(inLine(cell)))
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
			if !each.last(i) || g.right(each, i) {
				g.widths[i] = max(g.widths[i], ansi.StringWidth(cell))
			}
		}
	}
}

// right is whether a cell stands to the right of its column.
func (g *grid) right(of row, cell int) bool {
	return g.align[cell] == 'r' && (!of.remark || !of.last(cell))
}

// without is the table without a column.
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

// needs is how wide the table is when its last column has no more room than it can be read in. A word,
// such as an address, is not broken.
func (g *grid) needs() int {
	end := len(g.align) - 1
	start := g.start(end)
	wide := start + g.widths[end]
	for _, each := range g.rows {
		if each.remark || g.right(each, end) {
			continue
		}
		room := min(ansi.StringWidth(each.cells[end]), leastRoom)
		for word := range strings.FieldsSeq(each.cells[end]) {
			room = max(room, ansi.StringWidth(word))
		}
		wide = max(wide, start+room)
	}
	return wide
}

// start is where a column begins.
func (g *grid) start(column int) (at int) {
	for _, width := range g.widths[:column] {
		at += width + gap
	}
	return at
}

// line is a row, and what of its last cell goes on below.
func (g *grid) line(of row, width int) []string {
	var before strings.Builder
	for i, cell := range of.cells {
		space := strings.Repeat(" ", max(g.widths[i]-ansi.StringWidth(cell), 0))
		if g.right(of, i) {
			cell = space + cell
		}
		if of.last(i) {
			return trimmed(g.end(of, before.String(), cell, width))
		}
		if !g.right(of, i) {
			cell += space
		}
		before.WriteString(cell + strings.Repeat(" ", gap))
	}
	return nil
}

// end puts the last cell of a row behind what is before it, broken into lines where there is no room.
func (g *grid) end(of row, before, cell string, width int) []string {
	column := len(of.cells) - 1
	start := g.start(column)
	if width == 0 || start+ansi.StringWidth(cell) <= width || g.right(of, column) {
		return []string{before + cell}
	}
	var lines []string
	room := width - start
	if room < leastRoom { // it begins on a line of its own
		lines, before = []string{before}, strings.Repeat(" ", gap)
		start, room = gap, max(width-gap, leastRoom)
	}
	for _, text := range fold(cell, room) {
		lines = append(lines, before+text)
		before = strings.Repeat(" ", start)
	}
	return lines
}

func trimmed(lines []string) []string {
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

// fold breaks a text between words, and a word that is too long wherever it has to. The libraries break
// names such as eu-west-1 at their hyphens.
func fold(text string, room int) (lines []string) {
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
