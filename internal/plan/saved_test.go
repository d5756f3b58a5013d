package plan

import (
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/cdtait/mcpfleet/config"
)

// region is one of a fleet with a window, which is a file's way to say it.
func region(t *testing.T, weekend string) config.Region {
	t.Helper()
	fleet, _, err := config.Parse("regions.yaml", []byte(`{project: p, environment: dev, defaults: {container: {image: "i:1"}, weekend: `+weekend+`},
regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}, eu-west-2: {network: {cidr: 10.1.0.0/16}, weekend: {active: true}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return fleet.Regions[0]
}

func TestAPlanIsOvertakenByAnEdgeOfTheWindow(t *testing.T) {
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
			"the plan was made 13 h 30 min ago for a region that is asleep; it is to be awake now, so it was planned again"},
		"closed since": {keep, "auto", "2026-11-28T21:59:59Z", "2026-11-28T22:00:00Z",
			"the plan was made 1 min ago for a region that is awake; it is to be asleep now, so it was planned again"},
		"opened and closed since":               {keep, "auto", "2026-11-27T20:00:00Z", "2026-11-30T08:00:00Z", ""},
		"the same day":                          {keep, "auto", "2026-11-28T07:00:00Z", "2026-11-28T20:00:00Z", ""},
		"the lead, where AWS wakes the tasks":   {keep, "auto", "2026-11-28T05:40:00Z", "2026-11-28T05:50:00Z", ""},
		"the lead, where an apply wakes them":   {destroy, "auto", "2026-11-28T05:40:00Z", "2026-11-28T05:50:00Z", "it is to be awake now"},
		"the night between two days":            {destroy, "auto", "2026-11-28T23:00:00Z", "2026-11-29T04:00:00Z", ""},
		"closed, with the load balancer to go":  {destroy, "auto", "2026-11-28T23:00:00Z", "2026-11-30T04:00:00Z", "asleep without its load balancer now"},
		"closed, with no load balancer at all":  {bare, "auto", "2026-11-28T12:00:00Z", "2026-11-30T04:00:00Z", "it is to be asleep now"},
		"held up":                               {keep, "up", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z", ""},
		"held down":                             {destroy, "down", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z", ""},
		"always on":                             {off, "auto", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z", ""},
		"never awake":                           {never, "auto", "2026-11-27T20:00:00Z", "2026-11-28T09:30:00Z", ""},
		"never awake, and without a time in it": {never, "auto", "", "2026-11-28T09:30:00Z", "plan.tfplan does not say when it was made"},
	} {
		t.Run(name, func(t *testing.T) {
			planned := &tfjson.Plan{Timestamp: test.planned, Variables: map[string]*tfjson.PlanVariable{"weekend_state": {Value: test.state}}}
			now, err := time.Parse(time.RFC3339, test.applied)
			if err != nil {
				t.Fatal(err)
			}
			got, err := overtaken(region(t, test.weekend), planned, now)
			if err != nil {
				got = err.Error()
			}
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}
