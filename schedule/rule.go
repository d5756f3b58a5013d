package schedule

import (
	"slices"
	"time"
)

// rule is a weekly action in some months of the year.
type rule struct {
	suffix string
	// clock holds the hour and the minute.
	clock    time.Time
	months   []time.Month
	weekdays []time.Weekday
}

// rules returns the rules for an edge of the weekly pattern: one for its regular time, and one for each local
// time to which the clock is set when it skips the edge.
func (s *Schedule) rules(side, opposite side) []rule {
	weekdays := s.edgeWeekdays(side)
	if len(weekdays) == 0 {
		return nil
	}
	var everyMonth []time.Month
	for month := time.January; month <= time.December; month++ {
		everyMonth = append(everyMonth, month)
	}
	rules := []rule{{"", changesFrom.Add(time.Duration(side.hour) * time.Hour), everyMonth, weekdays}}
	for _, clock := range s.resumptions(side, opposite, s.opensWeekly) {
		suffix := clock.Format("_Jan_1504")
		i := slices.IndexFunc(rules, func(r rule) bool { return r.suffix == suffix })
		if i < 0 {
			i = len(rules)
			rules = append(rules, rule{suffix: suffix, clock: clock, months: []time.Month{clock.Month()}})
		}
		if !slices.Contains(rules[i].weekdays, clock.Weekday()) {
			rules[i].weekdays = append(rules[i].weekdays, clock.Weekday())
		}
	}
	return rules
}

// actions returns one action for all months that are not explicit in any year, and one for each other month.
func (r rule) actions(side side, explicit []Date) (actions []Action) {
	var regular []time.Month
	for _, month := range r.months {
		years := explicitYears(explicit, month)
		if len(years) == 0 {
			regular = append(regular, month)
			continue
		}
		suffix := r.suffix
		if suffix == "" {
			suffix = "_" + monthName(month)
		}
		actions = append(actions, side.action(suffix, weekdayCron(r.clock, []time.Month{month}, r.weekdays, yearsField(years))))
	}
	if len(regular) == 0 {
		return actions
	}
	return append([]Action{side.action(r.suffix, weekdayCron(r.clock, regular, r.weekdays, "*"))}, actions...)
}

// explicitYears returns the years in which a month is explicit.
func explicitYears(explicit []Date, month time.Month) (years []int) {
	for _, each := range explicit {
		if each.Month == month {
			years = append(years, each.Year)
		}
	}
	return years
}
