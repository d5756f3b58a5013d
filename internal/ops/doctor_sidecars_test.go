package ops

import (
	"strings"
	"testing"
)

// running are the responses for two tasks whose collectors are as given.
func running(t *testing.T, first, second object) map[string]response {
	t.Helper()
	var tasks []object
	for _, collector := range []object{first, second} {
		collector["name"] = "collector"
		tasks = append(tasks, object{"taskArn": "a", "lastStatus": "RUNNING", "containers": []object{{"name": "demo", "lastStatus": "RUNNING"}, collector}})
	}
	return map[string]response{
		"ListTasks":     body(`{"taskArns": ["arn:aws:ecs:eu-west-1:123456789012:task/a", "arn:aws:ecs:eu-west-1:123456789012:task/b"]}`),
		"DescribeTasks": body(mustJSON(t, object{"tasks": tasks})),
	}
}

func TestDoctorReadsSidecars(t *testing.T) {
	const in = "the sidecar collector has exited or is unhealthy in "
	for name, each := range map[string]struct {
		first, second object
		// awaited is the condition under which the server waits for the collector.
		awaited, want string
	}{
		"healthy":             {object{"lastStatus": "RUNNING", "healthStatus": "HEALTHY"}, object{"lastStatus": "RUNNING", "healthStatus": "UNKNOWN"}, "start", ""},
		"one exited":          {object{"lastStatus": "STOPPED", "exitCode": 1}, object{"lastStatus": "RUNNING"}, "start", in + "1 of 2 tasks: exit code 1"},
		"all killed":          {object{"lastStatus": "STOPPED", "exitCode": 137, "reason": "OutOfMemoryError"}, object{"lastStatus": "STOPPED", "exitCode": 137, "reason": "OutOfMemoryError"}, "start", in + "2 of 2 tasks: OutOfMemoryError; exit code 137"},
		"never started":       {object{"lastStatus": "STOPPED", "reason": "CannotStartContainerError"}, object{"lastStatus": "RUNNING"}, "start", in + "1 of 2 tasks: CannotStartContainerError"},
		"unhealthy":           {object{"lastStatus": "RUNNING", "healthStatus": "UNHEALTHY"}, object{"lastStatus": "RUNNING"}, "start", in + "1 of 2 tasks"},
		"done":                {object{"lastStatus": "STOPPED", "exitCode": 0}, object{"lastStatus": "STOPPED", "exitCode": 0}, "success", ""},
		"done, but failed":    {object{"lastStatus": "STOPPED", "exitCode": 2}, object{"lastStatus": "STOPPED", "exitCode": 0}, "complete", in + "1 of 2 tasks: exit code 2"},
		"exited with success": {object{"lastStatus": "STOPPED", "exitCode": 0}, object{"lastStatus": "RUNNING"}, "start", in + "1 of 2 tasks: exit code 0"},
	} {
		t.Run(name, func(t *testing.T) {
			region := newFakeAWS(t, running(t, each.first, each.second)).region("", saturday)
			addSidecars(region)
			region.Container.DependsOn["collector"] = each.awaited
			problems, err := checkSidecars(t.Context(), &examination{Region: region})
			if err != nil {
				t.Fatal(err)
			}
			if each.want == "" {
				wantProblems(t, problems, "")
				return
			}
			wantProblems(t, problems, each.want, SidecarFailed)
			if arguments := strings.Join(problems[0].Fix.Arguments, " "); problems[0].Fix.Verb != VerbLogs || arguments != "--container collector --since 1h" {
				t.Errorf("the fix is %+v", problems[0].Fix)
			}
		})
	}
}

// TestEssentialSidecarsAreNotAskedFor holds that tasks without optional sidecars cost no request: ECS replaces those whose
// essential containers fail.
func TestEssentialSidecarsAreNotAskedFor(t *testing.T) {
	region := newFakeAWS(t, running(t, object{"lastStatus": "STOPPED", "exitCode": 1}, object{"lastStatus": "RUNNING"})).region("", saturday)
	addSidecars(region)
	region.Container.Sidecars[1].Essential = true
	for _, name := range region.Doctor(t.Context()).Checked {
		if name == "sidecars" {
			t.Error("sidecars are checked")
		}
	}
}

// TestDoctorNamesTheContainerThatExited has a task that stopped because its proxy exited.
func TestDoctorNamesTheContainerThatExited(t *testing.T) {
	aws := map[string]response{
		"ListTasks": body(`{"taskArns": ["arn:aws:ecs:eu-west-1:123456789012:task/a"]}`),
		"DescribeTasks": body(mustJSON(t, object{"tasks": []object{{
			"taskArn": "a", "stoppedAt": ago(0), "stoppedReason": "Essential container in task exited",
			"containers": []object{{"name": "proxy", "exitCode": 1}, {"name": "demo", "exitCode": 143}},
		}}})),
	}
	problems := found(t, newFakeAWS(t, aws).region("", saturday).Doctor(t.Context()), "tasks")
	wantProblems(t, problems, "Essential container in task exited; proxy: exit code 1; demo: exit code 143", TaskStopped)
}
