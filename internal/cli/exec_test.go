package cli

import (
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"github.com/cdtait/mcpfleet/internal/untested"
)

// execFile is a fleet file whose tasks accept commands, with these regions.
func execFile(t *testing.T, project, regions string) string {
	t.Helper()
	text := strings.Replace(fleetText(project, "{}\n  logs: {exec: true}", regions), "    image: ghcr.io", "    read_only: false\n    sidecars: [{name: proxy, image: a/b}]\n    image: ghcr.io", 1)
	return fleetFile(t, text)
}

// execAWS are the responses of AWS for a project whose task accepts commands.
func execAWS(project string) cannedResponses {
	return cannedResponses{bodies: map[string]string{
		"DescribeServices": `{"services": [{"status": "ACTIVE", "enableExecuteCommand": true}]}`,
		"ListTasks":        `{"taskArns": ["arn:aws:ecs:eu-west-1:123456789012:task/cluster/0123456789abcdef"]}`,
		"DescribeTasks": `{"tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/cluster/0123456789abcdef", "lastStatus": "RUNNING", "enableExecuteCommand": true,
			"containers": [{"name": "` + project + `", "runtimeId": "0123456789abcdef-1", "managedAgents": [{"name": "ExecuteCommandAgent", "lastStatus": "RUNNING"}]}]}]}`,
		"ExecuteCommand": `{"session": {"sessionId": "session", "streamUrl": "wss://stream", "tokenValue": "token"}}`,
	}}
}

// fakePlugin puts a session-manager-plugin into a folder that is the only one on PATH. It writes its arguments to the file
// whose path is returned, one per line, and then runs a script of the shell's own commands.
func fakePlugin(t *testing.T, script string) (arguments string) {
	t.Helper()
	folder := t.TempDir()
	arguments = filepath.Join(folder, "arguments")
	text := "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" + arguments + "'\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(folder, "session-manager-plugin"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder)
	return arguments
}

func TestExecRunsPlugin(t *testing.T) {
	url := awsURL(t)
	profiles := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(profiles, []byte("[profile operator]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", profiles)
	t.Setenv("AWS_PROFILE", "operator")
	file := execFile(t, "exec-a", threeRegions)
	aws := execAWS("exec-a")
	var command string
	aws.handle = func(c call) bool {
		if c.operation == "ExecuteCommand" {
			command = c.body
		}
		return c.operation == "ExecuteCommand" && writes(c, `{"session": {"sessionId": "session", "streamUrl": "wss://stream", "tokenValue": "token"}}`)
	}
	delete(aws.bodies, "ExecuteCommand")
	aws.intercept(t, url)
	for name, each := range map[string]struct {
		arguments []string
		script    string
		status    int
		command   string
	}{
		"a shell":                 {nil, "exit 0", 0, `"command":"/bin/sh"`},
		"a command":               {[]string{"--", "ls", "-l", "/tmp"}, "exit 0", 0, `"command":"ls -l /tmp"`},
		"a command with quotes":   {[]string{"--", "sh", "-c", "env | sort"}, "exit 0", 0, `"command":"sh -c 'env | sort'"`},
		"the plugin's status":     {nil, "exit 7", 7, ""},
		"a plugin that is killed": {nil, "kill -9 $$", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			recorded := fakePlugin(t, "echo to the terminal; "+each.script)
			got := run(t, saturday, file, append([]string{"exec", "--region", "eu-west-1"}, each.arguments...)...)
			want(t, got, each.status, "exec-a dev, account 123456789012 as user/moto\neu-west-1: task 01234567, container exec-a\n")
			if got.out != "to the terminal\n" || strings.Contains(got.err, "mcpfleet:") {
				t.Errorf("got\n%v", got)
			}
			if !strings.Contains(command, each.command) {
				t.Errorf("sent %s", command)
			}
			arguments, err := os.ReadFile(recorded)
			const session = `{"sessionId":"session","streamUrl":"wss://stream","tokenValue":"token"}` + "\neu-west-1\nStartSession\noperator\n" +
				`{"Target":"ecs:exec-a-dev-eu-west-1-cluster_0123456789abcdef_0123456789abcdef-1"}` + "\nhttps://ssm.eu-west-1.amazonaws.com\n"
			if err != nil || string(arguments) != session {
				t.Errorf("the plugin has the arguments %s, %v", arguments, err)
			}
		})
	}
}

func TestExecSaysWhatIsMissing(t *testing.T) {
	url := awsURL(t)
	stopped := strings.Replace(execAWS("exec-b").bodies["DescribeTasks"], `"ExecuteCommandAgent", "lastStatus": "RUNNING"`, `"ExecuteCommandAgent", "lastStatus": "STOPPED"`, 1)
	for name, each := range map[string]struct {
		arguments string
		bodies    map[string]string
		fault     func(call) bool
		status    int
		message   string
	}{
		"two regions":       {arguments: "", status: 2, message: "mcpfleet: mcpfleet exec runs in one region; pass --region with one of eu-west-1, eu-west-2, us-east-1\n"},
		"unknown container": {arguments: "--region eu-west-1 --container prox", status: 2, message: `--container: the fleet's tasks have no container "prox"; use proxy or server`},
		"read-only sidecar": {arguments: "--region eu-west-1 --container proxy", status: 1, message: "eu-west-1: the file system of container proxy is read-only, and the agent of ECS Exec must write to it; pass --container server, or set read_only: false for the container, then deploy\n"},
		"JSON":              {arguments: "--json", status: 2, message: "mcpfleet exec does not support --json; remove it"},
		"stopped agent":     {arguments: "--region eu-west-1", bodies: map[string]string{"DescribeTasks": stopped}, status: 1, message: "eu-west-1: the agent of ECS Exec in task 01234567 is not running; MCPFLEET_CONFIG="},
		"other task":        {arguments: "--region eu-west-1 --task 99", status: 1, message: "eu-west-1: task 99 is not running in the service; the running tasks are 01234567\n"},
		"missing permission": {arguments: "--region eu-west-1", status: 1, message: "eu-west-1: ExecuteCommand: not allowed: not authorized to perform: ecs:ExecuteCommand; grant the credentials permission for this action, or use other credentials\n",
			fault: func(c call) bool {
				return c.operation == "ExecuteCommand" && c.fail(http.StatusBadRequest, "AccessDeniedException", "not authorized to perform: ecs:ExecuteCommand")
			}},
	} {
		t.Run(name, func(t *testing.T) {
			arguments := fakePlugin(t, "")
			aws := execAWS("exec-b")
			maps.Copy(aws.bodies, each.bodies)
			if aws.handle = each.fault; each.fault != nil {
				delete(aws.bodies, "ExecuteCommand")
			}
			aws.intercept(t, url)
			got := run(t, saturday, execFile(t, "exec-b", threeRegions), append([]string{"exec"}, strings.Fields(each.arguments)...)...)
			want(t, got, each.status, each.message)
			if _, err := os.Stat(arguments); err == nil {
				t.Error("the plugin ran")
			}
		})
	}
	t.Run("off", func(t *testing.T) {
		fakePlugin(t, "")
		want(t, run(t, saturday, fleetFile(t, fleetText("exec-b", "{}", oneRegion)), "exec"), 1, "eu-west-1: ECS Exec is off in the fleet file; set logs.exec: true, then deploy; tasks that start after that accept commands\n")
	})
	t.Run("no plugin", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		want(t, run(t, saturday, execFile(t, "exec-b", oneRegion), "exec"), 1, "mcpfleet: session-manager-plugin was not found; install it: https://docs.aws.amazon.com/")
	})
}

func TestExecPassesTheTerminalOn(t *testing.T) {
	url := awsURL(t)
	execAWS("exec-c").intercept(t, url)
	fakePlugin(t, `test -t 0 && test -t 1 && test -t 2 && echo ready; read -r line; echo "read $line"; exit 3`)
	terminal := startTerminal(t, saturday, execFile(t, "exec-c", oneRegion), "exec")
	terminal.waitFor("ready")
	terminal.send("a line\r")
	terminal.waitFor("read a line")
	terminal.wantExit(3)
}

// TestExecSurvivesSignals runs the program in a process of its own, because the terminal sends its signals to all processes
// in its foreground.
func TestExecSurvivesSignals(t *testing.T) {
	program, err := exec.LookPath("mcpfleet")
	if err != nil {
		t.Fatal(err)
	}
	url := awsURL(t)
	execAWS("exec-d").intercept(t, url)
	endpoint, _ := endpoints.Load(t.Name())
	file := execFile(t, "exec-d", oneRegion)
	fakePlugin(t, `trap 'echo interrupted' INT; trap 'echo quit' QUIT; trap 'echo terminated' TERM; echo ready; read -r line; exit 9`)
	for name, each := range map[string]struct {
		keys   string
		signal os.Signal
		text   string
	}{
		"Ctrl-C":  {keys: "\x03", text: "interrupted"},
		`Ctrl-\`:  {keys: "\x1c", text: "quit"},
		"SIGTERM": {signal: syscall.SIGTERM, text: "terminated"},
	} {
		t.Run(name, func(t *testing.T) {
			command := exec.CommandContext(t.Context(), program, "--config", file, "exec")
			command.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+endpoint.(string), "AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_PROFILE=",
				"TERM=dumb") // any other terminal is asked for its colors, and this one does not answer
			screen, err := pty.Start(command)
			if err != nil {
				untested.Skip(t, "commands on a terminal: "+err.Error())
			}
			t.Cleanup(func() { _ = screen.Close() })
			session := &terminalSession{t: t, screen: screen}
			go session.record()
			session.waitFor("ready")
			session.send(each.keys)
			if each.signal != nil {
				if err := command.Process.Signal(each.signal); err != nil {
					t.Fatal(err)
				}
			}
			session.waitFor(each.text)
			session.send("\r") // a shell may continue to read after a signal
			_ = command.Wait()
			if status := command.ProcessState.ExitCode(); status != 9 {
				t.Errorf("got %s:\n%s", command.ProcessState, session.text())
			}
		})
	}
}
