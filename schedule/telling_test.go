package schedule

import (
	"slices"
	"time"
)

// What tells is where an answer may become another: an ordinary week, the dates around every exception,
// and those around changes of the clocks. The suite looks there; make sweep looks everywhere.

// ordinaryWeek begins on a Monday. No zone changes its clocks in it.
var ordinaryWeek = Date{2026, time.January, 12}

// tellingChanges are the first change of the clocks in either direction, and the last one that is
// written out.
func tellingChanges(s *Schedule) []clockChange {
	if len(s.changes) <= 3 {
		return s.changes
	}
	return append(slices.Clone(s.changes[:2]), s.changes[len(s.changes)-1])
}

// tellingDates are in order, each once.
func tellingDates(s *Schedule) (dates []Date) {
	around := func(d Date, before, after int) {
		for day := -before; day <= after; day++ {
			dates = append(dates, d.plus(day))
		}
	}
	around(ordinaryWeek, 0, 6)
	for _, exception := range s.exceptions() {
		around(exception, 1, 2)
	}
	for _, change := range tellingChanges(s) {
		around(dateOf(change.at.In(s.zone)), 1, 1)
	}
	slices.SortFunc(dates, Date.compare)
	return slices.Compact(dates)
}

// tellingMinutes are the minute before, at and after each edge of the telling dates, and the lead
// before it; quarters of an hour around the telling changes of the clocks; and the minute before and at
// every change of the clocks, and the end of what it repeats. The standard library alone says when
// they are.
func tellingMinutes(s *Schedule) (minutes []time.Time) {
	lead := time.Duration(s.window.LeadMinutes) * time.Minute
	for _, d := range tellingDates(s) {
		for _, hour := range []int{s.window.StartHour, s.window.EndHour} {
			edge := time.Date(d.Year, d.Month, d.Day, hour, 0, 0, 0, s.zone)
			for minute := -time.Minute; minute <= time.Minute; minute += time.Minute {
				minutes = append(minutes, edge.Add(minute), edge.Add(minute-lead))
			}
		}
	}
	for _, change := range tellingChanges(s) {
		for away := -2 * time.Hour; away <= 2*time.Hour; away += 15 * time.Minute {
			minutes = append(minutes, change.at.Add(away))
		}
	}
	for _, change := range s.changes {
		repeated := change.at.Add((change.before - change.after).Abs())
		minutes = append(minutes, change.at.Add(-time.Minute), change.at, repeated.Add(-time.Minute), repeated)
	}
	slices.SortFunc(minutes, time.Time.Compare)
	return slices.CompactFunc(minutes, time.Time.Equal)
}

// tellingSpans are the ordinary week, the months of the exceptions and how the same months begin a year
// later, and the days around the telling changes of the clocks.
func tellingSpans(s *Schedule) (spans []span) {
	days := func(first Date, count int) span {
		midnight := time.Date(first.Year, first.Month, first.Day, 0, 0, 0, 0, s.zone)
		return span{midnight, midnight.AddDate(0, 0, count)}
	}
	spans = append(spans, days(ordinaryWeek, 8))
	var months []Date
	for _, exception := range s.exceptions() {
		months = append(months, exception.month(), exception.plus(1).month())
	}
	slices.SortFunc(months, Date.compare)
	for _, month := range slices.Compact(months) {
		spans = append(spans, days(month.plus(-1), 33), days(Date{month.Year + 1, month.Month, 1}, 10))
	}
	for _, change := range tellingChanges(s) {
		spans = append(spans, span{change.at.Add(-48 * time.Hour), change.at.Add(48 * time.Hour)})
	}
	return spans
}
