package ops

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
)

// costs is a GetCostAndUsage response.
func costs(t *testing.T, token, unit string, amounts map[string]string) string {
	t.Helper()
	groups := []object{}
	for _, region := range slices.Sorted(maps.Keys(amounts)) {
		groups = append(groups, object{"Keys": []string{region}, "Metrics": object{"UnblendedCost": object{"Amount": amounts[region], "Unit": unit}}})
	}
	response := object{"ResultsByTime": []object{{"Groups": groups}}}
	if token != "" {
		response["NextPageToken"] = token
	}
	return mustJSON(t, response)
}

func TestTheBillIsTheSumOfItsPages(t *testing.T) {
	aws := newFakeAWS(t, map[string]response{"GetCostAndUsage": inTurn(
		costs(t, "more", "USD", map[string]string{"eu-west-1": "1.10", "global": "0.50"}), costs(t, "", "USD", map[string]string{"eu-west-1": "2.05"}),
	)})
	bill, err := MonthToDate(t.Context(), aws.open, &config.Fleet{Project: "demo", Environment: "dev"}, saturday)
	if err != nil {
		t.Fatal(err)
	}
	if got := bill.ByRegion; got["eu-west-1"].String() != "3.15" || got["global"].String() != "0.5" || len(got) != 2 {
		t.Errorf("got %v", got)
	}
	first := aws.sent("GetCostAndUsage")[0]
	for _, part := range []string{`"Start":"2026-11-01"`, `"End":"2026-11-29"`, `"Key":"Project","Values":["demo"]`, `"Key":"Environment","Values":["dev"]`} {
		if !strings.Contains(first, part) {
			t.Errorf("%s is not in %s", part, first)
		}
	}
}

func TestABillInAnotherFormIsAnError(t *testing.T) {
	for name, each := range map[string]struct{ response, want string }{
		"another currency": {costs(t, "", "EUR", map[string]string{"eu-west-1": "1"}), `"EUR"`},
		"no number":        {costs(t, "", "USD", map[string]string{"eu-west-1": "much"}), `"much"`},
		"no metric":        {`{"ResultsByTime": [{"Groups": [{"Keys": ["eu-west-1"], "Metrics": {}}]}]}`, "Cost Explorer"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, map[string]response{"GetCostAndUsage": body(each.response)})
			if _, err := MonthToDate(t.Context(), aws.open, &config.Fleet{}, saturday); err == nil || !strings.Contains(err.Error(), each.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRunningIsWhatIsBilled(t *testing.T) {
	arm := task(t, object{"cpu": "1024", "memory": "2048", "ephemeralStorage": object{"sizeInGiB": 50}, "runtimePlatform": object{"cpuArchitecture": "ARM64"}}, nil)
	// The strategy divides only what ECS starts, so of three tasks with a weight of 1 two may run on Spot.
	mixed := service(t, object{"runningCount": 3, "capacityProviderStrategy": []object{{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 1}}})
	onSpot, starting := object{"lastStatus": "RUNNING", "capacityProviderName": "FARGATE_SPOT"}, object{"lastStatus": "PENDING", "capacityProviderName": "FARGATE_SPOT"}
	onDemand := object{"lastStatus": "RUNNING", "capacityProviderName": "FARGATE"}
	for name, each := range map[string]struct {
		aws  map[string]response
		want *cost.Running
	}{
		"as deployed": {nil, &cost.Running{Tasks: 2, CPU: 256, Memory: 512, Storage: 20, Zones: 3}},
		"ARM, Spot": {map[string]response{
			"DescribeServices": body(mixed), "DescribeTaskDefinition": body(arm),
			"ListTasks": body(`{"taskArns": ["a", "b", "c", "d"]}`), "DescribeTasks": body(mustJSON(t, object{"tasks": []object{onSpot, starting, onDemand, onSpot}})),
		}, &cost.Running{Tasks: 3, SpotTasks: 2, CPU: 1024, Memory: 2048, Storage: 50, Zones: 3, Machine: cost.Machine{ARM: true, Spot: true}}},
		"internal": {map[string]response{"DescribeLoadBalancers": body(strings.Replace(balancer("active", ""), "<State>", "<Scheme>internal</Scheme><State>", 1))},
			&cost.Running{Tasks: 2, CPU: 256, Memory: 512, Storage: 20, Zones: 3, Internal: true}},
		"no load balancer": {map[string]response{"DescribeLoadBalancers": withoutBalancer}, &cost.Running{Tasks: 2, CPU: 256, Memory: 512, Storage: 20}},
		"not deployed":     {map[string]response{"DescribeServices": body(`{"services": []}`)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := newFakeAWS(t, each.aws).region("", saturday).Running(t.Context())
			if err != nil || (got == nil) != (each.want == nil) || (got != nil && *got != *each.want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// TestWhatCannotBeSeenIsNotFree has responses from which no cost can be told.
func TestWhatCannotBeSeenIsNotFree(t *testing.T) {
	denied := refuse(400, "AccessDeniedException", "no")
	for operation, replaced := range map[string]response{
		"DescribeServices": denied, "DescribeLoadBalancers": denied, "DescribeTaskDefinition": body(task(t, object{"cpu": "half"}, nil)),
	} {
		if got, err := newFakeAWS(t, map[string]response{operation: replaced}).region("", saturday).Running(t.Context()); err == nil {
			t.Errorf("%s: got %+v", operation, got)
		}
	}
}
