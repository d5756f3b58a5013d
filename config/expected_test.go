package config

import (
	"testing"
	"time"
)

func TestExpectedAtFollowsMode(t *testing.T) {
	awake, asleep, destroyed := Expected{Awake: true, Tasks: TaskRange{2, 2}, LoadBalancer: true}, Expected{LoadBalancer: true}, Expected{}
	lead := awake
	lead.Lead = true
	// A window on Saturday and Sunday from 06:00 to 22:00 with a lead of 15 minutes, and the night between.
	at := []string{"2026-11-28T05:30:00Z", "2026-11-28T05:45:00Z", "2026-11-28T06:00:00Z", "2026-11-28T22:00:00Z", "2026-11-29T22:00:00Z"}
	for weekend, want := range map[string][]Expected{
		"{enabled: false}":                                       {awake, awake, awake, awake, awake},
		"{enabled: false, destroy_albs: true}":                   {awake, awake, awake, awake, awake},
		"{enabled: true}":                                        {asleep, asleep, awake, asleep, asleep},
		"{enabled: true, active: false}":                         {asleep, asleep, asleep, asleep, asleep},
		"{enabled: true, destroy_albs: true}":                    {destroyed, lead, awake, asleep, destroyed},
		"{enabled: true, destroy_albs: true, active: false}":     {destroyed, destroyed, destroyed, destroyed, destroyed},
		"{enabled: true, destroy_albs: true, lead_minutes: 600}": {lead, lead, awake, lead, destroyed},
	} {
		region := regionWithWeekend(t, weekend)
		for i, text := range at {
			if got := region.ExpectedAt(parseTime(t, text), OverrideAuto); got != want[i] {
				t.Errorf("%s at %s: got %+v, want %+v", weekend, text, got, want[i])
			}
		}
	}
}

func TestExpectedAtWithOverride(t *testing.T) {
	awake, asleep, destroyed := Expected{Awake: true, Tasks: TaskRange{2, 2}, LoadBalancer: true}, Expected{LoadBalancer: true}, Expected{}
	for weekend, down := range map[string]Expected{
		"{enabled: false}":                                   asleep,
		"{enabled: false, destroy_albs: true}":               destroyed,
		"{enabled: true}":                                    asleep,
		"{enabled: true, destroy_albs: true}":                destroyed,
		"{enabled: true, destroy_albs: true, active: false}": destroyed,
	} {
		region := regionWithWeekend(t, weekend)
		for _, text := range []string{"2026-11-24T12:00:00Z", "2026-11-28T05:50:00Z", "2026-11-28T12:00:00Z"} {
			if got := region.ExpectedAt(parseTime(t, text), OverrideUp); got != awake {
				t.Errorf("%s, up at %s: got %+v", weekend, text, got)
			}
			if got := region.ExpectedAt(parseTime(t, text), OverrideDown); got != down {
				t.Errorf("%s, down at %s: got %+v, want %+v", weekend, text, got, down)
			}
		}
	}
}

// TestEgressComesAndGoesWithTheLoadBalancer also without a load balancer.
func TestEgressComesAndGoesWithTheLoadBalancer(t *testing.T) {
	for _, weekend := range []string{"{enabled: false}", "{enabled: true}", "{enabled: true, destroy_albs: true}", "{enabled: true, destroy_albs: true, active: false}"} {
		public := regionWithWeekend(t, weekend)
		private, alone := public, public
		private.Network.Mode = NetworkPrivate
		alone.Network.Mode, alone.LoadBalancer.Enabled = NetworkEndpoints, false
		for _, text := range []string{"2026-11-28T05:30:00Z", "2026-11-28T05:45:00Z", "2026-11-28T12:00:00Z", "2026-11-28T23:00:00Z", "2026-11-29T22:00:00Z"} {
			for _, override := range []Override{OverrideAuto, OverrideUp, OverrideDown} {
				at := parseTime(t, text)
				want := public.ExpectedAt(at, override).LoadBalancer
				if got := private.ExpectedAt(at, override); got.Egress != want || got.LoadBalancer != want {
					t.Errorf("%s at %s, %s: got %+v", weekend, text, override, got)
				}
				if got := alone.ExpectedAt(at, override); got.Egress != want || got.LoadBalancer {
					t.Errorf("%s without a load balancer at %s, %s: got %+v", weekend, text, override, got)
				}
				if public.ExpectedAt(at, override).Egress {
					t.Errorf("%s at %s, %s: egress of public tasks", weekend, text, override)
				}
			}
		}
		if alone.EgressWeek() != public.LoadBalancerWeek() || public.EgressWeek().Hours() != 0 {
			t.Errorf("%s: %d hours of egress, %d of the load balancer", weekend, alone.EgressWeek().Hours(), public.LoadBalancerWeek().Hours())
		}
	}
}

func regionWithWeekend(t *testing.T, weekend string) Region {
	t.Helper()
	fleet, _, err := Parse("regions.yaml", []byte(`{project: p, environment: dev, defaults: {container: {image: "i:1"}},
regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}, weekend: `+weekend+`}, eu-west-2: {network: {cidr: 10.1.0.0/16}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return fleet.Regions[0]
}

func parseTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
