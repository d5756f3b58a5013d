package cost

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// Advice is one way to make a fleet cheaper.
type Advice struct {
	Title string
	// Saving is the monthly saving compared with the plan, nil if it is not known. Each saving stands alone;
	// they do not add up.
	Saving *decimal.Decimal
	// Estimate marks a saving that varies from day to day.
	Estimate bool
	// AtLeast marks a saving that is a lower bound because a price is missing.
	AtLeast bool
	Risk    string
	// How is what to change.
	How string
}

// Recommend returns ways to make a fleet cheaper, sorted by saving.
func (t *Table) Recommend(fleet *config.Fleet) []Advice {
	plan := t.Estimate(fleet)
	all := slices.Concat(t.adviseWeekend(fleet, plan), t.adviseMemory(fleet, plan), t.adviseARM(fleet), t.adviseSpot(fleet), t.adviseNAT(fleet, plan), adviseDropping(fleet, plan), adviseRetention(fleet))
	all = slices.DeleteFunc(all, func(advice Advice) bool { return advice.Saving != nil && !advice.Saving.IsPositive() })
	slices.SortStableFunc(all, func(a, b Advice) int {
		return cmp.Or(trueFirst(a.Saving != nil, b.Saving != nil), b.saving().Cmp(a.saving()))
	})
	return all
}

// trueFirst compares two booleans for sorting true before false.
func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// saving returns the saving, zero if it is not known.
func (a Advice) saving() decimal.Decimal {
	if a.Saving == nil {
		return decimal.Zero
	}
	return *a.Saving
}

// adviseARM advises ARM for the regions on x86.
func (t *Table) adviseARM(fleet *config.Fleet) []Advice {
	onX86 := slices.DeleteFunc(slices.Clone(fleet.Regions), func(region config.Region) bool { return region.Container.ARM() })
	if len(onX86) == 0 {
		return nil
	}
	onARM := func(region config.Region) placement { return placement{true, placementOf(region).onSpot} }
	advice, priced := t.advisePlacement(onX86, onARM, Advice{
		Title: "run on ARM instead of x86", Risk: "the image and all its dependencies must support arm64",
		How: "build the image for linux/arm64, too (docker buildx build --platform linux/amd64,linux/arm64), then ",
	})
	advice.How += setting(fleet, priced, "container: {architecture: arm64}")
	return []Advice{advice}
}

// adviseSpot advises Spot for the regions with tasks on demand.
func (t *Table) adviseSpot(fleet *config.Fleet) []Advice {
	onDemand := slices.DeleteFunc(slices.Clone(fleet.Regions), func(region config.Region) bool { return region.Service.Capacity.Type == config.SpotCapacity })
	if len(onDemand) == 0 {
		return nil
	}
	onSpot := func(region config.Region) placement {
		return Machine{ARM: region.Container.ARM(), Spot: true}.all(region)
	}
	advice, priced := t.advisePlacement(onDemand, onSpot, Advice{
		Title: "use Fargate Spot instead of on-demand capacity", Estimate: true,
		Risk: "AWS stops tasks with two minutes' notice and may have no capacity; sessions in memory are lost",
		How:  "keep sessions outside the tasks (STATELESS), then ",
	})
	advice.How += setting(fleet, priced, "service: {capacity: spot}") + ", and run mcpfleet capacity"
	return []Advice{advice}
}

// setting says where to set something for the named regions of a fleet.
func setting(fleet *config.Fleet, regions []string, setting string) string {
	if len(regions) == len(fleet.Regions) {
		return "under defaults, set " + setting
	}
	var keys []string
	for _, name := range regions {
		keys = append(keys, name+": {"+setting+"}")
	}
	return "under regions, set " + listed(keys, ", ")
}

// advisePlacement sets the advice's saving to that of another placement in the regions where both have a price, and
// returns these.
func (t *Table) advisePlacement(regions []config.Region, other placer, advice Advice) (_ Advice, priced []string) {
	saving, unpriced := decimal.New(0, -2), []string{}
	for _, region := range regions {
		now := t.region(region, placementOf, planned(region)).Total
		then := t.region(region, other, planned(region)).Total
		if len(then.Missing) > len(now.Missing) || (now.LowerBound() && planned(region).tasks > 0) {
			unpriced = append(unpriced, region.Name)
			continue
		}
		priced = append(priced, region.Name)
		saving = saving.Add(now.Monthly.Sub(then.Monthly))
	}
	advice.Saving, advice.AtLeast = &saving, len(unpriced) > 0
	if len(unpriced) > 0 {
		advice.Title += " (no price for " + listed(unpriced, ", ") + ")"
	}
	return advice, priced
}

func (t *Table) adviseWeekend(fleet *config.Fleet, plan Fleet) []Advice {
	var advice []Advice
	alwaysAwake := slices.ContainsFunc(fleet.Regions, func(region config.Region) bool { return !region.Weekend.Enabled })
	if alwaysAwake {
		advice = append(advice, saves(plan, t.In(fleet, WeekendKeep), Advice{
			Title: "enable weekend mode, keeping the load balancers", Risk: "the service is unavailable outside the window",
			How: "under defaults, set weekend: {enabled: true} with your own days and hours",
		}))
	}
	keepsLoadBalancer := slices.ContainsFunc(fleet.Regions, func(region config.Region) bool {
		return (region.LoadBalancer.Enabled || region.CreatesEgress()) && (!region.Weekend.Enabled || !region.Weekend.DestroyALBs)
	})
	if keepsLoadBalancer {
		advice = append(advice, saves(plan, t.In(fleet, WeekendDestroy), Advice{
			Title: "enable weekend mode, destroying the load balancers",
			Risk:  "the service is unavailable outside the window; Terraform must apply at both ends of the window, and without dns the address changes every time",
			How:   "under defaults, set weekend: {enabled: true, destroy_albs: true}, and schedule a pipeline that applies on time",
		}))
	}
	return advice
}

// adviseNAT advises one NAT gateway for the regions that have one in each zone.
func (t *Table) adviseNAT(fleet *config.Fleet, plan Fleet) []Advice {
	single := *fleet
	single.Regions = slices.Clone(fleet.Regions)
	perZone := false
	for i := range single.Regions {
		perZone = perZone || len(single.Regions[i].NATZones()) > 1
		single.Regions[i].Network.NAT = config.NATSingle
	}
	if !perZone {
		return nil
	}
	return []Advice{saves(plan, t.Estimate(&single), Advice{
		Title: "use a single NAT gateway instead of one in each zone",
		Risk:  "an outage of its zone cuts off the tasks in all zones, and AWS bills the data between zones",
		How:   "set network: {nat: single}",
	})}
}

// saves sets the advice's saving to the difference between two estimates.
func saves(plan, then Fleet, advice Advice) Advice {
	advice.Saving = new(plan.Total.Monthly.Sub(then.Total.Monthly))
	advice.AtLeast = plan.Total.LowerBound()
	return advice
}

// adviseMemory advises the next smaller memory size that Fargate allows for the same CPU.
func (t *Table) adviseMemory(fleet *config.Fleet, plan Fleet) []Advice {
	smaller := *fleet
	smaller.Regions = slices.Clone(fleet.Regions)
	var steps, keys []string
	var edit string
	for i := range smaller.Regions {
		container := &smaller.Regions[i].Container
		sizes := config.MemorySizes(container.CPU)
		at := slices.Index(sizes, container.Memory)
		if at < 1 {
			continue
		}
		step := fmt.Sprintf("%d to %d MiB", container.Memory, sizes[at-1])
		if !slices.Contains(steps, step) {
			steps = append(steps, step)
			edit = fmt.Sprintf("set container: {memory: %d} instead of %d", sizes[at-1], container.Memory)
		}
		container.Memory = sizes[at-1]
		keys = append(keys, fmt.Sprintf("%s: {container: {memory: %d}}", smaller.Regions[i].Name, container.Memory))
	}
	if len(steps) == 0 {
		return nil
	}
	how := "under regions, set " + listed(keys, ", ")
	if len(steps) == 1 {
		how = edit
	}
	return []Advice{saves(plan, t.Estimate(&smaller), Advice{
		Title: "reduce memory, " + listed(steps, ", "),
		Risk:  "a task that needs more is killed; check the peak of the service's MemoryUtilization first",
		How:   how,
	})}
}

// adviseDropping advises removing the most expensive region, provided that another one is awake.
func adviseDropping(fleet *config.Fleet, plan Fleet) []Advice {
	awake := 0
	for _, region := range plan.Regions {
		if region.TaskHours.IsPositive() {
			awake++
		}
	}
	candidates := slices.DeleteFunc(slices.Clone(plan.Regions), func(region Region) bool {
		return awake == 0 || (awake == 1 && region.TaskHours.IsPositive())
	})
	if len(candidates) == 0 {
		return nil
	}
	costliest := slices.MaxFunc(candidates, func(a, b Region) int { return a.Total.Monthly.Cmp(b.Total.Monthly) })
	return []Advice{{
		Title: "remove region " + costliest.Region, Saving: &costliest.Total.Monthly, AtLeast: costliest.Total.LowerBound(),
		Risk: "its clients get higher latency, and there is one fewer region to fail over to",
		How:  "destroy the stack " + stackOf(fleet, costliest.Region) + ", then remove " + costliest.Region + " from regions",
	}}
}

func stackOf(fleet *config.Fleet, name string) string {
	at := slices.IndexFunc(fleet.Regions, func(region config.Region) bool { return region.Name == name })
	return fleet.Regions[at].Names.Stack()
}

// maxRetention is the longest log retention, in days, that needs no advice.
const maxRetention = 30

func adviseRetention(fleet *config.Fleet) []Advice {
	var long []string
	for _, region := range fleet.Regions {
		if days := region.Logs.RetentionDays; days == 0 || days > maxRetention {
			long = append(long, region.Name)
		}
	}
	if len(long) == 0 {
		return nil
	}
	return []Advice{{
		Title: "keep logs for 30 days or less in " + listed(long, ", "),
		Risk:  "older log events are deleted", How: "set logs: {retention_days: 30}; AWS bills log storage per GB, which the price table does not cover",
	}}
}
