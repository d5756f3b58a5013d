package cost

import (
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// Running is what a region runs at one moment.
type Running struct {
	Tasks int `json:"tasks"`
	// CPU and Memory are the size of one task, in 1024ths of a vCPU and of a GB.
	CPU    int `json:"cpu"`
	Memory int `json:"memory"`
	// Storage is the ephemeral storage of one task in GiB.
	Storage int     `json:"ephemeral_storage"`
	Machine Machine `json:"machine"`
	// SpotTasks is how many of the tasks run on Spot.
	SpotTasks int `json:"spot_tasks"`
	// Zones is the number of zones of the load balancer; 0 means no load balancer.
	Zones int `json:"load_balancer_zones"`
	// Internal reports whether the load balancer has private addresses only.
	Internal bool `json:"load_balancer_internal"`
	// Private reports whether the tasks have no public addresses.
	Private bool `json:"tasks_private"`
	// NATGateways is the number of NAT gateways, and Endpoints that of interface endpoints, counted in each zone that
	// they are in.
	NATGateways int `json:"nat_gateways"`
	Endpoints   int `json:"interface_endpoints"`
}

// Rate returns the cost of a month in which the region keeps running what it runs now. Usage is left out: it
// cannot be known for one moment.
func (t *Table) Rate(region config.Region, running Running) Total {
	region.Service.DesiredCount, region.Service.Autoscaling = running.Tasks, config.Autoscaling{}
	region.Container.CPU, region.Container.Memory, region.Container.EphemeralStorage = running.CPU, running.Memory, running.Storage
	region.LoadBalancer.Enabled, region.LoadBalancer.Internal = running.Zones > 0, running.Internal
	region.Subnets, region.Network.Existing = make([]config.Subnet, running.Zones), config.ExistingNetwork{}
	region.Network.Mode = config.NetworkPublic
	if running.Private {
		region.Network.Mode = config.NetworkPrivate
	}
	place := func(config.Region) placement { return placement{running.Machine.ARM, running.SpotTasks} }
	return Sum(slices.Concat(
		t.tasks(region, place, alwaysOn), t.loadBalancer(region, alwaysOn),
		t.natGateways(region.Name, running.NATGateways, allWeek), t.interfaceEndpoints(region.Name, running.Endpoints, allWeek),
		t.fixed(region)))
}

// Hourly returns the total divided by the hours of a month, to four places.
func (t Total) Hourly() decimal.Decimal {
	return rounded(new(big.Rat).Quo(t.Monthly.Rat(), allWeek.perMonth()), 4)
}
