package ops

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/internal/text"
)

// symptom is a phrase in an AWS message, what it means, and a fix: a verb, advice, or both.
type symptom struct {
	phrase, means string
	verb          Verb
	arguments     []string
	advice        string
	// adviceBy is the advice by kind of network or its mode, if that makes a difference.
	adviceBy map[string]string
}

var anHour = []string{"--since", "1h"}

// What doctor says about the container's own settings.
const (
	failedCheck   = "the container health check failed"
	repairCheck   = "check that the command of container.health_check is in the image and exits with 0; a slow start needs a longer start_period"
	repairProgram = "check that container.entrypoint and container.command name a program of the image that container.user may run, then deploy"
	restoreMounts = "if the volume is on an existing file system, this needs a mount target in each zone of the tasks, and a rule by which these let the tasks' security group connect to port 2049"
	restoreRights = "task_role.permissions_boundary, and the policy of an existing file system, must let the task role mount the volume"
	unknownUser   = "set container.user to a user of the image, or to its number, then deploy"
)

// stopSymptoms explain why tasks stopped, most specific first.
//
// Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html and
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html and, for volumes,
// https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html
var stopSymptoms = []symptom{
	{phrase: "did not contain json key", means: "the secret lacks a key that the container references", verb: VerbSecretStatus},
	{phrase: "Access to KMS is not allowed", means: "the secret's KMS key may not be used", verb: VerbDeploy, advice: "if the execution role may use the key, the key's own policy does not let it"},
	{phrase: "find the specified secret", means: "the region does not have a secret that the task needs", verb: VerbSecretStatus, advice: "an external secret has to be in the region of its tasks; Secrets Manager can replicate it there"},
	{phrase: "nvalid parameters", means: "the region does not have a parameter that the task needs", advice: "create it in the region of the tasks, or correct it in external_secrets and deploy"},
	{phrase: "unable to pull secrets", means: "the secret cannot be read", verb: VerbSecretStatus, advice: "if the secret exists, deploy again to restore the execution role's permissions"},
	{phrase: "access denied by server while mounting", means: "the task role may not mount an EFS volume", verb: VerbDeploy, advice: restoreRights},
	{phrase: "reason given by server: No such file or directory", means: "the directory of an EFS volume does not exist", advice: "create the root directory of the existing access point, or use an access point that creates it"},
	{phrase: "mount.nfs4: Connection timed out", means: "an EFS mount timed out", verb: VerbDeploy, advice: restoreMounts},
	{phrase: "failed due to timeout after", means: "an EFS mount timed out", verb: VerbDeploy, advice: restoreMounts},
	{phrase: `Failed to resolve "fs-`, means: "the name of an EFS file system does not resolve", verb: VerbDeploy, advice: restoreMounts},
	{phrase: "EFS utils", means: "an EFS volume cannot be mounted", verb: VerbDeploy, advice: restoreMounts},
	{phrase: "no space left on device", means: "the disk of the task is full", advice: "raise container.ephemeral_storage, or container.tmp_size if it is /tmp that is full, then deploy"},
	{phrase: "descriptor matching platform 'linux/arm64", means: "the image is built for another CPU architecture", advice: "build the image with docker buildx build --platform linux/arm64, or set container.architecture to x86_64, then deploy"},
	{phrase: "descriptor matching platform 'linux/amd64", means: "the image is built for another CPU architecture", advice: "build the image with docker buildx build --platform linux/amd64, or set container.architecture to arm64, then deploy"},
	{phrase: "unable to pull registry auth", means: "the task cannot reach AWS", adviceBy: networkAdvice},
	{phrase: "Client.Timeout exceeded", means: "the task cannot reach the image's registry", adviceBy: networkAdvice},
	{phrase: "i/o timeout", means: "the task cannot reach the image's registry", adviceBy: networkAdvice},
	{phrase: "CannotPullContainerError", means: "the image cannot be pulled", adviceBy: pullAdvice},
	{phrase: "pull image manifest has been retried", means: "the image cannot be pulled", adviceBy: pullAdvice},
	{phrase: "exec format error", means: "the image is built for another CPU architecture", advice: "build the image with docker buildx build --platform linux/arm64 if container.architecture is arm64, or linux/amd64 if it is x86_64, then deploy"},
	{phrase: "unable to find user", means: "the image does not have the user", advice: unknownUser},
	{phrase: "unable to find group", means: "the image does not have the group", advice: unknownUser},
	{phrase: "ead-only file system", means: "the container writes to its read-only root file system", advice: "write to /tmp, or set container.read_only to false, then deploy"},
	{phrase: `exec: "`, means: "the program cannot be run", advice: repairProgram},
	{phrase: "OutOfMemory", means: "the container ran out of memory", advice: "raise container.memory in the fleet file, or the memory of the sidecar that ran out of it, then deploy"},
	{phrase: "log stream", means: "the task cannot write to its log group", verb: VerbDeploy, advice: "the log group or the execution role's permissions are missing"},
	{phrase: "logger", means: "the task cannot write to its log group", verb: VerbDeploy, advice: "the log group or the execution role's permissions are missing"},
	{phrase: "CannotStartContainerError", means: "the container cannot be started", verb: VerbLogs, arguments: anHour, advice: "unless container.read_only is false, only /tmp is writable"},
	{phrase: "ResourceInitializationError", means: "the task cannot reach AWS", adviceBy: networkAdvice},
	{phrase: "ELB health checks", means: "the load balancer found the task unhealthy", verb: VerbLogs, arguments: anHour, advice: "check load_balancer.health_check.path and container.port"},
	{phrase: "failed container health checks", means: failedCheck, verb: VerbLogs, arguments: anHour, advice: repairCheck},
	{phrase: "exit code 127", means: "a program is not in the image", verb: VerbLogs, arguments: anHour, advice: repairProgram},
	{phrase: "exit code 126", means: "a program cannot be run", verb: VerbLogs, arguments: anHour, advice: repairProgram},
	{phrase: "Essential container in task exited", means: "the container exited", verb: VerbLogs, arguments: anHour},
	{phrase: "Task stopped by user", means: "a user stopped the task", advice: "ECS starts a replacement"},
}

// eventSymptoms explain service events.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
var eventSymptoms = []symptom{
	{phrase: "not have enough free IP", means: "a subnet has no free IP address", adviceBy: largerSubnets},
	{phrase: "InsufficientFreeAddresses", means: "a subnet has no free IP address", adviceBy: largerSubnets},
	{phrase: "Capacity is unavailable", means: "AWS has no Fargate capacity available", advice: "wait, or set network.zones to other zones"},
	{phrase: "vCPU limit", means: "the account has reached its Fargate vCPU quota", verb: VerbAWS, arguments: []string{
		"service-quotas", "request-service-quota-increase", "--service-code", "fargate", "--quota-code", "L-3032A538", "--desired-value", "64",
	}},
	{phrase: "unable to consistently start", means: "tasks keep stopping", verb: VerbLogs, arguments: anHour},
	{phrase: "failed container health checks", means: failedCheck, verb: VerbLogs, arguments: anHour, advice: repairCheck},
	{phrase: "is unhealthy in", means: "the load balancer found a task unhealthy", verb: VerbLogs, arguments: anHour, advice: "check load_balancer.health_check.path and container.port"},
	{phrase: "unable to assume role", means: "the ECS service-linked role is missing", advice: "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com"},
	{phrase: "unable to place", means: "a task cannot be placed", verb: VerbStatus},
	{phrase: "alarm detected", means: "a CloudWatch alarm failed the deployment", verb: VerbLogs, arguments: anHour, advice: "correct the cause, then deploy again"},
	{phrase: "deployment failed", means: "the deployment failed", verb: VerbLogs, arguments: anHour},
}

// spotEventSymptoms explain events of services that run tasks on Spot. The events do not name the capacity provider.
var spotEventSymptoms = []symptom{
	{phrase: "Capacity is unavailable", means: "AWS has no capacity available, most likely none on Spot", advice: "wait, set network.zones to other zones, or run more tasks on demand by service.capacity and mcpfleet capacity"},
}

// routineEvents are phrases in events that report no problem.
//
// Source for rebalancing: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing-event-messages-list.html
var routineEvents = []string{
	"has started", "has stopped", "registered", "deregistered", "has begun draining", "deployment completed", steadyState,
	"rolling back to", "updated computedDesiredCount", "Successfully set desired count",
	"AZ Rebalancing in progress", "is AZ balanced",
}

// existingNetwork is the kind of a network that is not the stack's.
const existingNetwork = "existing"

// networkKind returns the network mode, or that the VPC is an existing one, for advice.
func (r *Region) networkKind() string {
	if r.HasExistingVPC() {
		return existingNetwork
	}
	return r.Network.Mode
}

// largerSubnets is the advice, by kind of network, for subnets that run out of addresses.
var largerSubnets = map[string]string{
	existingNetwork: "list other subnets in network.existing, then deploy",
	"public":        "set network.subnets to larger blocks, then destroy the stack and deploy it again",
	"private":       "set network.private_subnets to larger blocks, then destroy the stack and deploy it again",
	"endpoints":     "set network.private_subnets to larger blocks, then destroy the stack and deploy it again",
}

// diagnose turns an AWS message into a problem. An unknown message is reported as is.
func (r *Region) diagnose(code Code, symptoms []symptom, unknown, reason string) Problem {
	for _, each := range symptoms {
		if !strings.Contains(reason, each.phrase) {
			continue
		}
		fix := Fix{Verb: each.verb, Region: r.Name, Arguments: each.arguments, Advice: cmp.Or(each.advice, each.adviceBy[r.networkKind()], each.adviceBy[r.Network.Mode])}
		if each.verb == VerbDeploy {
			fix.Arguments = r.deploy().Arguments
		}
		return Problem{code, each.means + ": " + oneLine(reason), fix}
	}
	return Problem{code, text.JoinNonEmpty(": ", unknown, oneLine(reason)), r.fix(VerbLogs, anHour...)}
}

// stoppedTaskAge is how long a stopped task counts as a problem once the service is steady again.
const stoppedTaskAge = 10 * time.Minute

// checkTasks reports why tasks have stopped since the service was last steady. It ignores older ones, tasks that
// ECS replaced or scaled in, and interruptions of Spot tasks once the service is steady again.
func checkTasks(ctx context.Context, e *examination) (found []Problem, err error) {
	stopped, err := e.stoppedTasks(ctx)
	if err != nil {
		return nil, err
	}
	since := lastSteady(e.observed.service)
	if recent := e.Now().Add(-stoppedTaskAge); e.observed.isSteady() && since.Before(recent) {
		since = recent
	}
	for _, task := range stopped {
		if isDeliberate(task) || (task.StoppedAt != nil && task.StoppedAt.Before(since)) {
			continue
		}
		if isInterrupted(task) {
			if !e.observed.isSteady() {
				found = append(found, interruption(task))
			}
			continue
		}
		found = append(found, e.diagnose(TaskStopped, stopSymptoms, "a task stopped", stopReason(task)))
	}
	return found, nil
}

// interruption is the problem of a task whose Spot capacity AWS took back. The container exits because ECS stops it, so
// its exit code says nothing about the image.
func interruption(task ecstypes.Task) Problem {
	return Problem{SpotInterrupted, text.JoinNonEmpty(": ", "AWS took back the Spot capacity of a task", oneLine(value(task.StoppedReason))),
		advice("ECS starts another task when there is capacity; if this happens often, raise service.capacity.base")}
}

// stopReason combines the stop reasons of a task and its containers.
func stopReason(task ecstypes.Task) string {
	parts := []string{oneLine(value(task.StoppedReason))}
	for _, container := range task.Containers {
		name := ""
		if len(task.Containers) > 1 {
			name = value(container.Name)
		}
		if outcome := exit(container); outcome != "" {
			parts = append(parts, text.JoinNonEmpty(": ", name, outcome))
		}
	}
	return text.JoinNonEmpty("; ", parts...)
}

// exit describes why a container exited, and with which status.
func exit(container ecstypes.Container) string {
	status := ""
	if container.ExitCode != nil {
		status = fmt.Sprintf("exit code %d", *container.ExitCode)
	}
	return text.JoinNonEmpty("; ", oneLine(value(container.Reason)), status)
}

// checkEvents reads the service's events back to its last steady state.
func checkEvents(_ context.Context, e *examination) (found []Problem, _ error) {
	symptoms := eventSymptoms
	if e.Service.Capacity.HasSpot() {
		symptoms = slices.Concat(spotEventSymptoms, eventSymptoms)
	}
	for _, event := range e.observed.service.Events {
		text := value(event.Message)
		if strings.Contains(text, steadyState) {
			break
		}
		problem := e.diagnose(ServiceEvent, symptoms, "", text)
		routine := slices.ContainsFunc(routineEvents, func(phrase string) bool { return strings.Contains(text, phrase) })
		if !routine || problem.Message != oneLine(text) {
			found = append(found, problem)
		}
	}
	return found, nil
}

// targetMeanings explain the reason codes of target health.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
var targetMeanings = map[elbtypes.TargetHealthReasonEnum]struct{ means, advice string }{
	elbtypes.TargetHealthReasonEnumTimeout:              {"does not respond to the health check in time", "check container.port, and that the server listens on 0.0.0.0"},
	elbtypes.TargetHealthReasonEnumFailedHealthChecks:   {"refuses the health check's connection or sends a malformed response", "check container.port, and that the server listens on 0.0.0.0"},
	elbtypes.TargetHealthReasonEnumResponseCodeMismatch: {"responds to the health check with an unexpected status code", "check load_balancer.health_check.path and matcher"},
	elbtypes.TargetHealthReasonEnumNotInUse:             {"is in a target group that no listener forwards to", "deploy again: the listener is missing"},
	elbtypes.TargetHealthReasonEnumInvalidState:         {"is stopped", "check again in a minute"},
	elbtypes.TargetHealthReasonEnumRegistrationInProgress: {
		"is being registered", "wait a minute",
	},
	elbtypes.TargetHealthReasonEnumInitialHealthChecking: {"is waiting for its first health checks", "wait a minute"},
	elbtypes.TargetHealthReasonEnumInternalError:         {"cannot be checked: the load balancer has an internal error", "wait; see https://health.aws.amazon.com/health/status for AWS outages"},
}

// settledStates are the target states that need no attention.
var settledStates = []elbtypes.TargetHealthStateEnum{
	elbtypes.TargetHealthStateEnumHealthy, elbtypes.TargetHealthStateEnumDraining,
}

func checkTargets(_ context.Context, e *examination) (found []Problem, _ error) {
	for _, target := range e.observed.targets {
		health := target.TargetHealth
		if health == nil || slices.Contains(settledStates, health.State) {
			continue
		}
		code, description := TargetUnhealthy, oneLine(value(health.Description))
		if health.State == elbtypes.TargetHealthStateEnumInitial {
			code = Starting
		}
		meaning, known := targetMeanings[health.Reason]
		if !known {
			message := text.JoinNonEmpty(": ", fmt.Sprintf("a target is %s", health.State), string(health.Reason), description)
			found = append(found, Problem{code, message, e.fix(VerbLogs, anHour...)})
			continue
		}
		found = append(found, Problem{code, text.JoinNonEmpty(": ", "a target "+meaning.means, description), advice(meaning.advice)})
	}
	if len(e.observed.service.LoadBalancers) > 0 && len(e.observed.targets) == 0 && e.observed.service.RunningCount > 0 {
		found = append(found, Problem{TargetUnhealthy, "tasks are running, but none is registered with the load balancer", e.deploy()})
	}
	return found, nil
}
