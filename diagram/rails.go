package diagram

import "fmt"

const (
	internetWide = 76
	entryGap     = 34
	// Two rails run beside each other: one from Route 53, one from the internet itself.
	directRail, namedRail = 8, 16
	middle                = balancerTop + balancerHigh/2
)

// enter draws where clients come in, and answers where the rails begin.
func (s *sheet) enter(top, high int) int {
	lines := len(s.Domains)
	high = max(high, 26+lines*lineHigh)
	if lines == 0 && s.direct() == 0 {
		return top - 18
	}
	s.Entries = append(s.Entries, entry{
		X: margin, Y: top, Wide: internetWide, High: high, Class: "edge",
		Lines: []place{{label{Text: "internet"}, internetWide / 2, high/2 + 4}},
	})
	if lines == 0 {
		return top + high
	}
	x := margin + internetWide + entryGap
	const words = "Route 53, nearest healthy region"
	needed := widthOf(words)
	for _, domain := range s.Domains {
		needed = max(needed, widthOf(domain))
	}
	wide := min(s.Wide-margin-x, int(needed*textSize)+32)
	named := entry{X: x, Y: top, Wide: wide, High: high, Class: "edge named"}
	named.Lines = append(named.Lines, place{fit(words, wide-16, textSize), wide / 2, 18})
	for i, domain := range s.Domains {
		named.Lines = append(named.Lines, place{fit(domain, wide-16, textSize), wide / 2, 18 + (i+1)*lineHigh})
	}
	s.Entries = append(s.Entries, named)
	s.Rails = append(s.Rails, path{"line", fmt.Sprintf("M%d %dH%d", margin+internetWide, top+high/2, x-7)}, arrowHead("tip", x, top+high/2))
	return top + high
}

// lead draws the rails from the entries, past each column, and into each load balancer.
func (s *sheet) lead(busTop, columns int) {
	if s.direct() > 0 {
		bus := busTop + 10
		if len(s.Domains) > 0 {
			bus += 8
		}
		s.leadOne(busTop, bus, columns, directRail, margin+directRail, "line", "tip", func(c card) bool { return c.Domain == "" })
	}
	if len(s.Domains) > 0 {
		s.leadOne(busTop, busTop+10, columns, namedRail, margin+internetWide+entryGap+20, "named line", "named tip", func(c card) bool { return c.Domain != "" })
	}
}

func (s *sheet) leadOne(from, bus, columns, lane, start int, line, tip string, has func(card) bool) {
	left, right := start, start
	for column := range columns {
		x := margin + lane + column*(rail+cardWide+columnGap)
		end := 0
		for i := column; i < len(s.Cards); i += columns {
			each := &s.Cards[i]
			if each.Listener == "" || !has(*each) {
				continue
			}
			end = each.Y + middle
			class := line
			if each.Ephemeral {
				class += " passing"
			}
			target := each.X + inset
			s.Rails = append(s.Rails, path{class, fmt.Sprintf("M%d %dH%d", x, end, target-7)}, arrowHead(tip, target, end))
		}
		if end == 0 {
			continue
		}
		left, right = min(left, x), max(right, x)
		s.Rails = append(s.Rails, path{line, fmt.Sprintf("M%d %dV%d", x, bus, end)})
	}
	s.Rails = append(s.Rails, path{line, fmt.Sprintf("M%d %dV%dM%d %dH%d", start, from, bus, left, bus, right)})
}

func arrowHead(class string, x, y int) path {
	return path{class, fmt.Sprintf("M%d %dl-8 -5v10z", x, y)}
}
