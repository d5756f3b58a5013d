package ops

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// wakeMode is a region that a request wakes.
const wakeMode = "  weekend: {enabled: true, timezone: Europe/London, wake_on_request: true}\n  access: {paths: [/mcp]}"

// wakeEndAt is the one-time action with which the function ends the time awake.
func wakeEndAt(schedule string) object {
	return object{"ScheduledActionName": prefix + "-weekend-wake-end", "Schedule": schedule, "ScalableTargetAction": object{"MaxCapacity": 0}}
}

// wokenRegion is how AWS describes a region that a request has woken, with bounds and with further scheduled actions.
func wokenRegion(t *testing.T, settings string, least, most int, further ...object) map[string]response {
	t.Helper()
	var schedule struct{ ScheduledActions []object }
	if err := json.Unmarshal([]byte(scheduledActions(t, fleet(t, settings), nil)), &schedule); err != nil {
		t.Fatal(err)
	}
	return map[string]response{
		"DescribeScalableTargets":  body(fmt.Sprintf(`{"ScalableTargets": [{"MinCapacity": %d, "MaxCapacity": %d}]}`, least, most)),
		"DescribeScheduledActions": body(mustJSON(t, object{"ScheduledActions": append(schedule.ScheduledActions, further...)})),
		"GetParameter":             body(mustJSON(t, object{"Parameter": object{"Value": "{}"}})),
	}
}

// TestARegionThatARequestHasWokenHasNoProblem looks on a Tuesday at tasks whose bounds are those of the function.
func TestARegionThatARequestHasWokenHasNoProblem(t *testing.T) {
	end := wakeEndAt("at(2026-11-24T18:00:00)")
	for name, each := range map[string]struct {
		further []object
		service object
		text    string
		next    time.Time
	}{
		"until an end":          {[]object{end}, nil, "awake by request, at most until Tue 18:00 GMT", time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)},
		"until the window":      {nil, nil, "awake by request, window opens Sat 06:00 GMT in 4 d 4 h", time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)},
		"after an earlier end":  {[]object{wakeEndAt("at(2026-11-23T18:00:00)")}, nil, "awake by request, window opens Sat 06:00 GMT in 4 d 4 h", time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)},
		"before the first task": {[]object{end}, object{"desiredCount": 0, "runningCount": 0}, "awake by request, at most until Tue 18:00 GMT", time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			aws := wokenRegion(t, wakeMode, 0, 2, each.further...)
			maps.Copy(aws, serviceFields(t, each.service))
			status := newFakeAWS(t, aws).region(wakeMode, tuesday).Status(t.Context())
			if len(status.Problems) > 0 || len(status.Drift) > 0 {
				t.Errorf("problems %v, drift %v", status.Problems, status.Drift)
			}
			if got := status.Schedule; got.State != Awake || !got.ByRequest || got.Text != each.text || got.Next == nil || !got.Next.Equal(each.next) {
				t.Errorf("schedule %+v, next %v", got, got.Next)
			}
		})
	}
}

// TestOnlyARequestLeavesNoMinimum has what else may have started or stopped the tasks.
func TestOnlyARequestLeavesNoMinimum(t *testing.T) {
	for name, each := range map[string]struct {
		settings    string
		least, most int
		now         time.Time
		woken       bool
	}{
		"a request":               {wakeMode, 0, 2, tuesday, true},
		"weekend up":              {wakeMode, 2, 2, tuesday, false},
		"weekend down":            {wakeMode, 0, 0, tuesday, false},
		"the window":              {wakeMode, 2, 2, saturday, false},
		"someone in the window":   {wakeMode, 0, 2, saturday, false},
		"someone, if it is off":   {strings.Replace(wakeMode, "wake_on_request", "answer", 1), 0, 2, tuesday, false},
		"a request, with scaling": {wakeMode + "\n" + autoscaled, 0, 8, tuesday, true},
	} {
		t.Run(name, func(t *testing.T) {
			aws := wokenRegion(t, each.settings, each.least, each.most)
			aws["DescribeScalingPolicies"] = body(mustJSON(t, object{"ScalingPolicies": []object{}}))
			region := newFakeAWS(t, aws).region(each.settings, each.now)
			o := region.observe(t.Context())
			if got := region.woken(o, each.now); got != each.woken {
				t.Errorf("got %t", got)
			}
			if want := (config.TaskRange{Max: each.most}); each.woken && region.expectedOf(o, each.now).Tasks != want {
				t.Errorf("expected %+v", region.expectedOf(o, each.now))
			}
		})
	}
}

// TestBrokenTasksOfARequestAreAProblem has tasks that a request has started, and that do not run.
func TestBrokenTasksOfARequestAreAProblem(t *testing.T) {
	aws := wokenRegion(t, wakeMode, 0, 2)
	maps.Copy(aws, serviceFields(t, object{"runningCount": 0}))
	status := newFakeAWS(t, aws).region(wakeMode, tuesday).Status(t.Context())
	wantProblems(t, status.Problems, "0 of 2 tasks running", TasksMissing)
}

// TestBoundsThatTheFunctionDoesNotKnowNeedAnApply has a range that was changed in the fleet file alone.
func TestBoundsThatTheFunctionDoesNotKnowNeedAnApply(t *testing.T) {
	aws := wokenRegion(t, wakeMode+"\n"+autoscaled, 0, 4)
	aws["DescribeScalingPolicies"] = body(mustJSON(t, object{"ScalingPolicies": []object{policy("cpu", nil), policy("requests", nil)}}))
	region := newFakeAWS(t, aws).region(wakeMode+"\n"+autoscaled, tuesday)
	o := region.observe(t.Context())
	drift := region.drift(o, region.expectedOf(o, tuesday))
	at := slices.IndexFunc(drift, func(problem Problem) bool {
		return problem.Message == "autoscaling keeps 0 to 4 tasks, not 0 to 8 tasks"
	})
	if at < 0 || drift[at].Fix.Verb != VerbDeploy {
		t.Errorf("got %+v", drift)
	}
}

// TestTheActionIsDriftIfNoRequestWakesTheRegion has the action of a function that is off in the fleet file.
func TestTheActionIsDriftIfNoRequestWakesTheRegion(t *testing.T) {
	settings := strings.Replace(wakeMode, "wake_on_request", "answer", 1)
	aws := wokenRegion(t, settings, 0, 0, wakeEndAt("at(2026-11-24T18:00:00)"))
	maps.Copy(aws, serviceFields(t, object{"desiredCount": 0, "runningCount": 0}))
	drift := messages(newFakeAWS(t, aws).region(settings, tuesday).Status(t.Context()).Drift)
	if !slices.Equal(drift, []string{"scheduled action wake-end is not in the fleet file"}) {
		t.Errorf("got %q", drift)
	}
}

// TestStartingTasksDeletesTheEndOfAnEarlierRequest scales a region that a request has woken before.
func TestStartingTasksDeletesTheEndOfAnEarlierRequest(t *testing.T) {
	gone := refuse(http.StatusBadRequest, "ObjectNotFoundException", "No scheduled action found")
	denied := refuse(http.StatusBadRequest, "AccessDeniedException", "not authorized")
	for name, each := range map[string]struct {
		settings string
		tasks    int
		answer   response
		want     []string
		code     Code
	}{
		"an action":      {wakeMode, 2, body(`{}`), []string{"DescribeScalableTargets", "RegisterScalableTarget", "DeleteScheduledAction", "UpdateService"}, ""},
		"no action":      {wakeMode, 2, gone, []string{"DescribeScalableTargets", "RegisterScalableTarget", "DeleteScheduledAction", "UpdateService"}, ""},
		"no permission":  {wakeMode, 2, denied, []string{"DescribeScalableTargets", "RegisterScalableTarget", "DeleteScheduledAction"}, NotAllowed},
		"a stop":         {wakeMode, 0, denied, []string{"DescribeScalableTargets", "RegisterScalableTarget", "UpdateService"}, ""},
		"without waking": {weekendMode, 2, denied, []string{"DescribeScalableTargets", "RegisterScalableTarget", "UpdateService"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, wokenRegion(t, wakeMode, 0, 2))
			aws.responses["DeleteScheduledAction"] = each.answer
			_, err := aws.region(each.settings, tuesday).Scale(t.Context(), exactly(each.tasks))
			if (err != nil) != (each.code != "") || err != nil && ProblemOf(err).Code != each.code {
				t.Errorf("got %v", err)
			}
			if got := aws.operations(); !slices.Equal(got, each.want) {
				t.Errorf("requested %v", got)
			}
			for _, sent := range aws.sent("DeleteScheduledAction") {
				if !strings.Contains(sent, `"ScheduledActionName":"`+prefix+`-weekend-wake-end"`) {
					t.Errorf("deleted %s", sent)
				}
			}
		})
	}
}
