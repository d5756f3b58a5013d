package cost

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// Advice is one thing that would make a fleet cheaper.
type Advice struct {
	Title string
	// Available says that the fleet file can have it. What else there is has no key in it yet.
	Available bool
	// Saving is in a month, against the plan and by itself: two pieces of advice do not add up. It is
	// nil where nobody knows it.
	Saving *decimal.Decimal
	// Estimate marks a saving that varies from day to day.
	Estimate bool
	// AtLeast marks a saving in which a price is missing.
	AtLeast bool
	Risk    string
	// How says what to write.
	How string
}

// Recommend is what would make a fleet cheaper: first what the fleet file can say, then what it has no key
// for; of each what saves most first.
func (t *Table) Recommend(fleet *config.Fleet) []Advice {
	plan := t.Estimate(fleet)
	all := slices.Concat(t.adviseWeekend(fleet, plan), t.adviseMemory(fleet, plan), adviseDropping(fleet, plan), adviseRetention(fleet))
	for i := range all {
		all[i].Available = true
	}
	all = slices.Concat(all, t.adviseMachines(fleet))
	all = slices.DeleteFunc(all, func(advice Advice) bool { return advice.Saving != nil && !advice.Saving.IsPositive() })
	slices.SortStableFunc(all, func(a, b Advice) int {
		return cmp.Or(cmp.Compare(first(a.Available), first(b.Available)), cmp.Compare(first(a.Saving != nil), first(b.Saving != nil)), b.saving().Cmp(a.saving()))
	})
	return all
}

// first sorts what holds before what does not.
func first(holds bool) int {
	if holds {
		return 0
	}
	return 1
}

// saving is nothing where nobody knows it.
func (a Advice) saving() decimal.Decimal {
	if a.Saving == nil {
		return decimal.Zero
	}
	return *a.Saving
}

// adviseMachines looks at the regions where both machines have a price.
func (t *Table) adviseMachines(fleet *config.Fleet) []Advice {
	advice := []Advice{
		{
			Title: "ARM instead of x86", Risk: "the image has to be built for arm64, and everything in it",
			How: "build the image for linux/arm64 too (docker buildx build --platform linux/amd64,linux/arm64)",
		},
		{
			Title: "Fargate Spot instead of on demand", Estimate: true,
			Risk: "AWS stops tasks with two minutes' notice and may have none to give; sessions in memory are lost",
			How:  "keep sessions outside of the tasks (STATELESS)",
		},
	}
	for i, machine := range []Machine{{ARM: true}, {Spot: true}} {
		saving, without := decimal.New(0, -2), []string{}
		for _, region := range fleet.Regions {
			now := t.region(region, Machine{}, planned(region)).Total
			then := t.region(region, machine, planned(region)).Total
			if len(then.Missing) > len(now.Missing) || (now.LowerBound() && planned(region).tasks > 0) {
				without = append(without, region.Name)
				continue
			}
			saving = saving.Add(now.Monthly.Sub(then.Monthly))
		}
		advice[i].Saving, advice[i].AtLeast = &saving, len(without) > 0
		if len(without) > 0 {
			advice[i].Title += " (not in " + listed(without, ", ") + ": no price is known)"
		}
	}
	return advice
}

func (t *Table) adviseWeekend(fleet *config.Fleet, plan Fleet) []Advice {
	var advice []Advice
	off := slices.ContainsFunc(fleet.Regions, func(region config.Region) bool { return !region.Weekend.Enabled })
	if off {
		advice = append(advice, saves(plan, t.In(fleet, WeekendKeep), Advice{
			Title: "weekend mode, keeping the load balancers", Risk: "nobody is served outside the window",
			How: "weekend: {enabled: true} under defaults, with your own days and hours",
		}))
	}
	staying := slices.ContainsFunc(fleet.Regions, func(region config.Region) bool {
		return region.LoadBalancer.Enabled && (!region.Weekend.Enabled || !region.Weekend.DestroyALBs)
	})
	if staying {
		advice = append(advice, saves(plan, t.In(fleet, WeekendDestroy), Advice{
			Title: "weekend mode, destroying the load balancers",
			Risk:  "nobody is served outside the window; a Terraform apply has to run at both edges, and an address without dns changes every time",
			How:   "weekend: {enabled: true, destroy_albs: true} under defaults, and a pipeline that applies on time",
		}))
	}
	return advice
}

func saves(plan, then Fleet, advice Advice) Advice {
	advice.Saving = new(plan.Total.Monthly.Sub(then.Total.Monthly))
	advice.AtLeast = plan.Total.LowerBound()
	return advice
}

// adviseMemory takes the next smaller size that Fargate has for the same CPU.
func (t *Table) adviseMemory(fleet *config.Fleet, plan Fleet) []Advice {
	smaller := *fleet
	smaller.Regions = slices.Clone(fleet.Regions)
	var steps, keys []string
	var single string
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
			single = fmt.Sprintf("container: {memory: %d} instead of %d", sizes[at-1], container.Memory)
		}
		container.Memory = sizes[at-1]
		keys = append(keys, fmt.Sprintf("%s: {container: {memory: %d}}", smaller.Regions[i].Name, container.Memory))
	}
	if len(steps) == 0 {
		return nil
	}
	how := "under regions, " + listed(keys, ", ")
	if len(steps) == 1 {
		how = single
	}
	return []Advice{saves(plan, t.Estimate(&smaller), Advice{
		Title: "the next smaller memory, " + listed(steps, ", "),
		Risk:  "a task that needs more is killed; look at the peak of the service's MemoryUtilization first",
		How:   how,
	})}
}

// adviseDropping takes the dearest region that leaves another awake.
func adviseDropping(fleet *config.Fleet, plan Fleet) []Advice {
	awake := 0
	for _, region := range plan.Regions {
		if region.TaskHours.IsPositive() {
			awake++
		}
	}
	rest := slices.DeleteFunc(slices.Clone(plan.Regions), func(region Region) bool {
		return awake == 0 || (awake == 1 && region.TaskHours.IsPositive())
	})
	if len(rest) == 0 {
		return nil
	}
	dearest := slices.MaxFunc(rest, func(a, b Region) int { return a.Total.Monthly.Cmp(b.Total.Monthly) })
	return []Advice{{
		Title: "dropping the region " + dearest.Region, Saving: &dearest.Total.Monthly, AtLeast: dearest.Total.LowerBound(),
		Risk: "its clients are served from farther away, and one region fewer is left when another fails",
		How:  "destroy the stack " + stackOf(fleet, dearest.Region) + " first, then take " + dearest.Region + " out of regions",
	}}
}

func stackOf(fleet *config.Fleet, name string) string {
	at := slices.IndexFunc(fleet.Regions, func(region config.Region) bool { return region.Name == name })
	return fleet.Regions[at].Names.Stack()
}

// longRetention is when old logs begin to weigh more than new ones are worth.
const longRetention = 30

func adviseRetention(fleet *config.Fleet) []Advice {
	var long []string
	for _, region := range fleet.Regions {
		if days := region.Logs.RetentionDays; days == 0 || days > longRetention {
			long = append(long, region.Name)
		}
	}
	if len(long) == 0 {
		return nil
	}
	return []Advice{{
		Title: "keeping logs for 30 days or less in " + listed(long, ", "),
		Risk:  "older events are gone", How: "logs: {retention_days: 30}; AWS bills stored logs by the GB, for which the price table has no figure",
	}}
}
