package cost

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// Running is what a region has at an instant.
type Running struct {
	Tasks int `json:"tasks"`
	// CPU and Memory are a task's, in 1024ths of a vCPU and of a GB.
	CPU     int     `json:"cpu"`
	Memory  int     `json:"memory"`
	Machine Machine `json:"machine"`
	// Zones are those of the load balancer; 0 is none.
	Zones int `json:"load_balancer_zones"`
}

// Rate is what a region costs a month if it stayed as it is at an instant. Usage is left out: nobody
// knows it of an instant.
func (t *Table) Rate(region config.Region, running Running) Total {
	region.Service.DesiredCount = running.Tasks
	region.Container.CPU, region.Container.Memory = running.CPU, running.Memory
	region.LoadBalancer.Enabled = running.Zones > 0
	region.Subnets = make([]config.Subnet, running.Zones)
	region.Usage = config.Usage{}
	return t.region(region, running.Machine, awake).Total
}

// Hourly is an hour of a month's total.
func (t Total) Hourly() decimal.Decimal {
	return rounded(new(big.Rat).Quo(t.Monthly.Rat(), allWeek.perMonth()), 4)
}
