package schedule

// The hours below are those of the weekly pattern: skipped and extra dates and changes of the clocks
// are left out, so that an estimate is the same in every month.

// HoursPerWeek is how long tasks run.
func (s *Schedule) HoursPerWeek() int {
	hours := 0
	for _, opens := range s.weekly {
		if opens {
			hours += s.length()
		}
	}
	return hours
}

// HoursPerMonth is how long tasks run. It is not rounded: 32 hours a week are 139.0476….
func (s *Schedule) HoursPerMonth() float64 { return perMonth(s.HoursPerWeek()) }

// LoadBalancerHoursPerWeek is what AWS bills for a load balancer that is destroyed between windows.
// AWS bills a part of an hour as an hour (https://aws.amazon.com/elasticloadbalancing/pricing/), here
// once for every time that the load balancer comes and goes.
func (s *Schedule) LoadBalancerHoursPerWeek() int {
	hours := 0
	for day, opens := range s.weekly {
		switch {
		case opens && s.weekly[(day+1)%7]:
			hours += 24 // it stays until the next window opens
		case opens:
			// Windows begin and end on the hour, so the lead alone leaves a part of one.
			hours += s.length() + (s.window.LeadMinutes+59)/60
		}
	}
	return hours
}

// LoadBalancerHoursPerMonth is LoadBalancerHoursPerWeek in a month, not rounded.
func (s *Schedule) LoadBalancerHoursPerMonth() float64 {
	return perMonth(s.LoadBalancerHoursPerWeek())
}

// perMonth takes a month for a twelfth of a year of 365 days: the 168 hours of a week are 730.
func perMonth(hoursPerWeek int) float64 { return float64(hoursPerWeek) * 365 / (7 * 12) }
