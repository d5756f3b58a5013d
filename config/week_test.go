package config

import (
	"fmt"
	"testing"
)

func TestRegionWeek(t *testing.T) {
	cases := map[string]struct {
		defaults        string
		tasks, balancer int
		words           string
	}{
		"always on":                {"", 168, 168, "always on"},
		"without load balancer":    {"  load_balancer: {enabled: false}", 168, 0, "always on"},
		"keep mode":                {"  weekend: {enabled: true}", 32, 168, "Sat, Sun 06:00 to 22:00 UTC"},
		"destroy mode":             {"  weekend: {enabled: true, destroy_albs: true}", 32, 41, "Sat, Sun 06:00 to 22:00 UTC, load balancer destroyed while asleep"},
		"keep mode, not active":    {"  weekend: {enabled: true, active: false}", 0, 168, "inactive, always asleep"},
		"destroy mode, not active": {"  weekend: {enabled: true, active: false, destroy_albs: true}", 0, 0, "inactive, always asleep, no load balancer"},
		"across midnight":          {"  weekend: {enabled: true, days: [fri], start_hour: 20, end_hour: 2, timezone: Europe/London}", 6, 168, "Fri 20:00 to 02:00 Europe/London"},
		"NAT gateway destroyed":    {"  network: {mode: private}\n  weekend: {enabled: true, destroy_albs: true}", 32, 41, "Sat, Sun 06:00 to 22:00 UTC, load balancer and NAT gateway destroyed while asleep"},
		"NAT gateways, inactive":   {"  network: {mode: private, nat: per_zone}\n  load_balancer: {enabled: false}\n  weekend: {enabled: true, active: false, destroy_albs: true}", 0, 0, "inactive, always asleep, no NAT gateways"},
		"NAT gateway kept":         {"  network: {mode: private}\n  weekend: {enabled: true}", 32, 168, "Sat, Sun 06:00 to 22:00 UTC"},
		"single dates only":        {"  weekend: {enabled: true, days: [], extra: [2030-05-01]}", 0, 168, "single dates 06:00 to 22:00 UTC"},
	}
	for name, test := range cases {
		fleet, _ := mustParse(t, inDefaults(test.defaults))
		region := fleet.Regions[0]
		got := fmt.Sprint(region.TaskWeek().Hours(), region.LoadBalancerWeek().Hours(), " ", region.WeekDescription())
		if want := fmt.Sprint(test.tasks, test.balancer, " ", test.words); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
