package cost

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// Region is the monthly cost of one region.
type Region struct {
	Region string
	// Summary describes the region in a few words.
	Summary           string
	TaskHours         decimal.Decimal
	LoadBalancerHours decimal.Decimal
	// Lines and Total are for the minimum number of tasks.
	Lines []Line
	Total Total
	// Maximum is the total for the maximum number of tasks, and with requests that use up their budget of hours; nil if
	// it is the same.
	Maximum *Total
	// NotIncluded are lines that depend on usage the fleet file does not set.
	NotIncluded []Line
}

// Fleet is the monthly cost of a fleet.
type Fleet struct {
	Project     string
	Environment string
	Currency    string
	Regions     []Region
	// Shared are the lines that belong to no region.
	Shared []Line
	Total  Total
	// Maximum is the total with the maximum of every region, nil if it is the same.
	Maximum *Total
	// Scales and Wakes report whether any region has more tasks, or is awake for longer, in Maximum than in Total.
	Scales, Wakes bool
	// Notes are the footnotes, numbered from 1.
	Notes []string
}

// Estimate returns the cost of a fleet as its file describes it.
func (t *Table) Estimate(fleet *config.Fleet) Fleet {
	return t.estimate(fleet, placementOf, planned)
}

func (t *Table) estimate(fleet *config.Fleet, place placer, uptimeOf func(config.Region) uptime) Fleet {
	result := Fleet{Project: fleet.Project, Environment: fleet.Environment, Currency: "USD", Regions: []Region{}, Shared: t.shared(fleet), Notes: []string{}}
	result.Total = Sum(result.Shared)
	maximum := result.Total
	for _, region := range fleet.Regions {
		up := uptimeOf(region)
		each := t.region(region, place, up)
		result.Regions = append(result.Regions, each)
		result.Total = result.Total.Plus(each.Total)
		highest := each.Total
		if each.Maximum != nil {
			highest = *each.Maximum
		}
		maximum = maximum.Plus(highest)
		result.Scales = result.Scales || scales(region)
		result.Wakes = result.Wakes || up.mayWakeLonger()
	}
	if result.Scales || result.Wakes {
		result.Maximum = &maximum
	}
	return result
}

// shared returns one line for each public hosted zone, and one for the fleet's dashboard.
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
	if len(fleet.Regions) > 1 && slices.ContainsFunc(fleet.Regions, func(region config.Region) bool { return region.Dashboard }) {
		lines = append(lines, newLine(Dashboard, "Dashboard of the fleet", "dashboards", "", big.NewRat(1, 1), t.lookup(Dashboard, everywhere)))
	}
	return lines
}

func (t *Table) region(region config.Region, place placer, up uptime) Region {
	result := Region{
		Region:            region.Name,
		Summary:           summary(region, up),
		TaskHours:         rounded(up.taskHours(), 2),
		LoadBalancerHours: decimal.New(0, -2),
		NotIncluded:       []Line{},
	}
	if region.LoadBalancer.Enabled {
		result.LoadBalancerHours = rounded(up.loadBalancer.perMonth(), 2)
	}
	result.Lines = slices.Concat(t.tasks(region, place, up), t.loadBalancer(region, up), t.egress(region, up), t.fixed(region), t.answer(region, up), t.alarms(region, up), t.idleAlarm(region, up))
	for _, line := range slices.Concat(t.unknownTasks(region, place, up), t.usage(region, up)) {
		if line.Quantity == nil {
			result.NotIncluded = append(result.NotIncluded, line)
		} else {
			result.Lines = append(result.Lines, line)
		}
	}
	result.Total = Sum(result.Lines)
	if scales(region) || up.mayWakeLonger() {
		region.Service.Autoscaling.Min = region.Service.TaskRange().Max
		up.woken = up.wakeLimit
		result.Maximum = new(t.region(region, place, up).Total)
	}
	return result
}

// scales reports whether the number of tasks is a range.
func scales(region config.Region) bool {
	tasks := region.Service.TaskRange()
	return tasks.Min < tasks.Max
}

func (t *Table) tasks(region config.Region, place placer, up uptime) []Line {
	tasks, onSpot := region.Service.TaskRange().Min, place(region).onSpot
	machine := Machine{ARM: place(region).arm}
	var lines []Line
	if onSpot == 0 || onSpot < tasks {
		lines = t.fargate(region, machine, tasks-onSpot, up)
	}
	if onSpot > 0 {
		machine.Spot = true
		lines = append(lines, t.fargate(region, machine, onSpot, up)...)
	}
	lines = append(lines, t.storage(region, tasks, up)...)
	if !region.Network.PublicTasks() {
		return lines
	}
	return append(lines, newLine(IPv4, "Public IPv4, tasks", "address-hours", region.Name, times(up.taskHours(), int64(tasks), 1), t.lookup(IPv4, region.Name)))
}

// fargate returns the lines of a number of tasks on a machine.
func (t *Table) fargate(region config.Region, machine Machine, tasks int, up uptime) []Line {
	taskHours := times(up.taskHours(), int64(tasks), 1)
	cpu, cpuPrice := t.fargatePrice(machine, X86VCPU, ARMVCPU, region.Name)
	memory, memoryPrice := t.fargatePrice(machine, X86Memory, ARMMemory, region.Name)
	return []Line{
		newLine(cpu, "Fargate vCPU, "+machine.String(), "vCPU-hours", region.Name, times(taskHours, int64(region.Container.CPU), 1024), cpuPrice),
		newLine(memory, "Fargate memory, "+machine.String(), "GB-hours", region.Name, times(taskHours, int64(region.Container.Memory), 1024), memoryPrice),
	}
}

// freeStorage is the ephemeral storage of a task in GiB that AWS does not bill.
//
// Source: https://aws.amazon.com/fargate/pricing/
const freeStorage = 20

// storage returns the line of the ephemeral storage of tasks, none if it is free. It costs the same on any machine.
func (t *Table) storage(region config.Region, tasks int, up uptime) []Line {
	billed := region.Container.EphemeralStorage - freeStorage
	if billed <= 0 {
		return nil
	}
	quantity := times(up.taskHours(), int64(tasks)*int64(billed), 1)
	return []Line{newLine(TaskStorage, "Fargate storage", "GB-hours", region.Name, quantity, t.lookup(TaskStorage, region.Name))}
}

func (t *Table) loadBalancer(region config.Region, up uptime) []Line {
	if !region.LoadBalancer.Enabled {
		return nil
	}
	loadBalancerHours := up.loadBalancer.perMonth()
	lines := []Line{newLine(LoadBalancer, "Load balancer", "hours", region.Name, loadBalancerHours, t.lookup(LoadBalancer, region.Name))}
	if region.LoadBalancer.Internal {
		return lines
	}
	// A load balancer has a public address in each of its zones.
	addressHours := times(loadBalancerHours, int64(region.LoadBalancerSubnets()), 1)
	return append(lines, newLine(IPv4, "Public IPv4, load balancer", "address-hours", region.Name, addressHours, t.lookup(IPv4, region.Name)))
}

// egress returns the lines of what private tasks need to reach AWS and the internet.
func (t *Table) egress(region config.Region, up uptime) []Line {
	interfaces := len(region.InterfaceEndpoints()) * len(region.PrivateSubnets)
	return append(t.natGateways(region.Name, len(region.NATZones()), up.egress), t.interfaceEndpoints(region.Name, interfaces, up.egress)...)
}

// natGateways returns the lines of a number of NAT gateways, each with a public address.
func (t *Table) natGateways(region string, count int, each hours) []Line {
	if count == 0 {
		return nil
	}
	hours := times(each.perMonth(), int64(count), 1)
	return []Line{
		newLine(NAT, "NAT gateways", "hours", region, hours, t.lookup(NAT, region)),
		newLine(IPv4, "Public IPv4, NAT gateways", "address-hours", region, hours, t.lookup(IPv4, region)),
	}
}

// interfaceEndpoints returns the line of a number of interface endpoints, counted in each zone that they are in.
func (t *Table) interfaceEndpoints(region string, count int, each hours) []Line {
	if count == 0 {
		return nil
	}
	return []Line{newLine(Endpoint, "Interface endpoints", "hours", region, times(each.perMonth(), int64(count), 1), t.lookup(Endpoint, region))}
}

// webACLRules is the number of rules of a web ACL: two managed rule groups, each of which AWS bills as one rule,
// and the rate limit.
//
// Source: https://aws.amazon.com/waf/pricing/
const webACLRules = 3

// fixed returns the lines that cost the same whether the region is awake or asleep.
func (t *Table) fixed(region config.Region) []Line {
	var lines []Line
	if len(region.Container.SecretKeys()) > 0 {
		lines = append(lines, newLine(Secret, "Secret", "secrets", region.Name, big.NewRat(1, 1), t.lookup(Secret, region.Name)))
	}
	if region.Discovery.Enabled {
		lines = append(lines, newLine(Zone, "Private zone", "zones", region.Name, big.NewRat(1, 1), t.lookup(Zone, region.Name)))
	}
	if region.Dashboard {
		lines = append(lines, newLine(Dashboard, "Dashboard", "dashboards", region.Name, big.NewRat(1, 1), t.lookup(Dashboard, region.Name)))
	}
	// The web ACL stays while the load balancer is destroyed, and AWS bills it whether it is associated or not.
	if region.WAF.Enabled {
		lines = append(lines,
			newLine(WebACL, "Web ACL", "web ACLs", region.Name, big.NewRat(1, 1), t.lookup(WebACL, region.Name)),
			newLine(WebACLRules, "Web ACL rules", "rules", region.Name, big.NewRat(webACLRules, 1), t.lookup(WebACLRules, region.Name)))
	}
	return lines
}

// answer returns the line of the health check that a sleeping region has. AWS bills it by the hour, and the first 50 of an
// account are free.
//
// Source: https://aws.amazon.com/route53/pricing/
func (t *Table) answer(region config.Region, up uptime) []Line {
	if !answers(region, up) {
		return nil
	}
	asleep := big.NewRat(int64(allWeek-up.loadBalancer), int64(allWeek))
	return []Line{newLine(HealthCheck, "Health check while asleep", "health checks", region.Name, asleep, t.lookup(HealthCheck, region.Name))}
}

// answers reports whether something answers while the load balancer does not exist.
func answers(region config.Region, up uptime) bool {
	return region.Answers() && up.loadBalancer < allWeek
}

// usage returns the lines that depend on client traffic. Monthly usage is the same however long the region is
// awake, except for capacity units, which are used only while a load balancer exists.
func (t *Table) usage(region config.Region, up uptime) []Line {
	usage := region.Usage
	// used is zero in a region that is never awake.
	used := func(amount config.Amount, per int64) *big.Rat {
		if number := given(amount); number == nil || up.taskHours().Sign() > 0 {
			return scaled(number, 1, per)
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
			units.Mul(units, up.loadBalancer.perMonth())
		}
		add(LCU, "Load balancer capacity", "LCU-hours", units)
	}
	add(Logs, "Log ingestion", "GB", used(usage.LogGB, 1))
	if region.Network.FlowLogs.Enabled {
		add(FlowLogs, "Flow log ingestion", "GB", used(usage.FlowLogGB, 1))
	}
	if len(region.OwnVolumes()) > 0 {
		// Files are stored while the region is asleep too.
		add(EFSStorage, "EFS storage", "GB-months", given(usage.EFSGB))
	}
	if region.Logs.AccessEnabled() {
		add(AccessLogs, "Access log storage", "GB-months", used(usage.AccessLogGB, 1))
	}
	if region.Logs.InsightsEnabled() {
		add(Insights, "Container Insights", "metrics", used(usage.InsightsMetrics, 1))
	}
	add(Egress, "Data transfer to the internet", "GB", used(usage.EgressGB, 1))
	if len(region.NATZones()) > 0 {
		add(NATData, "Data through NAT gateways", "GB", used(usage.NATGB, 1))
	}
	if len(region.InterfaceEndpoints()) > 0 {
		// Logs are nearly all of it. Layers of images take the gateway endpoint, which is free.
		add(EndpointData, "Data through interface endpoints", "GB", used(usage.LogGB, 1))
	}
	if region.Discovery.Enabled {
		add(DNSQueries, "Private zone queries", "million", used(usage.DNSQueries, 1))
	}
	if region.WAF.Enabled {
		add(WebACLRequests, "Web ACL requests", "million", used(usage.WAFRequests, 1))
	}
	if answers(region, up) {
		add(AnswerRequests, "Requests while asleep", "million", given(usage.AnswerRequests))
	}
	if up.standby {
		requests := given(usage.AnswerRequests)
		add(LambdaRequests, "Requests while asleep", "million", requests)
		add(LambdaTime, "Function while asleep", "GB-seconds", scaled(requests, gbSecondsPerMillion, 1))
	}
	if len(region.Container.SecretKeys()) > 0 {
		add(SecretReads, "Secret reads", "10,000", used(usage.SecretReads, 10000))
	}
	return lines
}

// given returns the amount set in the fleet file, nil if none is set.
func given(amount config.Amount) *big.Rat {
	if !amount.IsSet() {
		return nil
	}
	number, _ := new(big.Rat).SetString(amount.String()) // config validates it
	return number
}

// scaled is times, and nil if the number is.
func scaled(number *big.Rat, by, per int64) *big.Rat {
	if number == nil {
		return nil
	}
	return times(number, by, per)
}

func times(number *big.Rat, by, per int64) *big.Rat {
	return new(big.Rat).Mul(number, big.NewRat(by, per))
}

func summary(region config.Region, up uptime) string {
	return fmt.Sprintf("%s, %s%s", region.Tasks(), up.tasks, up.onRequest())
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
