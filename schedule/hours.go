package schedule

import (
	"math/big"
	"time"
)

// Week holds a state for each hour of the week from Monday 00:00. It is the weekly pattern without skipped
// dates, extra dates and clock changes, so that estimates are the same for every month.
type Week [7 * 24]bool

// WholeWeek returns a week in which every hour is set.
func WholeWeek() (week Week) {
	week.mark(0, len(week))
	return week
}

// Hours returns the number of hours that are set.
func (w Week) Hours() int {
	hours := 0
	for _, set := range w {
		if set {
			hours++
		}
	}
	return hours
}

// Spans returns the ranges of consecutive hours that are set, each as its first hour and the hour after its
// last, in order. A range that wraps around the end of the week is split in two.
func (w Week) Spans() (spans [][2]int) {
	for hour, set := range w {
		switch {
		case !set:
		case len(spans) > 0 && spans[len(spans)-1][1] == hour:
			spans[len(spans)-1][1]++
		default:
			spans = append(spans, [2]int{hour, hour + 1})
		}
	}
	return spans
}

// mark sets the hours in [from, to), counted from Monday 00:00 and wrapping around the end of the week.
func (w *Week) mark(from, to int) {
	for hour := from; hour < to; hour++ {
		w[(hour+len(w))%len(w)] = true
	}
}

// Week returns the hours in which tasks run, in the window's time zone.
func (s *Schedule) Week() (week Week) {
	for day, opens := range s.weekly {
		if opens {
			start := s.startHour(time.Weekday(day))
			week.mark(start, start+s.length())
		}
	}
	return week
}

// LoadBalancerWeek returns the hours for which AWS bills a load balancer that is destroyed between windows.
// AWS bills a partial hour as an hour (https://aws.amazon.com/elasticloadbalancing/pricing/). Windows open and
// close on the hour, so only the lead can cause a partial hour.
func (s *Schedule) LoadBalancerWeek() (week Week) {
	lead := (s.window.LeadMinutes + 59) / 60
	for day, opens := range s.weekly {
		start := s.startHour(time.Weekday(day))
		switch {
		case opens && s.weekly[(day+1)%7]:
			week.mark(start-lead, start+24) // the load balancer stays until the next window opens
		case opens:
			week.mark(start-lead, start+s.length())
		}
	}
	return week
}

// startHour returns when the window of a weekday opens, in hours from Monday 00:00.
func (s *Schedule) startHour(day time.Weekday) int {
	sinceMonday := (int(day) + 6) % 7
	return sinceMonday*24 + s.window.StartHour
}

// PerMonth converts hours per week to hours per month, which is a twelfth of a year of 365 days: 168 hours per
// week are 730 hours per month. The result is exact: 32 hours per week are 139.0476…
func PerMonth(hoursPerWeek int) *big.Rat { return big.NewRat(int64(hoursPerWeek)*365, 7*12) }
