package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ExecRequest is a command to run in a task.
type ExecRequest struct {
	// Task is the ID of a task, the beginning of an ID, or an ARN. If empty, it is the newest task that accepts commands.
	Task string
	// Container is a container of the tasks, by its name in depends_on.
	Container string
	// Command is a command line. ECS splits it into words as a shell does.
	Command string
}

// Exec starts a session of ECS Exec that runs a command in a running task.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
func (r *Region) Exec(ctx context.Context, request ExecRequest) (*ExecSession, error) {
	if err := r.acceptsExec(request.Container); err != nil {
		return nil, err
	}
	service, err := r.service(ctx)
	if err != nil {
		return nil, err
	}
	if !service.EnableExecuteCommand {
		return nil, failure{Problem{Drift, "ECS Exec is on in the fleet file, but not for the service", r.replaceTasks()}}
	}
	tasks, err := r.runningTasks(ctx)
	if err != nil {
		return nil, err
	}
	if len(tasks) == 0 {
		return nil, r.noTaskRuns(ctx)
	}
	target, err := r.execTarget(tasks, request)
	if err != nil {
		return nil, err
	}
	output, err := r.ecs.ExecuteCommand(ctx, &ecs.ExecuteCommandInput{
		Cluster: new(r.Names.Cluster()), Task: &target.arn, Container: &target.container, Command: &request.Command,
		Interactive: true, // ECS accepts no other value
	})
	if hasCode(err, "TargetNotConnectedException") {
		return nil, failure{Problem{Failed, "the agent of ECS Exec in task " + target.shortTask() + " is not connected to Session Manager", advice(reconnectAgent)}}
	}
	if err != nil {
		return nil, err
	}
	return &ExecSession{
		Task: target.shortTask(), Container: target.container,
		region: r.Name, target: "ecs:" + r.Names.Cluster() + "_" + lastSegment(target.arn) + "_" + target.runtime, session: value(output.Session),
	}, nil
}

// What mends an agent that does not run, or is not connected.
const (
	reconnectAgent = "the tasks need a route to Session Manager, and a task role that allows the ssmmessages actions; see mcpfleet help observability"
	restartAgent   = "the agent must be able to write to the file system of the container"
)

// acceptsExec returns an error if the fleet file says that no command can be run in a container.
func (r *Region) acceptsExec(container string) error {
	if !r.Settings.Logs.ExecEnabled() {
		return failure{Problem{Failed, "ECS Exec is off in the fleet file", advice("set logs.exec: true, then deploy; tasks that start after that accept commands")}}
	}
	if !r.Container.IsReadOnly(container) {
		return nil
	}
	writable := slices.DeleteFunc(r.Container.ContainerNames(), r.Container.IsReadOnly)
	message := fmt.Sprintf("the file system of container %s is read-only, and the agent of ECS Exec must write to it", container)
	return failure{Problem{Failed, message, advice("pass --container " + strings.Join(writable, " or ") + ", or set read_only: false for the container, then deploy")}}
}

// replaceTasks returns the fix for tasks without the agent: ECS gives it only to tasks that start.
func (r *Region) replaceTasks() Fix {
	fix := r.deploy()
	fix.Arguments = append(fix.Arguments, "--var", "'force_new_deployment=true'")
	return fix.withAdvice("this replaces the tasks; only new tasks accept commands")
}

// noTaskRuns returns why there is no task to run a command in.
func (r *Region) noTaskRuns(ctx context.Context) error {
	if expected, o := r.expectedNow(ctx); !expected.Awake {
		return failure{Problem{Failed, "no task is running: " + r.timing(o, r.Now()).Text, r.fix(VerbWeekendUp)}}
	}
	return failure{Problem{TasksMissing, "no task is running", r.fix(VerbDoctor)}}
}

// execTarget is a container of a running task.
type execTarget struct{ arn, container, runtime string }

func (t execTarget) shortTask() string { return shortTaskID(t.arn) }

// execTarget returns the container to run a command in. Of several tasks it prefers the newest, which has what was
// deployed last.
func (r *Region) execTarget(tasks []ecstypes.Task, request ExecRequest) (execTarget, error) {
	slices.SortStableFunc(tasks, func(a, b ecstypes.Task) int { return value(b.StartedAt).Compare(value(a.StartedAt)) })
	candidates, err := matchingTasks(tasks, request.Task)
	if err != nil {
		return execTarget{}, err
	}
	var first error
	for _, task := range candidates {
		target, err := r.targetIn(task, request.Container)
		if err == nil {
			return target, nil
		}
		if first == nil {
			first = err
		}
	}
	return execTarget{}, first
}

// matchingTasks returns the task that a user named, or all tasks without a name.
func matchingTasks(tasks []ecstypes.Task, named string) ([]ecstypes.Task, error) {
	if named == "" {
		return tasks, nil
	}
	var matching []ecstypes.Task
	var running []string
	for _, task := range tasks {
		id := lastSegment(value(task.TaskArn))
		running = append(running, shortTaskID(id))
		if strings.HasPrefix(id, lastSegment(named)) {
			matching = append(matching, task)
		}
	}
	fix := advice("the running tasks are " + strings.Join(running, ", "))
	switch len(matching) {
	case 0:
		return nil, failure{Problem{Failed, "task " + named + " is not running in the service", fix}}
	case 1:
		return matching, nil
	}
	return nil, failure{Problem{Failed, fmt.Sprintf("%d tasks begin with %s", len(matching), named), fix}}
}

// targetIn returns a container of a task, or an error if it does not accept commands.
func (r *Region) targetIn(task ecstypes.Task, name string) (execTarget, error) {
	target := execTarget{arn: value(task.TaskArn), container: r.ContainerName(name)}
	at := slices.IndexFunc(task.Containers, func(container ecstypes.Container) bool { return value(container.Name) == target.container })
	if at < 0 {
		return target, failure{Problem{Drift, fmt.Sprintf("task %s has no container %s", target.shortTask(), target.container), r.deploy()}}
	}
	container := task.Containers[at]
	target.runtime = value(container.RuntimeId)
	agent := execAgent(container)
	switch {
	case !task.EnableExecuteCommand || agent == nil:
		return target, failure{Problem{Drift, "task " + target.shortTask() + " started without ECS Exec", r.replaceTasks()}}
	case value(agent.LastStatus) == "PENDING":
		return target, failure{Problem{Starting, "the agent of ECS Exec in task " + target.shortTask() + " is starting", advice("try again in a minute")}}
	case value(agent.LastStatus) != "RUNNING":
		message := fmt.Sprintf("the agent of ECS Exec in task %s is not running: %s", target.shortTask(), oneLine(value(agent.Reason)))
		return target, failure{Problem{Failed, strings.TrimSuffix(message, ": "), r.replaceTasks().withAdvice(restartAgent)}}
	}
	return target, nil
}

// execAgent returns the agent of ECS Exec in a container, nil if it has none.
func execAgent(container ecstypes.Container) *ecstypes.ManagedAgent {
	for i := range container.ManagedAgents {
		if container.ManagedAgents[i].Name == ecstypes.ManagedAgentNameExecuteCommandAgent {
			return &container.ManagedAgents[i]
		}
	}
	return nil
}
