package ops

import (
	"slices"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

func TestNamesAreThoseOfTheStack(t *testing.T) {
	kinds := func(region config.Region) (kinds []string) {
		for _, each := range Names(region) {
			kinds = append(kinds, each.Kind)
		}
		return kinds
	}
	if got := kinds(inExistingVPC(t)); slices.Contains(got, "vpc") {
		t.Errorf("in an existing VPC: %q", got)
	}
	for settings, wakes := range map[string]bool{"  weekend: {enabled: true, answer: true}": false, wakeMode: true} {
		got := kinds(fleet(t, settings))
		if !slices.Contains(got, "standby function") || slices.Contains(got, "wake budget") != wakes {
			t.Errorf("%q: %q", settings, got)
		}
	}
	for settings, want := range map[string]bool{"": false, "  network: {flow_logs: true}": true} {
		got := kinds(fleet(t, settings))
		if slices.Contains(got, "standby function") {
			t.Errorf("%q: %q", settings, got)
		}
		if !slices.Contains(got, "vpc") || slices.Contains(got, "flow log") != want {
			t.Errorf("%q: %q", settings, got)
		}
	}
}
