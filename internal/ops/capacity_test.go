package ops

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

var (
	onDemand  = config.Capacity{Type: config.FargateCapacity, SpotWeight: 1}
	onSpot    = config.Capacity{Type: config.SpotCapacity, SpotWeight: 1}
	oneThenBy = config.Capacity{Type: config.MixedCapacity, Base: 1, SpotWeight: 3}
)

// provider is an item of a strategy in AWS's JSON.
func provider(name string, base, weight int) object {
	return object{"capacityProvider": name, "base": base, "weight": weight}
}

func TestCapacityMovesInPlace(t *testing.T) {
	accepted := map[string]response{"PutClusterCapacityProviders": body(`{}`), "UpdateService": body(`{}`)}
	for name, each := range map[string]struct {
		running []object
		file    config.Capacity
		// request is a part of the UpdateService request, "" if there is nothing to move.
		request  string
		from, to string
	}{
		"launch type stays":           {nil, onDemand, "", "FARGATE", "FARGATE"},
		"left Spot before":            {[]object{provider("FARGATE", 0, 1)}, onDemand, "", "FARGATE", "FARGATE"},
		"another weight of one":       {[]object{provider("FARGATE_SPOT", 2, 5)}, onSpot, "", "FARGATE_SPOT", "FARGATE_SPOT"},
		"mixed, in another order":     {[]object{provider("FARGATE_SPOT", 0, 3), provider("FARGATE", 1, 1)}, oneThenBy, "", "FARGATE (base 1, weight 1) and FARGATE_SPOT (base 0, weight 3)", "FARGATE (base 1, weight 1) and FARGATE_SPOT (base 0, weight 3)"},
		"from the launch type to all": {nil, onSpot, `[{"capacityProvider":"FARGATE_SPOT","weight":1}]`, "FARGATE", "FARGATE_SPOT"},
		"from Spot to mixed": {[]object{provider("FARGATE_SPOT", 0, 1)}, oneThenBy,
			`[{"base":1,"capacityProvider":"FARGATE","weight":1},{"capacityProvider":"FARGATE_SPOT","weight":3}]`, "FARGATE_SPOT", "FARGATE (base 1, weight 1) and FARGATE_SPOT (base 0, weight 3)"},
		"back on demand": {[]object{provider("FARGATE_SPOT", 0, 1)}, onDemand, `[{"capacityProvider":"FARGATE","weight":1}]`, "FARGATE_SPOT", "FARGATE"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, accepted)
			aws.responses["DescribeServices"] = body(service(t, object{"capacityProviderStrategy": each.running}))
			region := aws.region("", saturday)
			region.Service.Capacity = each.file
			move, err := region.MoveCapacity(t.Context())
			if want := (Move{From: each.from, To: each.to, Tasks: config.TaskRange{Min: 2, Max: 2}}); err != nil || move != want {
				t.Errorf("got %+v, %v", move, err)
			}
			drift := codes(found(t, region.Doctor(t.Context()), "service"))
			updates, associations := aws.sent("UpdateService"), aws.sent("PutClusterCapacityProviders")
			if each.request == "" {
				if len(updates)+len(associations)+len(drift) > 0 {
					t.Errorf("sent %v and %v, found %v", associations, updates, drift)
				}
				return
			}
			if !slices.Equal(drift, []Code{Drift}) {
				t.Errorf("found %v", drift)
			}
			if len(updates) != 1 || !strings.Contains(updates[0], each.request) || !strings.Contains(updates[0], `"forceNewDeployment":true`) {
				t.Errorf("sent %v", updates)
			}
			if len(associations) != 1 || !strings.Contains(associations[0], `"capacityProviders":["FARGATE","FARGATE_SPOT"]`) {
				t.Errorf("associated %v", associations)
			}
		})
	}
}

func TestNoServiceMovesIfItsProvidersCannotBeAssociated(t *testing.T) {
	aws := newFakeAWS(t, map[string]response{"PutClusterCapacityProviders": refuse(400, "AccessDeniedException", "no")})
	region := aws.region("", saturday)
	region.Service.Capacity = onSpot
	if _, err := region.MoveCapacity(t.Context()); ProblemOf(err).Code != NotAllowed || len(aws.sent("UpdateService")) > 0 {
		t.Errorf("got %v, sent %v", err, aws.sent("UpdateService"))
	}
}

func TestDriftOfCapacityNamesTheCommand(t *testing.T) {
	region := newFakeAWS(t, nil).region("", saturday)
	region.Service.Capacity = onSpot
	problems := found(t, region.Doctor(t.Context()), "service")
	if len(problems) != 1 || problems[0].Message != "capacity is FARGATE, not FARGATE_SPOT" || problems[0].Fix.Verb != VerbCapacity {
		t.Errorf("got %+v", problems)
	}
}

// TestDoctorNamesInterruptions has AWS's own sentences. A container that is stopped exits with an error.
func TestDoctorNamesInterruptions(t *testing.T) {
	const reason = "Your Spot Task was interrupted."
	for name, each := range map[string]struct {
		task    object
		running int
		want    bool
	}{
		"by its reason": {object{"stoppedReason": reason}, 1, true},
		"by its code":   {object{"stopCode": "SpotInterruption", "stoppedReason": "Interrupted"}, 1, true},
		"replaced":      {object{"stoppedReason": reason}, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			task := object{"taskArn": "a", "stoppedAt": ago(time.Minute), "containers": []object{{"exitCode": 137, "reason": ""}}}
			for key, value := range each.task {
				task[key] = value
			}
			aws := map[string]response{
				"DescribeServices": body(service(t, object{"runningCount": each.running})),
				"ListTasks":        body(`{"taskArns": ["a"]}`), "DescribeTasks": body(mustJSON(t, object{"tasks": []object{task}})),
			}
			var got []Problem
			for _, finding := range newFakeAWS(t, aws).region("", saturday).Doctor(t.Context()).Findings {
				if finding.Check == "tasks" {
					got = append(got, finding.Problem)
				}
			}
			if !each.want {
				if len(got) > 0 {
					t.Errorf("got %+v", got)
				}
				return
			}
			if len(got) != 1 || got[0].Code != SpotInterrupted || !strings.HasPrefix(got[0].Message, "AWS took back the Spot capacity of a task: ") || strings.Contains(got[0].Message, "exit code") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestDoctorNamesMissingSpotCapacity(t *testing.T) {
	aws := serviceFields(t, object{"capacityProviderStrategy": []object{provider("FARGATE_SPOT", 0, 1)}, "events": []object{
		{"id": "1", "createdAt": ago(time.Minute), "message": "service demo was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone."},
	}})
	region := newFakeAWS(t, aws).region("", saturday)
	region.Service.Capacity = onSpot
	problems := found(t, region.Doctor(t.Context()), "events")
	if len(problems) != 1 || !strings.HasPrefix(problems[0].Message, "AWS has no capacity available, most likely none on Spot: ") || !strings.Contains(problems[0].Fix.Advice, "service.capacity") {
		t.Errorf("got %+v", problems)
	}
}

// TestAWaitSurvivesInterruptions has four, one more than the failed starts that end a wait.
func TestAWaitSurvivesInterruptions(t *testing.T) {
	interrupted := func(arn string) string {
		return mustJSON(t, object{"tasks": []object{{"taskArn": arn, "stopCode": "SpotInterruption", "stoppedReason": "Your Spot Task was interrupted."}}})
	}
	none := service(t, object{"runningCount": 0})
	said, err := waitSteady(t, map[string]response{
		"DescribeServices": inTurn(none, none, none, none, none, service(t, nil)), "ListTasks": body(`{"taskArns": ["a"]}`),
		"DescribeTasks": inTurn(interrupted("a"), interrupted("b"), interrupted("c"), interrupted("d"), interrupted("e")),
	}, 2)
	if err != nil || !slices.Contains(said, "AWS took back the Spot capacity of a task") {
		t.Errorf("reported %q, %v", said, err)
	}
}
