package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// symptom is a phrase of AWS's, what it means, and what helps: a verb, or advice.
type symptom struct {
	phrase, means string
	verb          Verb
	arguments     []string
	advice        string
}

var anHour = []string{"--since", "1h"}

// stopSymptoms are the reasons of stopped tasks, the more special ones first.
//
// Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html and
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
var stopSymptoms = []symptom{
	{phrase: "did not contain json key", means: "the secret lacks a key that the container asks for", verb: VerbSecretStatus},
	{phrase: "unable to pull secrets", means: "the secret cannot be read", verb: VerbSecretStatus, advice: "if it is there, deploy again for the execution role's rights"},
	{phrase: "CannotPullContainerError", means: "the image cannot be pulled", advice: "check that container.image exists and may be pulled, then deploy"},
	{phrase: "pull image manifest has been retried", means: "the image cannot be pulled", advice: "check that container.image exists and may be pulled, then deploy"},
	{phrase: "exec format error", means: "the image is for another processor", advice: "build the image for linux/amd64"},
	{phrase: "OutOfMemory", means: "the container ran out of memory", advice: "raise container.memory in the fleet file, then deploy"},
	{phrase: "log stream", means: "the log group cannot be written", verb: VerbDeploy, advice: "the log group or the execution role's rights are gone"},
	{phrase: "logger", means: "the log group cannot be written", verb: VerbDeploy, advice: "the log group or the execution role's rights are gone"},
	{phrase: "ResourceInitializationError", means: "the task cannot reach AWS", advice: "check the subnets' route to an internet gateway and the tasks' public addresses"},
	{phrase: "ELB health checks", means: "the load balancer found the task unhealthy", verb: VerbLogs, arguments: anHour, advice: "check load_balancer.health_check.path and container.port"},
	{phrase: "failed container health checks", means: "the container's own health check failed", verb: VerbLogs, arguments: anHour},
	{phrase: "Essential container in task exited", means: "the container ended by itself", verb: VerbLogs, arguments: anHour},
	{phrase: "CannotStartContainerError", means: "the container cannot be started", verb: VerbLogs, arguments: anHour, advice: "the root file system is read-only but for /tmp"},
	{phrase: "Task stopped by user", means: "somebody stopped the task", advice: "ECS starts another by itself"},
}

// eventSymptoms are what a service says of itself.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
var eventSymptoms = []symptom{
	{phrase: "not have enough free IP", means: "a subnet has no address left", advice: largerSubnets},
	{phrase: "InsufficientFreeAddresses", means: "a subnet has no address left", advice: largerSubnets},
	{phrase: "Capacity is unavailable", means: "AWS has no Fargate capacity at the moment", advice: "wait, or name other network.zones"},
	{phrase: "vCPU limit", means: "the account's limit of Fargate vCPUs is reached", verb: VerbAWS, arguments: []string{
		"service-quotas", "request-service-quota-increase", "--service-code", "fargate", "--quota-code", "L-3032A538", "--desired-value", "64",
	}},
	{phrase: "unable to consistently start", means: "tasks stop again and again", verb: VerbLogs, arguments: anHour},
	{phrase: "is unhealthy in", means: "the load balancer found a task unhealthy", verb: VerbLogs, arguments: anHour, advice: "check load_balancer.health_check.path and container.port"},
	{phrase: "unable to assume role", means: "ECS's own role is missing", advice: "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com"},
	{phrase: "was unable to place", means: "a task cannot be placed", verb: VerbStatus},
	{phrase: "deployment failed", means: "the deployment failed", verb: VerbLogs, arguments: anHour},
}

// usualEvents are what a service says that is well.
var usualEvents = []string{
	"has started", "has stopped", "registered", "deregistered", "has begun draining", "deployment completed", steadyState,
	"rolling back to", "updated computedDesiredCount", "Successfully set desired count",
}

// largerSubnets is what helps where addresses run out.
const largerSubnets = "name larger network.subnets, which needs the stack destroyed and deployed again"

// recognise makes a problem of what AWS says; without a meaning it stays as AWS said it.
func (r *Region) recognise(code Code, symptoms []symptom, unknown, text string) Problem {
	for _, each := range symptoms {
		if !strings.Contains(text, each.phrase) {
			continue
		}
		fix := Fix{Verb: each.verb, Region: r.Name, Arguments: each.arguments, Advice: each.advice}
		if each.verb == VerbDeploy {
			fix.Arguments = r.deploy().Arguments
		}
		return Problem{code, each.means + ": " + oneLine(text), fix}
	}
	return Problem{code, joined(unknown, oneLine(text)), r.fix(VerbLogs, anHour...)}
}

// history is how long a stopped task counts against a service that is steady again.
const history = 10 * time.Minute

// checkTasks reads why tasks have stopped since the service was last steady. What stopped before is
// history, as are tasks that ECS replaced or had no more use for.
func checkTasks(ctx context.Context, p *examination) (found []Problem, err error) {
	stopped, err := p.stoppedTasks(ctx)
	if err != nil {
		return nil, err
	}
	since := lastSteady(p.seen.service)
	if recent := p.Now().Add(-history); p.seen.isSteady() && since.Before(recent) {
		since = recent
	}
	for _, task := range stopped {
		if isDeliberate(task) || (task.StoppedAt != nil && task.StoppedAt.Before(since)) {
			continue
		}
		found = append(found, p.recognise(TaskStopped, stopSymptoms, "a task stopped", stopReason(task)))
	}
	return found, nil
}

// stopReason puts together what ECS says of a task and of its container.
func stopReason(task ecstypes.Task) string {
	parts := []string{oneLine(value(task.StoppedReason))}
	for _, container := range task.Containers {
		if reason := value(container.Reason); reason != "" {
			parts = append(parts, oneLine(reason))
		}
		if container.ExitCode != nil {
			parts = append(parts, fmt.Sprintf("exit code %d", *container.ExitCode))
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "; ")
}

// checkEvents reads the service's events back to when it last was steady.
func checkEvents(_ context.Context, p *examination) (found []Problem, _ error) {
	for _, event := range p.seen.service.Events {
		text := value(event.Message)
		if strings.Contains(text, steadyState) {
			break
		}
		problem := p.recognise(ServiceEvent, eventSymptoms, "", text)
		usual := slices.ContainsFunc(usualEvents, func(phrase string) bool { return strings.Contains(text, phrase) })
		if !usual || problem.Message != oneLine(text) {
			found = append(found, problem)
		}
	}
	return found, nil
}

// targetMeanings are the reasons of a target's health.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
var targetMeanings = map[elbtypes.TargetHealthReasonEnum]struct{ means, advice string }{
	elbtypes.TargetHealthReasonEnumTimeout:              {"does not answer the health check in time", "check container.port, and that the server listens on 0.0.0.0"},
	elbtypes.TargetHealthReasonEnumFailedHealthChecks:   {"refuses the health check's connection, or answers nonsense", "check container.port, and that the server listens on 0.0.0.0"},
	elbtypes.TargetHealthReasonEnumResponseCodeMismatch: {"answers the health check with another status", "check load_balancer.health_check.path and matcher"},
	elbtypes.TargetHealthReasonEnumNotInUse:             {"is in a target group that no listener sends requests to", "deploy again: the listener is missing"},
	elbtypes.TargetHealthReasonEnumInvalidState:         {"is stopped", "look again in a minute"},
	elbtypes.TargetHealthReasonEnumRegistrationInProgress: {
		"is being registered", "wait a minute",
	},
	elbtypes.TargetHealthReasonEnumInitialHealthChecking: {"is waiting for its first health checks", "wait a minute"},
	elbtypes.TargetHealthReasonEnumInternalError:         {"cannot be checked, as the load balancer has an error of its own", "wait; https://health.aws.amazon.com/health/status says whether AWS has trouble"},
}

// restingStates are those of targets that nobody waits for.
var restingStates = []elbtypes.TargetHealthStateEnum{
	elbtypes.TargetHealthStateEnumHealthy, elbtypes.TargetHealthStateEnumDraining,
}

func checkTargets(_ context.Context, p *examination) (found []Problem, _ error) {
	for _, target := range p.seen.targets {
		health := target.TargetHealth
		if health == nil || slices.Contains(restingStates, health.State) {
			continue
		}
		code, description := TargetUnhealthy, oneLine(value(health.Description))
		if health.State == elbtypes.TargetHealthStateEnumInitial {
			code = Starting
		}
		meaning, known := targetMeanings[health.Reason]
		if !known {
			text := joined(fmt.Sprintf("a target is %s", health.State), string(health.Reason), description)
			found = append(found, Problem{code, text, p.fix(VerbLogs, anHour...)})
			continue
		}
		found = append(found, Problem{code, joined("a target "+meaning.means, description), advice(meaning.advice)})
	}
	if len(p.seen.service.LoadBalancers) > 0 && len(p.seen.targets) == 0 && p.seen.service.RunningCount > 0 {
		found = append(found, Problem{TargetUnhealthy, "tasks run, but none is registered with the load balancer", p.deploy()})
	}
	return found, nil
}
