package cost

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

// sleeping returns a fleet of one region that sleeps outside weekends and keeps its load balancer.
func sleeping(t testing.TB, weekend, defaults string) *config.Fleet {
	t.Helper()
	return fleetOfOne(t, "eu-west-1", "  access: {paths: [/mcp]}\n  weekend: {enabled: true, "+weekend+"}\n"+defaults)
}

// TestEstimateFollowsRequestsWhileAsleep compares with sums calculated by hand. In weekend mode, the region costs 46.61: 11.26
// for vCPU, 3.71 for memory and 1.39 for addresses of tasks that run for 139.05 h. An hour more costs 2 x .04048 for vCPU,
// 2 x 3 x .004445 for memory and 2 x .005 for addresses. The idle alarm costs .20. A million requests cost .20, and 25,000
// GB-s x .0000133334 (.33).
func TestEstimateFollowsRequestsWhileAsleep(t *testing.T) {
	const wakes = "wake_on_request: true"
	for name, test := range map[string]struct{ weekend, defaults, want, hours string }{
		"answers":                      {"answer: true", "", "46.61", "139.05"},
		"answers a million requests":   {"answer: true", "  usage: {answer_requests: 1}", "47.14", "139.05"},
		"hours without waking":         {"answer: true", "  usage: {wake_hours: 10}", "46.61", "139.05"},
		"requests without an answer":   {"lead_minutes: 15", "  usage: {answer_requests: 1}", "46.61", "139.05"},
		"wakes, nobody knows how long": {wakes, "", "46.81 to 49.16", "139.05"},
		"wakes for ten hours":          {wakes, "  usage: {wake_hours: 10}", "47.99 to 49.16", "149.05"},
		"uses up its budget":           {wakes, "  usage: {wake_hours: 20}", "49.16", "159.05"},
		"has another budget":           {wakes + ", wake_budget: 10", "", "46.81 to 47.99", "139.05"},
		"may not sleep any more":       {wakes + ", wake_budget: 744", "  usage: {wake_hours: 744}", "116.32", "730"},
		"wakes more tasks":             {wakes, "  service: {autoscaling: {enabled: true, min: 1, max: 2}}", "38.63 to 49.16", "139.05"},
		"always awake by its schedule": {wakes + ", days: [mon,tue,wed,thu,fri,sat,sun], start_hour: 0, end_hour: 24", "", "116.32", "730"},
		"awake on request only":        {wakes + ", days: [], extra: [2030-01-01]", "  usage: {wake_hours: 20, log_gb: 1}", "33.37", "20"},
	} {
		estimate := Builtin().Estimate(sleeping(t, test.weekend, test.defaults))
		got := estimate.Total.String()
		if estimate.Maximum != nil {
			got += " to " + estimate.Maximum.String()
		}
		if hours := estimate.Regions[0].TaskHours.String(); got != test.want || hours != test.hours {
			t.Errorf("%s: %s for %s h, want %s for %s h", name, got, hours, test.want, test.hours)
		}
	}
}

// TestUnknownHoursOnRequestAreNotIncluded: without usage, an estimate still names what an hour more costs.
func TestUnknownHoursOnRequestAreNotIncluded(t *testing.T) {
	for usage, want := range map[string]string{
		"": "Fargate vCPU, x86, on request 0.04048; Fargate memory, x86, on request 0.004445; Public IPv4, tasks, on request 0.005; Requests while asleep 0.2; Function while asleep 0.0000133334",
		"  usage: {wake_hours: 0, answer_requests: 1}": "",
	} {
		var got []string
		for _, line := range Builtin().Estimate(sleeping(t, "wake_on_request: true", usage)).Regions[0].NotIncluded {
			if strings.Contains(line.Name, "request") || strings.Contains(line.Name, "asleep") {
				got = append(got, fmt.Sprint(line.Name, " ", line.Price.USD))
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q: got %q, want %q", usage, got, want)
		}
	}
}

func TestSummaryHasHoursOnRequest(t *testing.T) {
	for usage, want := range map[string]string{
		"":                            "awake 32 hours a week, up to 20 hours a month on request",
		"  usage: {wake_hours: 7.50}": "awake 32 hours a week, 7.5 to 20 hours a month on request",
		"  usage: {wake_hours: 20}":   "awake 32 hours a week, 20 hours a month on request",
	} {
		if got := Builtin().Estimate(sleeping(t, "wake_on_request: true", usage)).Regions[0].Summary; !strings.HasSuffix(got, ", "+want) {
			t.Errorf("%q: got %q, want %q", usage, got, want)
		}
	}
}

// TestRequestsOnlyWakeRegionsThatKeepTheLoadBalancer compares the scenarios of a region that requests wake.
func TestRequestsOnlyWakeRegionsThatKeepTheLoadBalancer(t *testing.T) {
	const line = "tasks that requests wake in eu-west-1: 10.00 h per month more, while the load balancer is kept"
	comparison := Builtin().Compare(sleeping(t, "wake_on_request: true", "  usage: {wake_hours: 10, answer_requests: 1}"))
	for i, want := range []string{"116.12 for 730", "48.52 for 149.05", "24.42 for 139.05"} {
		outcome := comparison.Regions[i]
		if got := fmt.Sprintf("%s for %s", outcome.Total, outcome.TaskHours); got != want {
			t.Errorf("%s: got %s, want %s", outcome.Scenario, got, want)
		}
		if estimate := comparison.Fleet[i].Estimate; estimate.Wakes != (outcome.Scenario == WeekendKeep) {
			t.Errorf("%s: requests wake it: %t", outcome.Scenario, estimate.Wakes)
		}
	}
	if got := comparison.Hours[len(comparison.Hours)-1]; got != line {
		t.Errorf("got %q, want %q", got, line)
	}
}
