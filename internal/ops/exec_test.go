package ops

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// execFleet is a region with a writable server, a writable sidecar and one that is read-only.
func execFleet(t *testing.T, settings string) config.Region {
	t.Helper()
	parsed, _, err := config.Parse("regions.yaml", []byte(`project: demo
environment: dev
defaults:
  container: {image: "example/server:1", port: 8001, read_only: false, sidecars: [{name: proxy, image: a/b}, {name: tools, image: a/b, read_only: false}]}
`+settings+`
regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Regions[0]
}

const execOn = "  logs: {exec: true}"

const taskARN = "arn:aws:ecs:eu-west-1:123456789012:task/" + clusterName + "/"

// execTask is a task that started some time ago, with an agent in the server and in the tools.
func execTask(id string, age time.Duration, agent object) object {
	agents := []object{}
	if agent != nil {
		agents = append(agents, agent)
	}
	return object{
		"taskArn": taskARN + id, "lastStatus": "RUNNING", "startedAt": ago(age), "enableExecuteCommand": true,
		"containers": []object{
			{"name": "demo", "runtimeId": id + "-1", "managedAgents": agents},
			{"name": "tools", "runtimeId": id + "-2", "managedAgents": agents},
			{"name": "proxy", "runtimeId": id + "-3"},
		},
	}
}

func agent(status string) object {
	return object{"name": "ExecuteCommandAgent", "lastStatus": status, "reason": "cannot\nstart"}
}

// execAWS is a region with these tasks.
func execAWS(t *testing.T, tasks ...object) map[string]response {
	t.Helper()
	arns := []string{}
	for _, each := range tasks {
		arns = append(arns, each["taskArn"].(string))
	}
	return map[string]response{
		"DescribeServices": body(service(t, object{"enableExecuteCommand": true})),
		"ListTasks":        body(mustJSON(t, object{"taskArns": arns})),
		"DescribeTasks":    body(mustJSON(t, object{"tasks": tasks})),
		"ExecuteCommand": body(mustJSON(t, object{"session": object{
			"sessionId": "ecs-execute-command-1", "streamUrl": "wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/1?role=x&y=z", "tokenValue": "token",
		}})),
	}
}

func TestExecStartsSessionForPlugin(t *testing.T) {
	aws := newFakeAWS(t, execAWS(t, execTask("aaaaaaaaaaaa", time.Hour, agent("RUNNING"))))
	session, err := aws.connect(execFleet(t, execOn), saturday).Exec(t.Context(), ExecRequest{Container: "server", Command: "ls -l"})
	if err != nil {
		t.Fatal(err)
	}
	if session.Task != "aaaaaaaa" || session.Container != "demo" {
		t.Errorf("the session is in %s, %s", session.Task, session.Container)
	}
	if want := `{"cluster":"` + clusterName + `","command":"ls -l","container":"demo","interactive":true,"task":"` + taskARN + `aaaaaaaaaaaa"}`; !slices.Equal(aws.sent("ExecuteCommand"), []string{want}) {
		t.Errorf("sent %s, want %s", aws.sent("ExecuteCommand"), want)
	}
	arguments, err := session.PluginArguments("operator")
	want := []string{
		`{"sessionId":"ecs-execute-command-1","streamUrl":"wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/1?role=x\u0026y=z","tokenValue":"token"}`,
		"eu-west-1", "StartSession", "operator", `{"Target":"ecs:` + clusterName + `_aaaaaaaaaaaa_aaaaaaaaaaaa-1"}`, "https://ssm.eu-west-1.amazonaws.com",
	}
	if err != nil || !slices.Equal(arguments, want) {
		t.Errorf("got  %q, %v\nwant %q", arguments, err, want)
	}
}

func TestExecChoosesTask(t *testing.T) {
	aws := execAWS(t,
		execTask("aaaa1111", 3*time.Hour, agent("RUNNING")), execTask("aaaa2222", 2*time.Hour, agent("RUNNING")), execTask("bbbb3333", time.Hour, agent("PENDING")))
	for name, each := range map[string]struct{ task, want string }{
		"newest with an agent":    {"", "aaaa2222"},
		"beginning of an ID":      {"aaaa1", "aaaa1111"},
		"ARN":                     {taskARN + "aaaa1111", "aaaa1111"},
		"without an agent":        {"bbbb", "the agent of ECS Exec in task bbbb3333 is starting"},
		"not running":             {"cccc", "task cccc is not running in the service"},
		"beginning of two of IDs": {"aaaa", "2 tasks begin with aaaa"},
	} {
		t.Run(name, func(t *testing.T) {
			session, err := newFakeAWS(t, aws).connect(execFleet(t, execOn), saturday).Exec(t.Context(), ExecRequest{Task: each.task, Container: "server", Command: "sh"})
			if err == nil && session.Task != each.want || err != nil && err.Error() != each.want {
				t.Errorf("got %+v, %v", session, err)
			}
		})
	}
}

func TestExecChoosesContainer(t *testing.T) {
	aws := newFakeAWS(t, execAWS(t, execTask("aaaa1111", time.Hour, agent("RUNNING"))))
	session, err := aws.connect(execFleet(t, execOn), saturday).Exec(t.Context(), ExecRequest{Container: "tools", Command: "sh"})
	if err != nil {
		t.Fatal(err)
	}
	arguments, err := session.PluginArguments("")
	if err != nil || !strings.Contains(arguments[4], "_aaaa1111-2") || !strings.Contains(aws.sent("ExecuteCommand")[0], `"container":"tools"`) {
		t.Errorf("got %q, %v, sent %s", arguments, err, aws.sent("ExecuteCommand"))
	}
}

func TestExecSaysWhyNot(t *testing.T) {
	old := execTask("aaaa1111", time.Hour, agent("RUNNING"))
	old["enableExecuteCommand"] = false
	earlier := execTask("aaaa1111", time.Hour, agent("RUNNING"))
	earlier["containers"] = []object{{"name": "demo", "managedAgents": []object{agent("RUNNING")}}}
	const replace = "dev-eu-west-1 --var 'force_new_deployment=true'"
	for name, each := range map[string]struct {
		settings, container string
		at                  time.Time
		aws                 map[string]response
		message, fix        string
	}{
		"off in the fleet file": {settings: " ", message: "ECS Exec is off in the fleet file", fix: "set logs.exec: true, then deploy"},
		"read-only container":   {container: "proxy", message: "the file system of container proxy is read-only", fix: "pass --container server or tools, or set read_only: false"},
		"off for the service": {aws: map[string]response{"DescribeServices": body(service(t, nil))},
			message: "ECS Exec is on in the fleet file, but not for the service", fix: replace},
		"task from before":      {aws: execAWS(t, old), message: "task aaaa1111 started without ECS Exec", fix: replace},
		"no agent":              {aws: execAWS(t, execTask("aaaa1111", time.Hour, nil)), message: "task aaaa1111 started without ECS Exec", fix: replace},
		"container from before": {container: "tools", aws: execAWS(t, earlier), message: "task aaaa1111 has no container tools", fix: "dev-eu-west-1"},
		"agent stopped": {aws: execAWS(t, execTask("aaaa1111", time.Hour, agent("STOPPED"))),
			message: "the agent of ECS Exec in task aaaa1111 is not running: cannot start", fix: "write to the file system"},
		"no task": {aws: execAWS(t), message: "no task is running", fix: "doctor"},
		"asleep": {settings: execOn + "\n  weekend: {enabled: true}", at: tuesday, aws: execAWS(t),
			message: "no task is running: asleep, wakes Sat 06:00 UTC in 4 d 4 h", fix: "weekend up"},
		"not deployed": {aws: map[string]response{"DescribeServices": refuse(http.StatusBadRequest, "ClusterNotFoundException", "")},
			message: "not deployed: no cluster " + clusterName, fix: "dev-eu-west-1"},
		"not connected": {aws: map[string]response{"ExecuteCommand": refuse(http.StatusBadRequest, "TargetNotConnectedException", "")},
			message: "the agent of ECS Exec in task aaaa1111 is not connected to Session Manager", fix: "ssmmessages"},
		"denied": {aws: map[string]response{"ExecuteCommand": refuse(http.StatusBadRequest, "AccessDeniedException", "User: a is not authorized to perform: ecs:ExecuteCommand")},
			message: "ExecuteCommand: not allowed: User: a is not authorized to perform: ecs:ExecuteCommand", fix: "grant the credentials permission"},
	} {
		t.Run(name, func(t *testing.T) {
			responses := execAWS(t, execTask("aaaa1111", time.Hour, agent("RUNNING")))
			maps.Copy(responses, each.aws)
			settings, at, container := each.settings, each.at, each.container
			if settings == "" {
				settings = execOn
			}
			if at.IsZero() {
				at = saturday
			}
			if container == "" {
				container = "server"
			}
			_, err := newFakeAWS(t, responses).connect(execFleet(t, settings), at).Exec(t.Context(), ExecRequest{Container: container, Command: "sh"})
			if err == nil {
				t.Fatal("a session started")
			}
			problem := ProblemOf(err)
			fix := string(problem.Fix.Verb) + " " + strings.Join(problem.Fix.Arguments, " ") + " " + problem.Fix.Advice
			if !strings.HasPrefix(problem.Message, each.message) || !strings.Contains(fix, each.fix) {
				t.Errorf("got %s; %s", problem.Message, fix)
			}
		})
	}
}
