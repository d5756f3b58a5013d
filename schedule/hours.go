package schedule

import (
	"math/big"
	"time"
)

// Week says of each hour of a week, from Monday 00:00 on, whether something is there. It is the weekly
// pattern: skipped and extra dates and changes of the clocks are left out, so that an estimate is the
// same in every month.
type Week [7 * 24]bool

// WholeWeek is a week without a gap.
func WholeWeek() (week Week) {
	week.mark(0, len(week))
	return week
}

// Hours is how many they are.
func (w Week) Hours() int {
	hours := 0
	for _, there := range w {
		if there {
			hours++
		}
	}
	return hours
}

// Spans are the stretches of hours that are there, each from an hour to before another, in order. One
// that goes on around the week's end is two.
func (w Week) Spans() (spans [][2]int) {
	for hour, there := range w {
		switch {
		case !there:
		case len(spans) > 0 && spans[len(spans)-1][1] == hour:
			spans[len(spans)-1][1]++
		default:
			spans = append(spans, [2]int{hour, hour + 1})
		}
	}
	return spans
}

// mark sets the hours from one to before another, counted from Monday 00:00, around the week's end.
func (w *Week) mark(from, to int) {
	for hour := from; hour < to; hour++ {
		w[(hour+len(w))%len(w)] = true
	}
}

// Week is when tasks run, by the clock on the wall of the window's zone.
func (s *Schedule) Week() (week Week) {
	for day, opens := range s.weekly {
		if opens {
			start := s.startHour(time.Weekday(day))
			week.mark(start, start+s.length())
		}
	}
	return week
}

// LoadBalancerWeek is when AWS bills a load balancer that is destroyed between windows. AWS bills a
// part of an hour as an hour (https://aws.amazon.com/elasticloadbalancing/pricing/): windows begin and
// end on the hour, so the lead alone leaves a part of one.
func (s *Schedule) LoadBalancerWeek() (week Week) {
	lead := (s.window.LeadMinutes + 59) / 60
	for day, opens := range s.weekly {
		start := s.startHour(time.Weekday(day))
		switch {
		case opens && s.weekly[(day+1)%7]:
			week.mark(start-lead, start+24) // it stays until the next window opens
		case opens:
			week.mark(start-lead, start+s.length())
		}
	}
	return week
}

// startHour is when the window of a day opens, in hours from Monday 00:00.
func (s *Schedule) startHour(day time.Weekday) int {
	sinceMonday := (int(day) + 6) % 7
	return sinceMonday*24 + s.window.StartHour
}

// PerMonth is hours of a week in a month, a twelfth of a year of 365 days: the 168 hours of a week are
// 730. It is not rounded: 32 hours a week are 139.0476….
func PerMonth(hoursPerWeek int) *big.Rat { return big.NewRat(int64(hoursPerWeek)*365, 7*12) }
