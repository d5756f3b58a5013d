package config

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCapacity(t *testing.T) {
	mixed := Capacity{Type: MixedCapacity, Base: 1, SpotWeight: 3}
	for name, each := range map[string]struct {
		text string
		want Capacity
		// onSpot are the tasks on Spot of 0, 1, 2, … tasks.
		onSpot   string
		strategy []CapacityProvider
	}{
		"default":      {minimal, Capacity{Type: FargateCapacity, SpotWeight: 1}, "[0 0 0 0 0 0 0]", []CapacityProvider{{"FARGATE", 0, 1}}},
		"no value":     {inRegion("service: {capacity: }"), Capacity{Type: FargateCapacity, SpotWeight: 1}, "[0 0 0 0 0 0 0]", []CapacityProvider{{"FARGATE", 0, 1}}},
		"spot":         {inRegion("service: {capacity: spot}"), Capacity{Type: SpotCapacity, SpotWeight: 1}, "[0 1 2 3 4 5 6]", []CapacityProvider{{"FARGATE_SPOT", 0, 1}}},
		"mixed":        {inRegion("service: {desired_count: 6, capacity: {base: 1, spot_weight: 3}}"), mixed, "[0 0 0 1 2 3 3]", []CapacityProvider{{"FARGATE", 1, 1}, {"FARGATE_SPOT", 0, 3}}},
		"half":         {inRegion("service: {capacity: mixed}"), Capacity{Type: MixedCapacity, SpotWeight: 1}, "[0 0 1 1 2 2 3]", []CapacityProvider{{"FARGATE", 0, 1}, {"FARGATE_SPOT", 0, 1}}},
		"keys merge":   {overriding("{base: 1}", "{spot_weight: 3}"), mixed, "[0 0 0 1 2 3 3]", []CapacityProvider{{"FARGATE", 1, 1}, {"FARGATE_SPOT", 0, 3}}},
		"word for map": {overriding("{base: 1, spot_weight: 3}", "spot"), Capacity{Type: SpotCapacity, SpotWeight: 1}, "[0 1 2 3 4 5 6]", []CapacityProvider{{"FARGATE_SPOT", 0, 1}}},
		"map for word": {overriding("spot", "{base: 1, spot_weight: 3}"), mixed, "[0 0 0 1 2 3 3]", []CapacityProvider{{"FARGATE", 1, 1}, {"FARGATE_SPOT", 0, 3}}},
	} {
		t.Run(name, func(t *testing.T) {
			fleet, _ := mustParse(t, each.text)
			got := fleet.Regions[0].Service.Capacity
			if got != each.want {
				t.Errorf("got %+v, want %+v", got, each.want)
			}
			var onSpot []int
			for tasks := range 7 {
				onSpot = append(onSpot, got.OnSpot(tasks))
			}
			if fmt.Sprint(onSpot) != each.onSpot {
				t.Errorf("on Spot: got %v, want %s", onSpot, each.onSpot)
			}
			if difference := cmp.Diff(each.strategy, got.Strategy()); difference != "" {
				t.Errorf("strategy (- want, + got)\n%s", difference)
			}
		})
	}
}

// overriding returns a fleet whose region overrides the capacity in the defaults.
func overriding(defaults, region string) string {
	return `project: fmp-mcp
environment: dev
defaults:
  container: {image: "ghcr.io/cdtait/fmp-mcp-server:latest"}
  service: {desired_count: 6, capacity: ` + defaults + `}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}, service: {capacity: ` + region + `}}
`
}

func TestTasksAreDescribed(t *testing.T) {
	for service, want := range map[string]string{
		"desired_count: 1":                      "1 task of 1 vCPU and 3 GB",
		"capacity: spot":                        "2 tasks of 1 vCPU and 3 GB, on Spot",
		"desired_count: 6, capacity: {base: 1}": "6 tasks of 1 vCPU and 3 GB, 2 on Spot",
		"autoscaling: {enabled: true, min: 2, max: 9}, capacity: {base: 1, spot_weight: 3}": "2 to 9 tasks of 1 vCPU and 3 GB, 0 to 6 on Spot",
	} {
		fleet, _ := mustParse(t, inRegion("service: {"+service+"}"))
		if got := fleet.Regions[0].Tasks(); got != want {
			t.Errorf("%s: %q, want %q", service, got, want)
		}
	}
}
