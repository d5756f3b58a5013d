package cost

import (
	"time"

	"github.com/shopspring/decimal"
)

// LiveRegion is what a region runs and costs now, next to the plan.
type LiveRegion struct {
	Region string
	// Running is nil if nothing is deployed, or if the region could not be read.
	Running *Running
	// Wanted is what the schedule wants at this time.
	Wanted Running
	// Rate is the monthly cost at the current rate, nil if the region could not be read. WantedRate is the
	// monthly cost at the rate that the schedule wants at this time. Plan is the cost of the scheduled month.
	Rate       *Total
	WantedRate Total
	Plan       Total
	Billed     *decimal.Decimal
	Problem    string
}

// Excess returns how much more than planned the region costs per hour.
func (l *LiveRegion) Excess() decimal.Decimal {
	if l.Running == nil {
		return decimal.Zero
	}
	return l.Rate.Hourly().Sub(l.WantedRate.Hourly())
}

// Known returns Rate, or a lower bound of zero if it is nil.
func (l *LiveRegion) Known() Total {
	if l.Rate == nil {
		return Total{Missing: []string{"the state of " + l.Region + " is unknown"}}
	}
	return *l.Rate
}

// Live is every region, and the bill for the month to date.
type Live struct {
	At      time.Time
	Regions []*LiveRegion
	Shared  []Line
	Rate    Total
	Plan    Total
	// Billed is the month to date in all regions. If it is nil, BilledProblem is the reason.
	Billed        *decimal.Decimal
	BilledProblem string
}

// Bill sets the billed amounts of the fleet and its regions.
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
