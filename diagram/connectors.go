package diagram

import "fmt"

const (
	internetWidth = 76
	entryGap      = 34
	// Each gutter has two lanes, for connectors from the internet and from Route 53.
	directLane, dnsLane = 8, 16
)

// placeEntries places the entries, and returns where their connectors start.
func (l *layout) placeEntries(top, height int) int {
	lines := len(l.Domains)
	height = max(height, 26+lines*lineHeight)
	if lines == 0 && !l.hasDirectRegion() {
		return top - 18
	}
	l.Entries = append(l.Entries, entry{
		X: margin, Y: top, Width: internetWidth, Height: height, Class: "edge",
		Lines: []positionedLabel{{fit(l.Source(), internetWidth-10, textSize), internetWidth / 2, height/2 + 4}},
	})
	if lines == 0 {
		return top + height
	}
	x := margin + internetWidth + entryGap
	const routing = "Route 53, nearest healthy region"
	needed := widthOf(routing)
	for _, domain := range l.Domains {
		needed = max(needed, widthOf(domain))
	}
	width := min(l.Width-margin-x, int(needed*textSize)+32)
	dns := entry{X: x, Y: top, Width: width, Height: height, Class: "edge dns"}
	dns.Lines = append(dns.Lines, positionedLabel{fit(routing, width-16, textSize), width / 2, 18})
	for i, domain := range l.Domains {
		dns.Lines = append(dns.Lines, positionedLabel{fit(domain, width-16, textSize), width / 2, 18 + (i+1)*lineHeight})
	}
	l.Entries = append(l.Entries, dns)
	l.Connectors = append(l.Connectors, path{"line", fmt.Sprintf("M%d %dH%d", margin+internetWidth, top+height/2, x-7)}, arrowHead("tip", x, top+height/2))
	return top + height
}

// connect draws the connectors from the entries to the first hops.
func (l *layout) connect(busTop, columns int) {
	if l.hasDirectRegion() {
		bus := busTop + 10
		if len(l.Domains) > 0 {
			bus += 8
		}
		l.connectFrom(busTop, bus, columns, directLane, margin+directLane, "line", "tip", func(c card) bool { return l.isDirect(c.region) })
	}
	if len(l.Domains) > 0 {
		l.connectFrom(busTop, busTop+10, columns, dnsLane, margin+internetWidth+entryGap+20, "dns line", "dns tip", func(c card) bool { return c.Domain != "" })
	}
}

// connectFrom draws the connectors of one entry: down to a horizontal bus, along it to the lane of each
// column, down the lane, and into the first hops of the cards that it serves.
func (l *layout) connectFrom(from, bus, columns, lane, start int, line, tip string, serves func(card) bool) {
	left, right := start, start
	for column := range columns {
		x := margin + lane + column*(gutter+cardWidth+columnGap)
		end := 0
		for i := column; i < len(l.Cards); i += columns {
			each := &l.Cards[i]
			if each.Listener == "" || !serves(*each) {
				continue
			}
			end = each.Y + each.Hops[0].Middle()
			class := line
			if each.DestroyedAsleep {
				class += " destroyed-asleep"
			}
			target := each.X + inset
			l.Connectors = append(l.Connectors, path{class, fmt.Sprintf("M%d %dH%d", x, end, target-7)}, arrowHead(tip, target, end))
		}
		if end == 0 {
			continue
		}
		left, right = min(left, x), max(right, x)
		l.Connectors = append(l.Connectors, path{line, fmt.Sprintf("M%d %dV%d", x, bus, end)})
	}
	l.Connectors = append(l.Connectors, path{line, fmt.Sprintf("M%d %dV%dM%d %dH%d", start, from, bus, left, bus, right)})
}

func arrowHead(class string, x, y int) path {
	return path{class, fmt.Sprintf("M%d %dl-8 -5v10z", x, y)}
}
