package plan

import (
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/cdtait/mcpfleet/config"
)

// region returns a region of a fleet file with the given weekend settings.
func region(t *testing.T, weekend string) config.Region {
	t.Helper()
	fleet, _, err := config.Parse("regions.yaml", []byte(`{project: p, environment: dev, defaults: {container: {image: "i:1"}, weekend: `+weekend+`},
regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}, eu-west-2: {network: {cidr: 10.1.0.0/16}, weekend: {active: true}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return fleet.Regions[0]
}

func TestPlanIsOutdatedWhenWindowOpensOrCloses(t *testing.T) {
	const (
		off     = "{enabled: false}"
		keep    = "{enabled: true}"
		destroy = "{enabled: true, destroy_albs: true}"
		never   = "{enabled: true, active: false}"
		bare    = destroy + ", load_balancer: {enabled: false}"
	)
	for name, test := range map[string]struct {
		weekend, state   string
		planned, applied string
		want             string
	}{
		"opened since": {keep, "auto", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z",
			"the plan was created 13 h 30 min ago, when the region was to be asleep; it is to be awake now, so it was planned again"},
		"closed since": {keep, "auto", "2026-11-28T21:59:59Z", "2026-11-28T22:00:00Z",
			"the plan was created 1 min ago, when the region was to be awake; it is to be asleep now, so it was planned again"},
		"opened and closed since":         {keep, "auto", "2026-11-27T20:00:00Z", "2026-11-30T08:00:00Z", ""},
		"the same day":                    {keep, "auto", "2026-11-28T07:00:00Z", "2026-11-28T20:00:00Z", ""},
		"lead, load balancer kept":        {keep, "auto", "2026-11-28T05:40:00Z", "2026-11-28T05:50:00Z", ""},
		"lead, load balancer destroyed":   {destroy, "auto", "2026-11-28T05:40:00Z", "2026-11-28T05:50:00Z", "it is to be awake now"},
		"night between two days":          {destroy, "auto", "2026-11-28T23:00:00Z", "2026-11-29T04:00:00Z", ""},
		"closed, load balancer destroyed": {destroy, "auto", "2026-11-28T23:00:00Z", "2026-11-30T04:00:00Z", "asleep without its load balancer now"},
		"closed, no load balancer":        {bare, "auto", "2026-11-28T12:00:00Z", "2026-11-30T04:00:00Z", "it is to be asleep now"},
		"weekend_state up":                {keep, "up", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z", ""},
		"weekend_state down":              {destroy, "down", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z", ""},
		"always on":                       {off, "auto", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z", ""},
		"never awake":                     {never, "auto", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z", ""},
		"never awake, no timestamp":       {never, "auto", "", "2026-11-28T09:30:00Z", "plan.tfplan has no valid timestamp"},
	} {
		t.Run(name, func(t *testing.T) {
			planned := &tfjson.Plan{Timestamp: test.planned, Variables: map[string]*tfjson.PlanVariable{"weekend_state": {Value: test.state}}}
			now, err := time.Parse(time.RFC3339, test.applied)
			if err != nil {
				t.Fatal(err)
			}
			got, err := outdated(region(t, test.weekend), planned, now)
			if err != nil {
				got = err.Error()
			}
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}
