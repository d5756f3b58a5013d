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

// uptime is how many hours per week a region's tasks run by its schedule, its load balancer exists, and the NAT gateways
// or interface endpoints of private tasks exist.
type uptime struct {
	tasks, loadBalancer, egress hours
	// standby reports whether a function answers while the tasks are asleep.
	standby bool
	// woken is how many hours per month requests keep the tasks awake beyond the schedule, and wakeLimit how many they
	// may. Both are nil if requests do not wake the tasks.
	woken, wakeLimit *big.Rat
}

// taskHours is how many hours per month the tasks run.
func (u uptime) taskHours() *big.Rat {
	if u.woken == nil {
		return u.tasks.perMonth()
	}
	return new(big.Rat).Add(u.tasks.perMonth(), u.woken)
}

// alwaysOn is the uptime without weekend mode.
var alwaysOn = uptime{tasks: allWeek, loadBalancer: allWeek, egress: allWeek}

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
	up := uptime{
		tasks: hours(region.TaskWeek().Hours()), loadBalancer: hours(region.LoadBalancerWeek().Hours()), egress: hours(region.EgressWeek().Hours()),
		standby: region.HasStandby(),
	}
	if region.WakesOnRequest() {
		up.wakeLimit = wakeLimit(region, up.tasks)
		up.woken = woken(region, up.wakeLimit)
	}
	return up
}

// rounded rounds to a number of decimal places, halves away from zero.
func rounded(r *big.Rat, places int) decimal.Decimal {
	return decimal.RequireFromString(r.FloatString(places))
}
