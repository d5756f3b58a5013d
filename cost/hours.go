package cost

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/schedule"
)

// hours is a number of whole hours per week.
type hours int

const allWeek hours = 168

func (h hours) perMonth() *big.Rat { return schedule.PerMonth(int(h)) }

// uptime is how many hours per week a region's tasks run, its load balancer exists, and the NAT gateways or interface
// endpoints of private tasks exist.
type uptime struct{ tasks, loadBalancer, egress hours }

// alwaysOn is the uptime without weekend mode.
var alwaysOn = uptime{allWeek, allWeek, allWeek}

// weekendKeep is the uptime in weekend mode when the load balancer is kept.
func weekendKeep(region config.Region) uptime {
	region.Weekend.Enabled, region.Weekend.DestroyALBs = true, false
	return planned(region)
}

// weekendDestroy is the uptime in weekend mode when the load balancer is destroyed.
func weekendDestroy(region config.Region) uptime {
	region.Weekend.Enabled, region.Weekend.DestroyALBs = true, true
	return planned(region)
}

// planned is the uptime that the fleet file sets.
func planned(region config.Region) uptime {
	return uptime{hours(region.TaskWeek().Hours()), hours(region.LoadBalancerWeek().Hours()), hours(region.EgressWeek().Hours())}
}

// rounded rounds to a number of decimal places, halves away from zero.
func rounded(r *big.Rat, places int) decimal.Decimal {
	return decimal.RequireFromString(r.FloatString(places))
}
