package ops

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// stoppedTask is a stopped task as DescribeTasks describes it.
func stoppedTask(id string, before time.Duration, reason string, containers ...object) object {
	return runningTask(id, "10.0.0.5", object{"lastStatus": "STOPPED", "stoppedAt": ago(before), "stoppedReason": reason, "containers": containers})
}

// eventsOf returns the text of the events of the last hour.
func eventsOf(t *testing.T, serviceEvents, tasks []object) (texts []string) {
	t.Helper()
	events, err := newFakeAWS(t, map[string]response{
		"DescribeServices": body(service(t, object{"events": serviceEvents})),
		"ListTasks":        body(listOf(t, "any")), "DescribeTasks": body(mustJSON(t, object{"tasks": tasks})),
	}).region("", saturday).Events(t.Context(), saturday.Add(-time.Hour))
	if err != nil {
		t.Error(err)
	}
	for _, event := range events {
		texts = append(texts, fmt.Sprint(saturday.Sub(event.Time), " ", event.Text()))
	}
	return texts
}

// serviceEvent is an event as DescribeServices describes it.
func serviceEvent(before time.Duration, message string) object {
	return object{"id": message, "createdAt": ago(before), "message": message}
}

// TestEventsAreOldestFirst has events and a task before the hour, and a task that is still stopping.
func TestEventsAreOldestFirst(t *testing.T) {
	stopping := stoppedTask("33333333", 0, "Task failed ELB health checks")
	stopping["lastStatus"] = "DEPROVISIONING"
	got := eventsOf(t, []object{ // newest first
		serviceEvent(time.Minute, "(service demo) has reached a steady state."),
		serviceEvent(10*time.Minute, "(service demo) has started 1 tasks: (task 22222222)."),
		serviceEvent(10*time.Minute, "(service demo) (instance i-1)\nis unhealthy."),
		serviceEvent(2*time.Hour, "(service demo) has started 2 tasks."),
	}, []object{
		stopping,
		stoppedTask("11111111", 5*time.Minute, "Essential container in task exited", object{"name": "demo", "exitCode": 1}),
		stoppedTask("00000000", 61*time.Minute, "Essential container in task exited"),
	})
	want := []string{
		"10m0s service (instance i-1) is unhealthy.",
		"10m0s service has started 1 tasks: (task 22222222).",
		"5m0s task 11111111 stopped: Essential container in task exited; exit code 1",
		"1m0s service has reached a steady state.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestEventsSayWhyATaskStopped(t *testing.T) {
	for want, task := range map[string]object{
		"stopped: CannotPullContainerError: not found": stoppedTask("11111111", 0, "CannotPullContainerError:\nnot found"),
		"stopped: Essential container in task exited; proxy: OutOfMemoryError; exit code 137; demo: exit code 143": stoppedTask("11111111", 0, "Essential container in task exited",
			object{"name": "proxy", "reason": "OutOfMemoryError", "exitCode": 137}, object{"name": "demo", "exitCode": 143}),
		"was stopped for scaling or a new deployment: Scaling activity initiated by (deployment ecs-svc/7)": stoppedTask("11111111", 0, "Scaling activity initiated by (deployment ecs-svc/7)"),
		"stopped because AWS took back its Spot capacity: Your Spot Task was interrupted.":                  stoppedTask("11111111", 0, "Your Spot Task was interrupted."),
		"stopped": stoppedTask("11111111", 0, ""),
	} {
		if got := eventsOf(t, nil, []object{task}); !slices.Equal(got, []string{"0s task 11111111 " + want}) {
			t.Errorf("got %q", got)
		}
	}
}

func TestEventsOfTheServiceKeepWhatECSSays(t *testing.T) {
	for message, want := range map[string]string{
		"(service demo) has begun draining connections on 2 tasks.": "service has begun draining connections on 2 tasks.",
		"(service demo, taskSet ecs-svc/7) has begun draining.":     "(service demo, taskSet ecs-svc/7) has begun draining.",
		"service demo was unable to place a task.":                  "service demo was unable to place a task.",
		"(task 1) failed.": "(task 1) failed.",
	} {
		if got := (Event{Message: message}).Text(); got != want {
			t.Errorf("got %q", got)
		}
	}
}

// TestEventsKeepWhatCouldBeRead has one of the two requests fail.
func TestEventsKeepWhatCouldBeRead(t *testing.T) {
	denied := refuse(http.StatusBadRequest, "AccessDeniedException", "no")
	service := body(service(t, object{"events": []object{serviceEvent(0, "(service demo) has reached a steady state.")}}))
	tasks := body(mustJSON(t, object{"tasks": []object{stoppedTask("11111111", 0, "Essential container in task exited")}}))
	gone := refuse(http.StatusBadRequest, "ClusterNotFoundException", "Cluster not found.")
	for name, each := range map[string]struct {
		aws  map[string]response
		code Code
		want int
	}{
		"no right to tasks":       {map[string]response{"DescribeServices": service, "ListTasks": denied}, NotAllowed, 1},
		"no right to the service": {map[string]response{"DescribeServices": denied, "ListTasks": body(listOf(t, "a")), "DescribeTasks": tasks}, NotAllowed, 1},
		"not deployed":            {map[string]response{"DescribeServices": gone, "ListTasks": gone}, NotDeployed, 0},
		"an error of AWS":         {map[string]response{"DescribeServices": refuse(http.StatusInternalServerError, "ServerException", "")}, AWSError, 0},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := newFakeAWS(t, each.aws).region("", saturday).Events(t.Context(), saturday.Add(-time.Hour))
			if len(events) != each.want || err == nil || ProblemOf(err).Code != each.code {
				t.Errorf("got %+v, %v", events, err)
			}
		})
	}
}

func TestAStopNamesItsContainers(t *testing.T) {
	region := newFakeAWS(t, map[string]response{
		"ListTasks": body(listOf(t, "a")),
		"DescribeTasks": body(mustJSON(t, object{"tasks": []object{stoppedTask("a", 0, "Task failed to start",
			object{"name": "demo", "exitCode": 2}, object{"name": "proxy", "reason": "CannotStartContainerError"})}})),
	}).region("", saturday)
	events, err := region.Events(t.Context(), saturday)
	if err != nil || len(events) != 1 || len(events[0].Stop.Containers) != 2 {
		t.Fatalf("got %+v, %v", events, err)
	}
	first, second := events[0].Stop.Containers[0], events[0].Stop.Containers[1]
	if first.Container != "demo" || *first.ExitCode != 2 || second.ExitCode != nil || second.Reason != "CannotStartContainerError" {
		t.Errorf("got %+v", events[0].Stop)
	}
}
