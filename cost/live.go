package cost

import (
	"time"

	"github.com/shopspring/decimal"
)

// LiveRegion is what a region has and costs now, beside what was planned.
type LiveRegion struct {
	Region string
	// Running is absent where nothing is deployed, or where it cannot be seen.
	Running *Running
	// Wanted is what belongs there at this time.
	Wanted Running
	// Rate is that of a month that stayed as it is now, nil where that cannot be seen. WantedRate is that of
	// a month as it should be now; Plan follows the schedule.
	Rate       *Total
	WantedRate Total
	Plan       Total
	Billed     *decimal.Decimal
	Problem    string
}

// Excess is what an hour costs more than was planned for it.
func (l *LiveRegion) Excess() decimal.Decimal {
	if l.Running == nil {
		return decimal.Zero
	}
	return l.Rate.Hourly().Sub(l.WantedRate.Hourly())
}

// Known is Rate, or a lower bound that says what is missing.
func (l *LiveRegion) Known() Total {
	if l.Rate == nil {
		return Total{Missing: []string{l.Region + " cannot be seen"}}
	}
	return *l.Rate
}

// Live is every region, and the bill of the month so far.
type Live struct {
	At      time.Time
	Regions []*LiveRegion
	Shared  []Line
	Rate    Total
	Plan    Total
	// Billed is since the month began, in all regions; BilledProblem is why it is not known.
	Billed        *decimal.Decimal
	BilledProblem string
}

// Bill spreads what was billed over the regions.
func (l *Live) Bill(byRegion map[string]decimal.Decimal) {
	sum := decimal.Zero
	for _, amount := range byRegion {
		sum = sum.Add(amount)
	}
	l.Billed = new(sum.Round(2))
	for _, each := range l.Regions {
		each.Billed = new(byRegion[each.Region].Round(2))
	}
}
