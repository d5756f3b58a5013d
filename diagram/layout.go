package diagram

import (
	"slices"
	"strconv"
)

// The measures of the drawing, in its own units, which are pixels where nothing scales it. A card shows
// a region, and is as wide as a phone has room for.
const (
	margin    = 8
	rail      = 30 // left of each column of cards, where what leads to them runs down
	cardWide  = 328
	inset     = 14
	inner     = cardWide - 2*inset
	columnGap = 14
	rowGap    = 18

	titleSize, nameSize, textSize, smallSize = 19, 15, 12, 11

	keyWide  = 62 // what something of a region is, before its name
	lineHigh = 17

	balancerTop, balancerHigh = 56, 42
	zonesTop                  = balancerTop + balancerHigh + 30
	zoneHigh, zoneGap         = 72, 8
	zonesInRow                = 3
	squareWide                = 16

	hourWide              = float64(inner) / (7 * 24)
	weekHigh, daysHigh    = 20, 22
	widestGrid, legendRow = 3, 20
)

// sheet is a picture, laid out.
type sheet struct {
	picture
	Wide, High int
	// Rim is around a picture that stands alone.
	Rim     int
	Heading []place
	Legend  []sample
	Entries []entry
	// Rails lead from the entries to the load balancers.
	Rails []path
	Cards []card
	Days  []day
}

// place is where a text stands.
type place struct {
	label
	X, Y int
}

// entry is where clients come in: the internet, and Route 53.
type entry struct {
	X, Y, Wide, High int
	Class            string
	Lines            []place
}

// path is a line; Class gives it its colour.
type path struct{ Class, Line string }

// sample is a line of the legend.
type sample struct {
	place
	Class string
}

// card is a region, laid out from its own upper left corner.
type card struct {
	region
	X, Y, High                 int
	Title, Block, Under        label
	Entrance                   path
	Listening, Address         label
	Boxes                      []box
	Facts                      []fact
	WeekTop                    int
	Tasking, Serving           []bar
	Words                      []place
	BalancerClass, SquareClass string
}

// box is a zone, laid out. Squares are its tasks, as far as there is room.
type box struct {
	zone
	X, Y, Wide, Middle int
	Title, Block       label
	Squares            []int
	// More is how many tasks have no square; it ends at MoreEnd.
	More    label
	MoreEnd int
}

// fact is something of a region with a name.
type fact struct {
	Y    int
	Key  string
	Name label
	// Note stands below the name, if there is anything to say.
	Note  label
	NoteY int
}

// bar is a stretch of the week.
type bar struct{ X, Wide float64 }

// day is a column of the week.
type day struct {
	Name          string
	Start, Middle float64
}

// Corner, FullWide and FullHigh are the whole picture, with its rim.
func (s sheet) Corner() int   { return -s.Rim }
func (s sheet) FullWide() int { return s.Wide + 2*s.Rim }
func (s sheet) FullHigh() int { return s.High + 2*s.Rim }

// gridOf is how many columns a picture that stands alone has. Two are legible in a README.
func gridOf(regions int) int {
	const few = 4
	if regions <= few {
		return max(1, min(regions, 2))
	}
	return widestGrid
}

// layOut lays a picture out in columns, below its heading if it is to have one.
func layOut(drawn picture, columns int) sheet {
	laid := sheet{picture: drawn, Wide: 2*margin + columns*(rail+cardWide) + (columns-1)*columnGap}
	for i, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		start := float64(i) * 24 * hourWide
		laid.Days = append(laid.Days, day{name, start, start + 12*hourWide})
	}
	for _, each := range drawn.Regions {
		laid.Cards = append(laid.Cards, newCard(each))
	}
	return laid
}

// withHeading writes title and legend, for a picture that stands alone.
func (s *sheet) withHeading() int {
	s.Rim = 16
	room := s.Wide - 2*margin
	y := margin
	for _, line := range wrap(s.Title, room, titleSize*1.08) { // it is bold
		y += titleSize + 4
		s.Heading = append(s.Heading, place{line, margin, y})
	}
	y += 10
	x := margin
	for _, each := range s.samples() {
		wide := 22 + int(widthOf(each.Text)*smallSize) + 18
		if x > margin && x+wide-18 > s.Wide-margin {
			x, y = margin, y+legendRow
		}
		each.X, each.Y = x, y
		s.Legend = append(s.Legend, each)
		x += wide
	}
	return y + legendRow + 10
}

// legend says what colours and shapes mean.
var legend = []struct {
	class, text string
	// drawn is whether a region has any of it.
	drawn func(region) bool
}{
	{"task", "task, or tasks run", region.Awakes},
	{"never", "task that never runs", func(r region) bool { return !r.Awakes() && r.Zones[0].Tasks > 0 }},
	{"balancer", "load balancer is there", func(r region) bool { return len(r.Balanced) > 0 }},
	{"passing", "load balancer destroyed while asleep", func(r region) bool { return r.Ephemeral }},
}

// samples are the lines of the legend for what is drawn.
func (p picture) samples() (drawn []sample) {
	for _, each := range legend {
		if slices.ContainsFunc(p.Regions, each.drawn) {
			drawn = append(drawn, sample{place{label: label{Text: each.text}}, each.class})
		}
	}
	return drawn
}

// place puts cards into columns, and leads the internet to them.
func (s *sheet) place(top, columns int) {
	const entryHigh = 40
	busTop := s.enter(top, entryHigh)
	y := busTop + 26
	if len(s.Domains) == 0 || s.direct() == 0 {
		y -= 8
	}
	for row := range slices.Chunk(s.Cards, columns) {
		high := align(row)
		for i := range row {
			row[i].X, row[i].Y = margin+rail+i*(rail+cardWide+columnGap), y
		}
		y += high + rowGap
	}
	s.High = y - rowGap + margin
	s.lead(busTop, columns)
}

// direct is how many regions are reached by the name of their own load balancer alone.
func (s *sheet) direct() (count int) {
	for _, each := range s.Regions {
		if each.Listener != "" && each.Domain == "" {
			count++
		}
	}
	return count
}

// align gives the cards of a row one height, and their weeks one line.
func align(row []card) int {
	below, week := 0, 0
	for _, each := range row {
		week = max(week, each.WeekTop)
		below = max(below, len(each.Words))
	}
	high := week + weekHigh + daysHigh + below*lineHigh + 4
	for i := range row {
		row[i].moveWeek(week)
		row[i].High = high
	}
	return high
}

func (c *card) moveWeek(top int) {
	c.WeekTop = top
	for i := range c.Words {
		c.Words[i].X, c.Words[i].Y = inset, top+weekHigh+daysHigh+(i+1)*lineHigh-6
	}
}

func newCard(from region) card {
	drawn := card{
		region: from, Title: fit(from.Name, 150, nameSize), Block: fit("VPC "+from.VPC, 140, textSize),
		Under: fit("stack "+from.Stack, inner, textSize), Listening: fit(from.Listener, 110, textSize),
		Tasking: bars(from.Awake), Serving: bars(from.Balanced), BalancerClass: "edge", SquareClass: "task",
	}
	if from.Ephemeral {
		drawn.BalancerClass = "edge passing"
	}
	if !from.Awakes() {
		drawn.SquareClass = "never"
	}
	drawn.Address = fit("by its own name", inner-20, smallSize)
	if from.Domain != "" {
		drawn.Address = fit(from.Domain, inner-20, smallSize)
	}
	y := drawn.zones()
	y = drawn.facts(y + 20)
	drawn.WeekTop = y + 10
	for _, line := range wrap(from.Week, inner, textSize) {
		drawn.Words = append(drawn.Words, place{label: line})
	}
	return drawn
}

// zones lays the zones out in rows, and answers where the last ends.
func (c *card) zones() int {
	rows := (len(c.Zones) + zonesInRow - 1) / zonesInRow
	inRow := (len(c.Zones) + rows - 1) / rows
	wide := (inner - (inRow-1)*zoneGap) / inRow
	for i, each := range c.Zones {
		one := box{
			zone: each, X: inset + i%inRow*(wide+zoneGap), Y: zonesTop + i/inRow*(zoneHigh+zoneGap), Wide: wide, Middle: wide / 2,
			Title: fit(each.Name, wide-8, textSize), Block: fit(each.CIDR, wide-8, smallSize),
		}
		one.fill()
		c.Boxes = append(c.Boxes, one)
	}
	return zonesTop + rows*(zoneHigh+zoneGap) - zoneGap
}

// fill draws the tasks of a zone, or as many as there is room for and the number of the others.
func (b *box) fill() {
	shown, numbered := b.Tasks, 0
	if room := (b.Wide - 8) / squareWide; shown > room {
		numbered = 34
		shown = (b.Wide - 8 - numbered) / squareWide
		b.More = fit("+"+strconv.Itoa(b.Tasks-shown), numbered, smallSize)
		b.MoreEnd = b.Middle + (shown*squareWide-4+numbered)/2
	}
	start := b.Middle - (shown*squareWide-4+numbered)/2
	for i := range shown {
		b.Squares = append(b.Squares, start+i*squareWide)
	}
}

// facts lists what has a name, and answers where the list ends.
func (c *card) facts(y int) int {
	add := func(key, name, note string) {
		one := fact{Y: y, Key: key, Name: fit(name, inner-keyWide, textSize)}
		if note != "" {
			y += lineHigh - 2
			one.Note, one.NoteY = fit(note, inner-keyWide, textSize), y
		}
		c.Facts = append(c.Facts, one)
		y += lineHigh + 3
	}
	add("tasks", c.Tasks, c.Container)
	add("service", c.Service, "in "+c.Cluster)
	for _, each := range c.Belongings {
		add(each.Kind, each.Name, each.About)
	}
	return y - lineHigh
}

func bars(spans [][2]int) (laid []bar) {
	for _, span := range spans {
		laid = append(laid, bar{float64(span[0]) * hourWide, float64(span[1]-span[0]) * hourWide})
	}
	return laid
}
