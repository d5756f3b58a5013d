package config

import (
	"testing"
	"time"
)

func TestWhatIsWantedFollowsTheMode(t *testing.T) {
	awake, asleep, gone := Wanted{true, true}, Wanted{false, true}, Wanted{false, false}
	// A Saturday from 06:00 to 22:00, with a lead of a quarter of an hour, and its night.
	at := []string{"2026-11-28T05:30:00Z", "2026-11-28T05:45:00Z", "2026-11-28T06:00:00Z", "2026-11-28T22:00:00Z", "2026-11-29T22:00:00Z"}
	for weekend, want := range map[string][]Wanted{
		"{enabled: false}":                                       {awake, awake, awake, awake, awake},
		"{enabled: false, destroy_albs: true}":                   {awake, awake, awake, awake, awake},
		"{enabled: true}":                                        {asleep, asleep, awake, asleep, asleep},
		"{enabled: true, active: false}":                         {asleep, asleep, asleep, asleep, asleep},
		"{enabled: true, destroy_albs: true}":                    {gone, awake, awake, asleep, gone},
		"{enabled: true, destroy_albs: true, active: false}":     {gone, gone, gone, gone, gone},
		"{enabled: true, destroy_albs: true, lead_minutes: 600}": {awake, awake, awake, awake, gone},
	} {
		fleet, _, err := Parse("regions.yaml", []byte(`{project: p, environment: dev, defaults: {container: {image: "i:1"}},
regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}, weekend: `+weekend+`}, eu-west-2: {network: {cidr: 10.1.0.0/16}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range at {
			now, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			if got := fleet.Regions[0].WantedAt(now); got != want[i] {
				t.Errorf("%s at %s: got %+v, want %+v", weekend, text, got, want[i])
			}
		}
	}
}
