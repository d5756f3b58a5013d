package schedule

import (
	"slices"
	"time"
)

// The critical dates and instants are those at which a state may change: an ordinary week, the dates around
// exceptions, and the dates around clock changes. The tests check these; make sweep checks all.

// ordinaryWeek begins on a Monday, and has no clock change in any zone.
var ordinaryWeek = Date{2026, time.January, 12}

// criticalClockChanges returns the first clock change in each direction and the last one listed.
func criticalClockChanges(s *Schedule) []clockChange {
	if len(s.changes) <= 3 {
		return s.changes
	}
	return append(slices.Clone(s.changes[:2]), s.changes[len(s.changes)-1])
}

// criticalDates returns the critical dates in order and without duplicates.
func criticalDates(s *Schedule) (dates []Date) {
	around := func(d Date, before, after int) {
		for day := -before; day <= after; day++ {
			dates = append(dates, d.plus(day))
		}
	}
	around(ordinaryWeek, 0, 6)
	for _, exception := range s.exceptions() {
		around(exception, 1, 2)
	}
	for _, change := range criticalClockChanges(s) {
		around(dateOf(change.at.In(s.zone)), 1, 1)
	}
	slices.SortFunc(dates, Date.compare)
	return slices.Compact(dates)
}

// criticalMinutes returns the minute before, at and after each edge of the critical dates, and the same a lead
// earlier; every 15 minutes around the critical clock changes; and the minute before and at every clock change
// and the end of the hour that it repeats. It calculates them with the standard library alone.
func criticalMinutes(s *Schedule) (minutes []time.Time) {
	lead := time.Duration(s.window.LeadMinutes) * time.Minute
	for _, d := range criticalDates(s) {
		for _, hour := range []int{s.window.StartHour, s.window.EndHour} {
			edge := time.Date(d.Year, d.Month, d.Day, hour, 0, 0, 0, s.zone)
			for minute := -time.Minute; minute <= time.Minute; minute += time.Minute {
				minutes = append(minutes, edge.Add(minute), edge.Add(minute-lead))
			}
		}
	}
	for _, change := range criticalClockChanges(s) {
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

// criticalSpans returns the ordinary week, the months of the exceptions and the beginning of the same months a
// year later, and the days around the critical clock changes.
func criticalSpans(s *Schedule) (spans []span) {
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
	for _, change := range criticalClockChanges(s) {
		spans = append(spans, span{change.at.Add(-48 * time.Hour), change.at.Add(48 * time.Hour)})
	}
	return spans
}
