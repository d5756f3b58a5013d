package cost

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/schedule"
)

// hours are whole hours of a week.
type hours int

const allWeek hours = 168

func (h hours) perMonth() *big.Rat { return schedule.PerMonth(int(h)) }

// presence is how long a region's parts are there in a week.
type presence struct{ tasks, loadBalancer hours }

// awake is a region outside weekend mode.
var awake = presence{allWeek, allWeek}

// kept is weekend mode with the load balancer staying.
func kept(region config.Region) presence {
	region.Weekend.Enabled, region.Weekend.DestroyALBs = true, false
	return planned(region)
}

// destroyed is weekend mode with the load balancer going too.
func destroyed(region config.Region) presence {
	region.Weekend.Enabled, region.Weekend.DestroyALBs = true, true
	return planned(region)
}

// planned is what the fleet file says.
func planned(region config.Region) presence {
	return presence{hours(region.TaskWeek().Hours()), hours(region.LoadBalancerWeek().Hours())}
}

// rounded is a number of zero or more, to so many places, halves up.
func rounded(r *big.Rat, places int32) decimal.Decimal {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	twice := new(big.Int).Mul(r.Num(), scale)
	twice.Mul(twice, big.NewInt(2)).Add(twice, r.Denom())
	return decimal.NewFromBigInt(twice.Quo(twice, new(big.Int).Mul(r.Denom(), big.NewInt(2))), -places)
}
