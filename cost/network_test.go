package cost

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

// ofNetwork returns a fleet of one region with an image that tasks in every mode can pull.
func ofNetwork(t testing.TB, network, defaults string) *config.Fleet {
	t.Helper()
	return fleetOf(t, defaults, "  eu-west-1: {network: {cidr: 10.0.0.0/16, "+network+"}, container: {image: \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/server:1\"}}")
}

// TestEstimateFollowsNetwork compares with sums calculated by hand. The public region costs 116.12, of which the
// tasks' addresses are 7.30. A NAT gateway costs 730 h x .048 (35.04), and its address 730 h x .005 (3.65). An
// interface endpoint costs 730 h x .011 in each zone (8.03).
func TestEstimateFollowsNetwork(t *testing.T) {
	const asleep, destroyed = "  weekend: {enabled: true, active: false, destroy_albs: true}", "  weekend: {enabled: true, destroy_albs: true}"
	for _, test := range []struct{ name, network, defaults, want string }{
		{"public", "mode: public", "", "116.12"},
		{"one NAT gateway", "mode: private", "", "147.51"},
		{"one in each zone", "mode: private, nat: per_zone", "", "224.89"},
		{"data through it", "mode: private", "  usage: {nat_gb: 100}", "152.31"},
		{"NAT data in another mode", "mode: public", "  usage: {nat_gb: 100}", "116.12"},
		{"four endpoints in three zones", "mode: endpoints", "", "205.18"},
		{"in two zones", "mode: endpoints, zones: [a, b]", "", "169.41"},
		{"data through them", "mode: endpoints", "  usage: {log_gb: 10}", "210.98"},
		{"internal load balancer", "mode: private", "  load_balancer: {internal: true}", "136.56"},
		{"NAT gateway, destroyed", "mode: private", destroyed, "32.47"},
		{"endpoints, destroyed", "mode: endpoints", destroyed, "46.55"},
		{"NAT gateway, never awake", "mode: private", asleep, "0.90"},
		{"endpoints, never awake", "mode: endpoints", asleep, "0.90"},
		{"destroyed without a load balancer", "mode: private", "  load_balancer: {enabled: false}\n" + asleep, "0.90"},
		{"kept while asleep", "mode: private", "  weekend: {enabled: true, active: false}", "68.94"},
	} {
		fleet := ofNetwork(t, test.network, test.defaults)
		estimate := Builtin().Estimate(fleet)
		if got := estimate.Total.String(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		checkSums(t, estimate)
	}
}

// TestRateCountsWhatRuns also shows that the fleet file does not decide.
func TestRateCountsWhatRuns(t *testing.T) {
	region := ofNetwork(t, "mode: public", "").Regions[0]
	running := Running{Tasks: 2, CPU: 1024, Memory: 3072, Zones: 3, Private: true, NATGateways: 3, Endpoints: 12}
	// 224.89 with three NAT gateways, and 96.36 for the endpoints.
	if rate := Builtin().Rate(region, running); rate.String() != "321.25" {
		t.Errorf("the region costs %s", rate)
	}
	region = ofNetwork(t, "mode: endpoints", "").Regions[0]
	if rate := Builtin().Rate(region, Running{Tasks: 2, CPU: 1024, Memory: 3072, Zones: 3}); rate.String() != "116.12" {
		t.Errorf("with public addresses the region costs %s", rate)
	}
}

func TestRecommendOneNATGateway(t *testing.T) {
	titles := func(network string) (all string) {
		for _, advice := range Builtin().Recommend(ofNetwork(t, network, "")) {
			all += advice.Saving.StringFixed(2) + " " + advice.Title + "\n"
		}
		return all
	}
	// Two of three NAT gateways with their addresses: 2 x 38.69.
	if all := titles("mode: private, nat: per_zone"); !strings.Contains(all, "77.38 use a single NAT gateway instead of one in each zone") {
		t.Errorf("per zone:\n%s", all)
	}
	for _, network := range []string{"mode: private", "mode: public", "mode: endpoints"} {
		if all := titles(network); strings.Contains(all, "NAT gateway") {
			t.Errorf("%s:\n%s", network, all)
		}
	}
}

// TestMoreCapacityNeverCostsLess adds a task, a zone or NAT gateways to random regions.
func TestMoreCapacityNeverCostsLess(t *testing.T) {
	random := rand.New(rand.NewPCG(15, 4))
	table := Builtin()
	for range 200 {
		mode := []string{config.NetworkPublic, config.NetworkPrivate, config.NetworkEndpoints}[random.IntN(3)]
		enabled, destroyed, tasks := random.IntN(2) > 0, random.IntN(2) > 0, random.IntN(6)
		rest := fmt.Sprintf("  load_balancer: {enabled: %v, internal: %v}\n  weekend: {enabled: %v, destroy_albs: %v, lead_minutes: %d}\n  usage: {nat_gb: %d, log_gb: %d}",
			random.IntN(4) > 0, random.IntN(2) > 0, enabled, destroyed, random.IntN(100), random.IntN(50), random.IntN(50))
		total := func(zones, nat string, tasks int) Total {
			return table.Estimate(ofNetwork(t, "mode: "+mode+", zones: ["+zones+"], nat: "+nat, fmt.Sprintf("  service: {desired_count: %d}\n%s", tasks, rest))).Total
		}
		base := total("a, b", "single", tasks)
		for name, more := range map[string]Total{
			"another task":      total("a, b", "single", tasks+1),
			"another zone":      total("a, b, c", "single", tasks),
			"more NAT gateways": total("a, b", "per_zone", tasks),
			"all of it":         total("a, b, c", "per_zone", tasks+1),
		} {
			checkNotMore(t, name+" in mode "+mode+" costs less", base, more, rest)
		}
	}
}
