package cost

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// Region is what one region costs a month.
type Region struct {
	Region string
	// What sums up the region in a few words.
	What              string
	TaskHours         decimal.Decimal
	LoadBalancerHours decimal.Decimal
	Lines             []Line
	Total             Total
	// NotIncluded is what depends on usage that the fleet file does not give.
	NotIncluded []Line
}

// Fleet is what a fleet costs a month.
type Fleet struct {
	Project     string
	Environment string
	Currency    string
	Regions     []Region
	// Shared is what the fleet has once.
	Shared []Line
	Total  Total
	// Notes are the footnotes, the first of them number 1.
	Notes []string
}

// Estimate is what a fleet costs as its file says.
func (t *Table) Estimate(fleet *config.Fleet) Fleet {
	return t.estimate(fleet, Machine{}, planned)
}

func (t *Table) estimate(fleet *config.Fleet, machine Machine, present func(config.Region) presence) Fleet {
	result := Fleet{Project: fleet.Project, Environment: fleet.Environment, Currency: "USD", Regions: []Region{}, Shared: t.shared(fleet), Notes: []string{}}
	result.Total = Sum(result.Shared)
	for _, region := range fleet.Regions {
		each := t.region(region, machine, present(region))
		result.Regions = append(result.Regions, each)
		result.Total = result.Total.Plus(each.Total)
	}
	return result
}

// shared is one public hosted zone for all regions that answer under a name of it.
func (t *Table) shared(fleet *config.Fleet) []Line {
	var zones []string
	for _, region := range fleet.Regions {
		if region.CustomDomain() != "" && !slices.Contains(zones, region.DNS.Zone) {
			zones = append(zones, region.DNS.Zone)
		}
	}
	lines := []Line{}
	for _, zone := range zones {
		lines = append(lines, newLine(Zone, "Hosted zone "+zone, "zones", "", big.NewRat(1, 1), t.lookup(Zone, everywhere)))
	}
	return lines
}

func (t *Table) region(region config.Region, machine Machine, present presence) Region {
	result := Region{
		Region:            region.Name,
		What:              what(region, present),
		TaskHours:         rounded(present.tasks.perMonth(), 2),
		LoadBalancerHours: decimal.New(0, -2),
		NotIncluded:       []Line{},
	}
	if region.LoadBalancer.Enabled {
		result.LoadBalancerHours = rounded(present.loadBalancer.perMonth(), 2)
	}
	result.Lines = slices.Concat(t.tasks(region, machine, present), t.loadBalancer(region, present), t.keeping(region))
	for _, line := range t.usage(region, present) {
		if line.Quantity == nil {
			result.NotIncluded = append(result.NotIncluded, line)
		} else {
			result.Lines = append(result.Lines, line)
		}
	}
	result.Total = Sum(result.Lines)
	return result
}

func (t *Table) tasks(region config.Region, machine Machine, present presence) []Line {
	taskHours := times(present.tasks.perMonth(), int64(region.Service.DesiredCount), 1)
	cpu, cpuPrice := t.fargate(machine, X86VCPU, ARMVCPU, region.Name)
	memory, memoryPrice := t.fargate(machine, X86Memory, ARMMemory, region.Name)
	return []Line{
		newLine(cpu, "Fargate vCPU, "+machine.String(), "vCPU-hours", region.Name, times(taskHours, int64(region.Container.CPU), 1024), cpuPrice),
		newLine(memory, "Fargate memory, "+machine.String(), "GB-hours", region.Name, times(taskHours, int64(region.Container.Memory), 1024), memoryPrice),
		newLine(IPv4, "Public IPv4 of tasks", "address-hours", region.Name, taskHours, t.lookup(IPv4, region.Name)),
	}
}

func (t *Table) loadBalancer(region config.Region, present presence) []Line {
	if !region.LoadBalancer.Enabled {
		return nil
	}
	there := present.loadBalancer.perMonth()
	// A load balancer has a public address in each of its zones.
	addresses := times(there, int64(len(region.Subnets)), 1)
	return []Line{
		newLine(LoadBalancer, "Load balancer", "hours", region.Name, there, t.lookup(LoadBalancer, region.Name)),
		newLine(IPv4, "Public IPv4 of load balancer", "address-hours", region.Name, addresses, t.lookup(IPv4, region.Name)),
	}
}

// keeping is what costs the same whether the region sleeps or not.
func (t *Table) keeping(region config.Region) []Line {
	var lines []Line
	if len(region.Container.Secrets) > 0 {
		lines = append(lines, newLine(Secret, "Secret", "secrets", region.Name, big.NewRat(1, 1), t.lookup(Secret, region.Name)))
	}
	if region.Discovery.Enabled {
		lines = append(lines, newLine(Zone, "Private zone", "zones", region.Name, big.NewRat(1, 1), t.lookup(Zone, region.Name)))
	}
	return lines
}

// usage is what depends on what clients do. It is taken for the same however long the region is awake,
// except for capacity units, which are used while there is a load balancer.
func (t *Table) usage(region config.Region, present presence) []Line {
	usage := region.Usage
	// used is nothing in a region that never wakes.
	used := func(amount config.Amount, per int64) *big.Rat {
		if number := given(amount); number == nil || present.tasks > 0 {
			return divided(number, per)
		}
		return new(big.Rat)
	}
	var lines []Line
	add := func(item Item, name, unit string, quantity *big.Rat) {
		lines = append(lines, newLine(item, name, unit, region.Name, quantity, t.lookup(item, region.Name)))
	}
	if region.LoadBalancer.Enabled {
		units := given(usage.LCU)
		if units != nil {
			units.Mul(units, present.loadBalancer.perMonth())
		}
		add(LCU, "Load balancer capacity", "LCU-hours", units)
	}
	add(Logs, "Logs written", "GB", used(usage.LogGB, 1))
	add(Egress, "Data to the internet", "GB", used(usage.EgressGB, 1))
	if region.Discovery.Enabled {
		add(DNSQueries, "Queries in the private zone", "million", used(usage.DNSQueries, 1))
	}
	if len(region.Container.Secrets) > 0 {
		add(SecretReads, "Reads of the secret", "10,000", used(usage.SecretReads, 10000))
	}
	return lines
}

func given(amount config.Amount) *big.Rat {
	if !amount.Given() {
		return nil
	}
	number, _ := new(big.Rat).SetString(amount.String()) // config has checked it
	return number
}

func divided(number *big.Rat, by int64) *big.Rat {
	if number == nil {
		return nil
	}
	return times(number, 1, by)
}

func times(number *big.Rat, by, per int64) *big.Rat {
	return new(big.Rat).Mul(number, big.NewRat(by, per))
}

func what(region config.Region, present presence) string {
	tasks := "1 task"
	if count := region.Service.DesiredCount; count != 1 {
		tasks = strconv.Itoa(count) + " tasks"
	}
	return fmt.Sprintf("%s of %s, %s", tasks, region.Container.Size(), present.tasks)
}

func (h hours) String() string {
	switch h {
	case 0:
		return "asleep"
	case allWeek:
		return "always on"
	}
	return fmt.Sprintf("awake %d hours a week", int(h))
}
