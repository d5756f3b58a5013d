package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/crontest"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// simulatedFleets are fleets with all that windows can be: leads, skipped and extra dates, windows across midnight and of
// whole days, clock changes by an hour and by half an hour, autoscaling, and regions that keep their load balancer, are
// not active, or not in weekend mode. The regions of the first all sleep at once.
var simulatedFleets = []string{`
project: asleep
environment: dev
defaults:
  container: {image: "registry.example/simulated:1", environment: {STATELESS: "true"}}
  dns: {enabled: true, zone: example.com, name: simulated}
  weekend: {enabled: true, destroy_albs: true, timezone: Europe/London, skip: [2026-03-29, 2026-12-26], extra: [2026-12-24, 2027-12-28]}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}}
  eu-west-2: {network: {cidr: 10.1.0.0/16}, weekend: {days: [sat]}}
  us-east-1: {network: {cidr: 10.2.0.0/16}, weekend: {active: false}}
`, `
project: mixed
environment: dev
defaults:
  container: {image: "registry.example/simulated:1", environment: {STATELESS: "true"}}
  dns: {enabled: true, zone: example.com, name: simulated}
  weekend: {enabled: true, destroy_albs: true, timezone: Europe/London}
regions:
  eu-west-2: {network: {cidr: 10.0.0.0/16}, weekend: {start_hour: 1, end_hour: 2, lead_minutes: 45}}
  us-east-1: {network: {cidr: 10.1.0.0/16}, weekend: {timezone: America/New_York, start_hour: 22, end_hour: 2, lead_minutes: 20, skip: [2026-10-31], extra: [2026-03-09]}}
  us-west-2: {network: {cidr: 10.2.0.0/16}, weekend: {timezone: America/Los_Angeles, days: [mon, tue, wed, thu, fri], start_hour: 8, end_hour: 18}, service: {autoscaling: {enabled: true, min: 3, max: 7}}}
  ap-southeast-2: {network: {cidr: 10.3.0.0/16}, weekend: {timezone: Australia/Lord_Howe, days: [sun], start_hour: 2, end_hour: 3, lead_minutes: 0}}
  ap-southeast-1: {network: {cidr: 10.4.0.0/16}, weekend: {timezone: Pacific/Chatham, start_hour: 0, end_hour: 24, lead_minutes: 60, skip: [2026-09-27]}}
  eu-west-3: {network: {cidr: 10.5.0.0/16}, weekend: {timezone: Europe/Paris, destroy_albs: false, start_hour: 3, end_hour: 2}}
  eu-central-1: {network: {cidr: 10.6.0.0/16}, weekend: {enabled: false}}
`}

// scenarios are the ways to run the fleet, each with and without the answer of sleeping regions.
func scenarios() (all []scenario) {
	for _, s := range []scenario{
		{name: "pipeline in UTC", queues: true},
		{name: "pipeline in the windows' zones", queues: true, ownZones: true},
		{name: "crontab"},
		{name: "nothing goes wrong", queues: true, calm: true},
	} {
		for seed := range uint64(simulatedSeeds) {
			s.seed = seed
			all = append(all, s)
			answering := s
			answering.answer = true
			all = append(all, answering)
		}
	}
	return all
}

// simulation is the fleet, and when its runs are due.
type simulation struct {
	blueprints []*blueprint
	// utc are the due times in UTC, zones those in each time zone by the regions of the zone.
	utc   []minute
	zones map[string][]minute
}

func newSimulation(t *testing.T, fleetFile string) *simulation {
	t.Helper()
	s := &simulation{zones: map[string][]minute{}}
	policies := slices.Sorted(maps.Keys(crontest.Policies))
	var regions []config.Region
	byZone := map[string][]config.Region{}
	answering := map[string]*tfjson.Stack{}
	eachRegionOf(t, strings.Replace(fleetFile, "destroy_albs: true", "destroy_albs: true, answer: true", 1), func(region config.Region, stack *tfjson.Stack) {
		answering[region.Name] = stack
	})
	eachRegionOf(t, fleetFile, func(region config.Region, stack *tfjson.Stack) {
		policy := crontest.Policies[policies[len(s.blueprints)%len(policies)]]
		s.blueprints = append(s.blueprints, newBlueprint(t, region, stack, answering[region.Name], policy))
		if region.NeedsApplies() {
			regions = append(regions, region)
			byZone[region.Weekend.Timezone] = append(byZone[region.Weekend.Timezone], region)
		}
	})
	s.utc = dueTimes(regions, time.UTC)
	for zone, regions := range byZone {
		s.zones[zone] = dueTimes(regions, regions[0].Schedule.Zone())
	}
	return s
}

// start returns a world in which all runs are due.
func (s *simulation) start(t *testing.T, way scenario, from, to minute) *simulatedWorld {
	t.Helper()
	w := newWorld(t, way, s.blueprints, from)
	var all []*simulatedRegion
	byZone := map[string][]*simulatedRegion{}
	for _, region := range w.regions {
		if region.NeedsApplies() {
			all = append(all, region)
			byZone[region.Weekend.Timezone] = append(byZone[region.Weekend.Timezone], region)
		}
	}
	if way.ownZones {
		for _, zone := range slices.Sorted(maps.Keys(byZone)) {
			w.scheduleRuns(byZone[zone], s.zones[zone])
		}
	} else {
		w.scheduleRuns(all, s.utc)
	}
	w.scheduleChances(to)
	return w
}

// TestSimulation runs fleets through windows, leads, clock changes, overrides, and runs that are skipped, late, doubled,
// failed or killed, and checks every minute.
func TestSimulation(t *testing.T) {
	total := newReport(scenario{})
	var mutex sync.Mutex
	t.Run("scenarios", func(t *testing.T) {
		for i, fleetFile := range simulatedFleets {
			s := newSimulation(t, fleetFile)
			for _, way := range scenarios() {
				t.Run(fmt.Sprintf("fleet %d, %s", i, way), func(t *testing.T) {
					t.Parallel()
					for _, span := range simulatedSpans() {
						w := s.start(t, way, span[0], span[1])
						w.run(span[1])
						if violations := w.report.violations; len(violations) > 0 {
							t.Errorf("%s\n%s", way, strings.Join(violations, "\n"))
						}
						mutex.Lock()
						total.merge(w.report)
						mutex.Unlock()
					}
				})
			}
		}
	})
	t.Logf("\n%s", total)
}

// TestSimulationReports checks that the simulation reports what is wrong with a fleet.
func TestSimulationReports(t *testing.T) {
	sound := newSimulation(t, simulatedFleets[0])
	const weeks = 3 * 7 * 24 * 60
	from := minuteOf(time.Date(2026, time.January, 14, 0, 0, 0, 0, time.UTC))
	eachPlanner := func(s *simulation, change func(*planner)) {
		for _, each := range s.blueprints {
			change(each.answering)
		}
	}
	tests := map[string]struct {
		breaks func(*simulation)
		want   []check
	}{
		"nothing": {func(*simulation) {}, nil},
		"an action starts tasks without a load balancer": {func(s *simulation) {
			s.utc = nil
			s.blueprints[0].firings = map[minute][]firing{from + 60: {{bounds: config.TaskRange{Min: 2, Max: 2}}}}
		}, []check{unreachable, idleTasks, wokenAhead}},
		"the runs are due when the window opens": {func(s *simulation) {
			for i := range s.utc {
				s.utc[i] += 15
			}
		}, []check{idleBalancer, wokenAhead}},
		"no run is due when the window closes": {func(s *simulation) {
			s.utc = slices.DeleteFunc(s.utc, func(due minute) bool { return due.time().Hour() == 22 })
		}, []check{idleBalancer}},
		"the service does not wait for the listener": {func(s *simulation) {
			eachPlanner(s, func(p *planner) {
				for _, address := range []string{"aws_ecs_service.main", "aws_appautoscaling_target.main"} {
					p.after[partIndex(address)] = make([]bool, len(parts))
				}
			})
		}, []check{unreachable}},
		"the load balancer is destroyed before the record changes": {func(s *simulation) {
			eachPlanner(s, func(p *planner) { p.replaced = make([]bool, len(parts)) })
		}, []check{deadName}},
		"the record does not wait for the listener": {func(s *simulation) {
			eachPlanner(s, func(p *planner) {
				p.after[partIndex("aws_route53_record.main")][partIndex("aws_lb_listener.main")] = false
			})
		}, []check{deadName}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sound.clone()
			test.breaks(s)
			found := map[check]bool{}
			for seed := range uint64(8) { // Terraform chooses the order of what does not depend on each other
				w := s.start(t, scenario{name: "broken", answer: true, queues: true, calm: true, seed: seed}, from, from+weeks)
				w.run(from + weeks)
				for c, count := range w.report.countsOfViolations {
					found[check(c)] = found[check(c)] || count > 0
				}
			}
			maps.DeleteFunc(found, func(_ check, violated bool) bool { return !violated })
			if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, test.want) {
				t.Errorf("it reports %v, want %v", got, test.want)
			}
		})
	}
}

// clone returns a simulation that can be broken.
func (s *simulation) clone() *simulation {
	c := &simulation{utc: slices.Clone(s.utc)}
	for _, each := range s.blueprints {
		b, p := *each, each.answering
		b.answering = &planner{stack: p.stack, decider: p.decider, replaced: p.replaced}
		for _, row := range p.after {
			b.answering.after = append(b.answering.after, slices.Clone(row))
		}
		c.blueprints = append(c.blueprints, &b)
	}
	return c
}
