package diagram

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cdtait/mcpfleet/internal/text"
)

// The dimensions of the drawing in pixels, before scaling. A card shows a region and fits on a phone.
const (
	margin    = 8
	gutter    = 30 // left of each column of cards, for the connectors
	cardWidth = 328
	inset     = 14
	inner     = cardWidth - 2*inset
	columnGap = 14
	rowGap    = 18

	titleSize, nameSize, textSize, smallSize = 19, 15, 12, 11

	keyWidth   = 66 // the key of a fact
	lineHeight = 17

	// A hop has one line of details, or is as much higher as it has more.
	hopTop, hopHeight, hopGap = 56, 42, 30
	detailHeight              = 14
	zoneHeight, zoneGap       = 72, 8
	zonesInRow                = 3
	squareWidth               = 16

	hourWidth              = float64(inner) / (7 * 24)
	weekHeight, daysHeight = 20, 22
	maxColumns, legendRow  = 3, 20
)

// layout is a picture with positions and sizes.
type layout struct {
	picture
	Width, Height int
	// Padding surrounds a standalone picture.
	Padding int
	Heading []positionedLabel
	Legend  []legendItem
	Entries []entry
	// Connectors lead from the entries to the first hop of each card.
	Connectors []path
	Cards      []card
	Days       []day
}

// positionedLabel is a label with a position.
type positionedLabel struct {
	label
	X, Y int
}

// entry is a box that traffic comes from: the internet or Route 53.
type entry struct {
	X, Y, Width, Height int
	Class               string
	Lines               []positionedLabel
}

// path is an SVG path. Class sets its color.
type path struct{ Class, Line string }

// legendItem is an item of the legend.
type legendItem struct {
	positionedLabel
	Class string
}

// card is a region. Positions are relative to the card.
type card struct {
	region
	X, Y, Height                int
	Title, VPCLabel, StackLabel label
	Hops                        []hop
	Boxes                       []box
	// Exit is below the zones of private tasks, nil otherwise.
	Exit                       *hop
	Facts                      []fact
	WeekTop                    int
	TaskBars, LoadBalancerBars []bar
	WeekLines                  []positionedLabel
	SquareClass                string
}

// hop is what requests pass before they reach the tasks: the web ACL and the load balancer.
type hop struct {
	Y, Height int
	Class     string
	Title     string
	Label     label
	Details   []positionedLabel
	// Exit is the text beside the arrow to what follows. It may be empty.
	Exit string
}

// TitleY, Bottom, ExitY and NextY are positions in the card.
func (h hop) TitleY() int { return h.Y + 18 }
func (h hop) Bottom() int { return h.Y + h.Height }
func (h hop) ExitY() int  { return h.Bottom() + 18 }
func (h hop) NextY() int  { return h.Bottom() + hopGap }

// ArrivalY is where an arrow from above begins.
func (h hop) ArrivalY() int { return h.Y - hopGap }

// Middle is where a connector ends.
func (h hop) Middle() int { return h.Y + h.Height/2 }

// box is a zone. Squares are the positions of its tasks, as many as fit.
type box struct {
	zone
	X, Y, Width, Middle int
	Title, CIDRLabel    label
	Squares             []int
	// More is the number of tasks without a square. It ends at MoreEnd.
	More    label
	MoreEnd int
}

// fact is a named resource of a region.
type fact struct {
	Y    int
	Key  string
	Name label
	// Note is below the name. It may be empty.
	Note  label
	NoteY int
}

// bar is a span of the week.
type bar struct{ X, Width float64 }

// day is a day of the week.
type day struct {
	Name          string
	Start, Middle float64
}

// Origin, FullWidth and FullHeight are the view box: the picture with its padding.
func (l layout) Origin() int     { return -l.Padding }
func (l layout) FullWidth() int  { return l.Width + 2*l.Padding }
func (l layout) FullHeight() int { return l.Height + 2*l.Padding }

// RegionCount returns the number of regions in words.
func (l layout) RegionCount() string { return text.Count(len(l.Regions), "region") }

// gridColumns returns the number of columns of a standalone picture. Two are legible in a README.
func gridColumns(regions int) int {
	const few = 4
	if regions <= few {
		return max(1, min(regions, 2))
	}
	return maxColumns
}

// newLayout returns a layout with unplaced cards.
func newLayout(from picture, columns int) layout {
	drawing := layout{picture: from, Width: 2*margin + columns*(gutter+cardWidth) + (columns-1)*columnGap}
	for i, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		start := float64(i) * 24 * hourWidth
		drawing.Days = append(drawing.Days, day{name, start, start + 12*hourWidth})
	}
	for _, each := range from.Regions {
		drawing.Cards = append(drawing.Cards, newCard(each))
	}
	return drawing
}

// addHeading adds the title and the legend of a standalone picture, and returns where they end.
func (l *layout) addHeading() int {
	l.Padding = 16
	room := l.Width - 2*margin
	y := margin
	for _, line := range wrap(l.Title, room, titleSize*1.08) { // the title is bold
		y += titleSize + 4
		l.Heading = append(l.Heading, positionedLabel{line, margin, y})
	}
	y += 10
	x := margin
	for _, each := range l.legendItems() {
		width := 22 + int(widthOf(each.Text)*smallSize) + 18
		if x > margin && x+width-18 > l.Width-margin {
			x, y = margin, y+legendRow
		}
		each.X, each.Y = x, y
		l.Legend = append(l.Legend, each)
		x += width
	}
	return y + legendRow + 10
}

// legend explains colors and shapes.
var legend = []struct {
	class, text string
	// appliesTo reports whether a region's card has the color or shape.
	appliesTo func(region) bool
}{
	{"task", "task, or hours with tasks running", region.RunsTasks},
	{"never", "task that never runs", func(r region) bool { return !r.RunsTasks() && r.Zones[0].Tasks > 0 }},
	{"balancer", "hours with a load balancer", func(r region) bool { return len(r.LoadBalancerHours) > 0 }},
	{"destroyed-asleep", "destroyed while asleep", func(r region) bool { return r.DestroyedAsleep || (r.Egress != nil && r.Egress.DestroyedAsleep) }},
}

// legendItems returns the items of the legend that apply to any region.
func (p picture) legendItems() (items []legendItem) {
	for _, each := range legend {
		if slices.ContainsFunc(p.Regions, each.appliesTo) {
			items = append(items, legendItem{positionedLabel{label: label{Text: each.text}}, each.class})
		}
	}
	return items
}

// place places the entries, the cards and the connectors between them.
func (l *layout) place(top, columns int) {
	const entryHeight = 40
	busTop := l.placeEntries(top, entryHeight)
	y := busTop + 26
	if len(l.Domains) == 0 || !l.hasDirectRegion() {
		y -= 8
	}
	for row := range slices.Chunk(l.Cards, columns) {
		height := align(row)
		for i := range row {
			row[i].X, row[i].Y = margin+gutter+i*(gutter+cardWidth+columnGap), y
		}
		y += height + rowGap
	}
	l.Height = y - rowGap + margin
	l.connect(busTop, columns)
}

// hasDirectRegion reports whether clients reach any region by the load balancer's own DNS name.
func (l *layout) hasDirectRegion() bool {
	return slices.ContainsFunc(l.Regions, l.isDirect)
}

// align aligns the heights and the weeks of the cards of a row, and returns the height.
func align(row []card) int {
	below, week := 0, 0
	for _, each := range row {
		week = max(week, each.WeekTop)
		below = max(below, len(each.WeekLines))
	}
	height := week + weekHeight + daysHeight + below*lineHeight + 4
	for i := range row {
		row[i].moveWeek(week)
		row[i].Height = height
	}
	return height
}

func (c *card) moveWeek(top int) {
	c.WeekTop = top
	for i := range c.WeekLines {
		c.WeekLines[i].X, c.WeekLines[i].Y = inset, top+weekHeight+daysHeight+(i+1)*lineHeight-6
	}
}

func newCard(from region) card {
	c := card{
		region: from, Title: fit(from.Name, 150, nameSize), VPCLabel: fit(from.Network(), 140, textSize),
		StackLabel: fit("stack "+from.Stack, inner, textSize),
		TaskBars:   bars(from.TaskHours), LoadBalancerBars: bars(from.LoadBalancerHours), SquareClass: "task",
	}
	if !from.RunsTasks() {
		c.SquareClass = "never"
	}
	y := c.addHops()
	y = c.addZones(y)
	if c.Egress != nil {
		y = c.addExit(y + hopGap)
	}
	y = c.addFacts(y + 20)
	c.WeekTop = y + 10
	for _, line := range wrap(from.Week, inner, textSize) {
		c.WeekLines = append(c.WeekLines, positionedLabel{label: line})
	}
	return c
}

// addHops adds the hops below each other, and returns where the zones begin.
func (c *card) addHops() int {
	if c.Listener == "" {
		return hopTop + hopHeight + hopGap
	}
	y := hopTop
	if c.WebACL != "" {
		y = c.addHop(hop{Y: y, Class: "edge", Title: "web ACL", Label: fit(c.WebACL, 215, textSize)}, c.RateLimit)
	}
	balancer := hop{Y: y, Class: "edge", Title: "load balancer", Label: fit(c.Listener, 190, textSize), Exit: "port " + strconv.Itoa(c.Port)}
	if c.DestroyedAsleep {
		balancer.Class = "edge destroyed-asleep"
	}
	addresses := c.URLs
	if len(addresses) == 0 {
		addresses = []string{"AWS-assigned DNS name"}
	}
	return c.addHop(balancer, slices.Concat(addresses, c.Limits)...)
}

// addHop adds a hop, and returns where the next one begins.
func (c *card) addHop(one hop, details ...string) int {
	one.describe(details)
	c.Hops = append(c.Hops, one)
	return one.NextY()
}

// describe adds details, and makes the hop as high as they need.
func (h *hop) describe(details []string) {
	for i, detail := range details {
		h.Details = append(h.Details, positionedLabel{fit(detail, inner-20, smallSize), inset + 10, h.Y + 34 + i*detailHeight})
	}
	h.Height = hopHeight + (len(details)-1)*detailHeight
}

// addExit adds what private tasks reach others through, and returns where it ends.
func (c *card) addExit(y int) int {
	c.Exit = &hop{Y: y, Class: "edge", Title: c.Egress.Title, Label: fit(c.Egress.Leads, 190, textSize)}
	if c.Egress.DestroyedAsleep {
		c.Exit.Class = "edge destroyed-asleep"
	}
	var details []string
	for _, text := range append(slices.Clone(c.Egress.Parts), "public subnets "+strings.Join(c.Egress.Public, ", ")) {
		for _, line := range wrap(text, inner-20, smallSize) {
			details = append(details, line.Text)
		}
	}
	c.Exit.describe(details)
	return c.Exit.Bottom()
}

// addZones adds the zones in rows, and returns where the last row ends.
func (c *card) addZones(top int) int {
	rows := (len(c.Zones) + zonesInRow - 1) / zonesInRow
	inRow := (len(c.Zones) + rows - 1) / rows
	width := (inner - (inRow-1)*zoneGap) / inRow
	for i, each := range c.Zones {
		one := box{
			zone: each, X: inset + i%inRow*(width+zoneGap), Y: top + i/inRow*(zoneHeight+zoneGap), Width: width, Middle: width / 2,
			Title: fit(each.Name, width-8, textSize), CIDRLabel: fit(each.CIDR, width-8, smallSize),
		}
		one.addTasks()
		c.Boxes = append(c.Boxes, one)
	}
	return top + rows*(zoneHeight+zoneGap) - zoneGap
}

// addTasks adds a square for each task of a zone, or as many as fit and the number of the others.
func (b *box) addTasks() {
	shown, numbered := b.Tasks, 0
	if room := (b.Width - 8) / squareWidth; shown > room {
		numbered = 34
		shown = (b.Width - 8 - numbered) / squareWidth
		b.More = fit("+"+strconv.Itoa(b.Tasks-shown), numbered, smallSize)
		b.MoreEnd = b.Middle + (shown*squareWidth-4+numbered)/2
	}
	start := b.Middle - (shown*squareWidth-4+numbered)/2
	for i := range shown {
		b.Squares = append(b.Squares, start+i*squareWidth)
	}
}

// addFacts adds the named resources, and returns where they end.
func (c *card) addFacts(y int) int {
	add := func(key, name, note string) {
		one := fact{Y: y, Key: key, Name: fit(name, inner-keyWidth, textSize)}
		if note != "" {
			y += lineHeight - 2
			one.Note, one.NoteY = fit(note, inner-keyWidth, textSize), y
		}
		c.Facts = append(c.Facts, one)
		y += lineHeight + 3
	}
	add("tasks", c.Tasks, text.JoinNonEmpty(", ", c.Spot, c.Container))
	add("service", c.Service, "in "+c.Cluster)
	for _, each := range c.Resources {
		add(each.Kind, each.Name, each.Detail)
	}
	return y - lineHeight
}

func bars(spans [][2]int) (result []bar) {
	for _, span := range spans {
		result = append(result, bar{float64(span[0]) * hourWidth, float64(span[1]-span[0]) * hourWidth})
	}
	return result
}
