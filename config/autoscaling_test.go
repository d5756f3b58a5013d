package config

import (
	"fmt"
	"slices"
	"testing"
)

// TestTargetsOfAutoscaling checks which scaling policies a region has, with and without its load balancer.
func TestTargetsOfAutoscaling(t *testing.T) {
	for name, each := range map[string]struct {
		settings             string
		present, whileAsleep []string
	}{
		"off":                 {"service: {autoscaling: {targets: {cpu: 50}}}", nil, nil},
		"none set":            {"service: {autoscaling: {enabled: true}}", []string{"cpu 60"}, []string{"cpu 60"}},
		"requests only":       {"service: {autoscaling: {enabled: true, targets: {requests: 600}}}", []string{"requests 600"}, nil},
		"all":                 {"service: {autoscaling: {enabled: true, targets: {cpu: 50, memory: 80, requests: 600}}}", []string{"cpu 50", "memory 80", "requests 600"}, []string{"cpu 50", "memory 80"}},
		"nothing to count at": {"load_balancer: {enabled: false}, service: {autoscaling: {enabled: true, targets: {requests: 600}}}", []string{"cpu 60"}, []string{"cpu 60"}},
	} {
		fleet, _ := mustParse(t, inRegion(each.settings))
		autoscaling := fleet.Regions[0].Service.Autoscaling
		for loadBalancer, want := range map[bool][]string{true: each.present, false: each.whileAsleep} {
			var got []string
			for _, target := range autoscaling.PresentTargets(loadBalancer) {
				got = append(got, fmt.Sprint(target.Name, " ", target.Value))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, load balancer %t: got %q, want %q", name, loadBalancer, got, want)
			}
		}
	}
}

func TestTaskRange(t *testing.T) {
	fixed, scaled := TaskRange{1, 1}, TaskRange{2, 10}
	if fixed.Describe() != "1 task" || scaled.Describe() != "2 to 10 tasks" {
		t.Errorf("got %q and %q", fixed.Describe(), scaled.Describe())
	}
	for count, want := range map[int]int{0: 2, 2: 2, 7: 7, 10: 10, 11: 10} {
		if got := scaled.Clamp(count); got != want || scaled.Contains(count) != (count == want) {
			t.Errorf("%d: clamped to %d, contained: %t", count, got, scaled.Contains(count))
		}
	}
}
