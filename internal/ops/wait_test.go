package ops

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// waitSteady waits with a short patience, and returns what was reported and how it ended.
func waitSteady(t *testing.T, aws map[string]response, count int) (said []string, end error) {
	t.Helper()
	region := newFakeAWS(t, aws).region("", saturday)
	end = region.WaitSteady(t.Context(), exactly(count), 10*time.Second, func(text string) { said = append(said, text) })
	return said, end
}

func TestAWaitEndsWhenTheServiceIsSteady(t *testing.T) {
	unhealthy := [3]string{"initial", "Elb.InitialHealthChecking", ""}
	said, err := waitSteady(t, map[string]response{
		"DescribeServices":     inTurn(service(t, object{"runningCount": 0, "pendingCount": 2}), service(t, object{"runningCount": 1, "pendingCount": 1}), service(t, nil)),
		"DescribeTargetHealth": inTurn(targets(), targets(unhealthy, unhealthy), targets(healthyTarget, unhealthy), targets(healthyTarget, healthyTarget)),
	}, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"0 of 2 tasks running, 2 pending, 0 of 0 targets healthy (0s)",
		"1 of 2 tasks running, 1 pending, 0 of 2 targets healthy (0s)",
		"2 of 2 tasks running, 1 of 2 targets healthy (0s)",
		"2 of 2 tasks running, 2 of 2 targets healthy (0s)",
	}
	if !slices.Equal(said, want) {
		t.Errorf("reported %q", said)
	}
}

func TestAWaitForNoTaskEndsWhenTheLastHasStopped(t *testing.T) {
	_, err := waitSteady(t, map[string]response{
		"DescribeServices": inTurn(service(t, object{"desiredCount": 0, "runningCount": 2}), service(t, object{"desiredCount": 0, "runningCount": 0})),
	}, 0)
	if err != nil {
		t.Error(err)
	}
}

// TestAWaitEndsAsSoonAsItIsPointless, long before its patience is over.
func TestAWaitEndsAsSoonAsItIsPointless(t *testing.T) {
	none := service(t, object{"runningCount": 0})
	unable := service(t, object{"runningCount": 0, "events": []object{{"id": "1", "createdAt": ago(0), "message": "(service x) is unable to consistently start tasks successfully."}}})
	rollback := `{"serviceDeployments": [{"serviceDeploymentArn": "arn:new", "status": "ROLLBACK_IN_PROGRESS", "statusReason": "circuit breaker"}]}`
	failed := service(t, object{"runningCount": 0, "deployments": []object{{"status": "PRIMARY", "rolloutState": "FAILED", "rolloutStateReason": "no capacity"}}})
	crash := func(arn string) string {
		return mustJSON(t, object{"tasks": []object{{"taskArn": arn, "stoppedReason": "Essential container in task exited"}}})
	}
	for name, each := range map[string]struct {
		aws     map[string]response
		code    Code
		message string
	}{
		"others set the count": {map[string]response{"DescribeServices": inTurn(none, service(t, object{"desiredCount": 5}))}, DesiredCountChanged, "5"},
		"a failed deployment":  {map[string]response{"DescribeServices": inTurn(none, failed)}, DeploymentFailed, "no capacity"},
		"a rollback": {map[string]response{
			"DescribeServices": body(none), "ListServiceDeployments": inTurn(`{"serviceDeployments": []}`, rollback),
		}, RolledBack, "circuit breaker"},
		"an event of ECS": {map[string]response{"DescribeServices": inTurn(none, unable)}, NoTaskStarts, ""},
		"three crashes": {map[string]response{
			"DescribeServices": body(none), "ListTasks": body(`{"taskArns": ["a"]}`), "DescribeTasks": inTurn(crash("a"), crash("b"), crash("c"), crash("d")),
		}, NoTaskStarts, "3 tasks stopped"},
		"no right to look": {map[string]response{"DescribeServices": inTurn(none), "ListTasks": refuse(http.StatusBadRequest, "AccessDeniedException", "no")}, NotAllowed, "no"},
		"not deployed":     {map[string]response{"DescribeServices": body(`{"services": []}`)}, NotDeployed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := waitSteady(t, each.aws, 2)
			if problem := ProblemOf(err); err == nil || problem.Code != each.code || !strings.Contains(problem.Message, each.message) {
				t.Errorf("got %+v", problem)
			}
		})
	}
}

// TestAWaitSurvivesSomeFailures has one less in a row than end it, twice.
func TestAWaitSurvivesSomeFailures(t *testing.T) {
	starting, steady := service(t, object{"runningCount": 1}), service(t, nil)
	_, err := waitSteady(t, map[string]response{"DescribeServices": func(times int) (int, string) {
		switch {
		case times == maxFailedPolls-1:
			return http.StatusOK, starting
		case times < 2*maxFailedPolls-1:
			return refuse(http.StatusServiceUnavailable, "ServiceUnavailable", "")(times)
		}
		return http.StatusOK, steady
	}}, 2)
	if err != nil {
		t.Error(err)
	}
}

func TestAWaitHasItsPatience(t *testing.T) {
	region := newFakeAWS(t, serviceFields(t, object{"runningCount": 0})).region("", saturday)
	err := region.WaitSteady(t.Context(), exactly(2), 50*time.Millisecond, func(string) {})
	if problem := ProblemOf(err); problem.Code != NotSteady || !strings.Contains(problem.Message, "50ms") {
		t.Errorf("got %+v", problem)
	}
}

func TestAWaitIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	region := newFakeAWS(t, serviceFields(t, object{"runningCount": 0})).region("", saturday)
	err := region.WaitSteady(ctx, exactly(2), time.Hour, func(string) { interrupt() })
	if problem := ProblemOf(err); problem.Code != Interrupted {
		t.Errorf("got %+v", problem)
	}
}

// TestAWaitReportsWhatIsNew, and not what happened before it began.
func TestAWaitReportsWhatIsNew(t *testing.T) {
	event := func(id, text string) object { return object{"id": id, "createdAt": ago(0), "message": text} }
	before := event("1", "(service x) has begun draining connections.")
	said, err := waitSteady(t, map[string]response{"DescribeServices": inTurn(
		service(t, object{"runningCount": 1, "events": []object{before}}),
		service(t, object{"events": []object{event("3", "(service x) has reached a steady state."), event("2", "(service x) has started 1 tasks."), before}}),
	)}, 2)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(said, "\n")
	if strings.Contains(text, "draining") || !strings.Contains(text, "has started 1 tasks.\n(service x) has reached a steady state.") {
		t.Errorf("reported %q", said)
	}
}
