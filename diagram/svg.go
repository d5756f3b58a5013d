package diagram

import (
	"bytes"
	_ "embed" // for the templates
	"html/template"

	"github.com/cdtait/mcpfleet/config"
)

//go:embed fleet.svg
var svgTemplate string

//go:embed fleet.html
var htmlTemplate string

// The measures of the drawing, in its own units. A region is a row.
const (
	width     = 960
	trunk     = 70
	frameLeft = 140
	zonesLeft = 330
	zonesWide = 400
	extras    = 750
	head      = 96
	rowHigh   = 194
	rowGap    = 16
	weekLeft  = 160
	weekWide  = 780
)

// row is a region, laid out.
type row struct {
	region
	Y                int
	Boxes            []box
	Tasking, Serving []bar
}

// box is a zone, laid out. Dots are its tasks, as far as there is room.
type box struct {
	zone
	X, Middle, Wide int
	Dots            []int
	More            int
}

// bar is a stretch of the week.
type bar struct{ X, Wide float64 }

// sheet is all rows, and what is above them.
type sheet struct {
	picture
	Wide, High int
	// Trunk is the line that everything hangs on; End is where its last branch goes off, 0 is none.
	Trunk, End           int
	FrameLeft, FrameWide int
	RowHigh              int
	Extras               int
	WeekLeft, WeekWide   int
	// Lines are where what else belongs to a region is written.
	Lines []int
	Rows  []row
	Days  []day
	// Inner is the drawing within a page.
	Inner template.HTML
}

// day is a column of the week.
type day struct {
	Name string
	X    float64
}

func newSheet(fleet *config.Fleet) sheet {
	drawn := sheet{
		picture: newPicture(fleet), Wide: width, Trunk: trunk, FrameLeft: frameLeft, FrameWide: width - frameLeft - 8, RowHigh: rowHigh,
		Extras: extras, WeekLeft: weekLeft, WeekWide: weekWide,
		Lines: []int{74, 92, 110},
	}
	for i, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		drawn.Days = append(drawn.Days, day{name, float64(weekLeft) + float64(i)*weekWide/7})
	}
	for i, each := range drawn.Regions {
		laid := row{region: each, Y: head + i*(rowHigh+rowGap), Tasking: bars(each.Awake), Serving: bars(each.Balanced)}
		laid.Boxes = boxes(each.Zones)
		if each.Balancer != "" {
			drawn.End = laid.Y + balancerMiddle
		}
		drawn.Rows = append(drawn.Rows, laid)
	}
	drawn.High = head + len(drawn.Regions)*(rowHigh+rowGap)
	return drawn
}

// balancerMiddle is how far below a row's top the line to its load balancer goes.
const balancerMiddle = 80

func boxes(zones []zone) (laid []box) {
	const gap = 10
	wide := (zonesWide - gap*(len(zones)-1)) / len(zones)
	for i, each := range zones {
		x := zonesLeft + i*(wide+gap)
		one := box{zone: each, X: x, Middle: x + wide/2, Wide: wide}
		one.shorten()
		room := (wide - 20) / 18
		shown := min(each.Tasks, room)
		for dot := range shown {
			one.Dots = append(one.Dots, one.Middle-(shown*18-4)/2+dot*18)
		}
		one.More = each.Tasks - shown
		laid = append(laid, one)
	}
	return laid
}

// shorten leaves out what a narrow box has no room for: the region's name before the zone's letter,
// and then the addresses.
func (b *box) shorten() {
	const wholeName, addresses = 115, 90
	if b.Wide < wholeName {
		b.Name = b.Name[len(b.Name)-1:]
	}
	if b.Wide < addresses {
		b.CIDR = ""
	}
}

func bars(spans [][2]int) (laid []bar) {
	const hour = float64(weekWide) / (7 * 24)
	for _, span := range spans {
		laid = append(laid, bar{weekLeft + float64(span[0])*hour, float64(span[1]-span[0]) * hour})
	}
	return laid
}

// SVG is the fleet as one picture that needs nothing from elsewhere, light or dark as its reader is.
func SVG(fleet *config.Fleet) string { return render(svgTemplate, newSheet(fleet)) }

// HTML is the picture in a page of its own, with a table of the regions.
func HTML(fleet *config.Fleet) string {
	drawn := newSheet(fleet)
	drawn.Inner = template.HTML(render(svgTemplate, drawn)) //nolint:gosec // a template has made it
	return render(htmlTemplate, drawn)
}

func render(text string, drawn sheet) string {
	var out bytes.Buffer
	if err := template.Must(template.New("diagram").Parse(text)).Execute(&out, drawn); err != nil {
		panic(err) // the templates are compiled in, and a buffer takes everything
	}
	return out.String()
}
