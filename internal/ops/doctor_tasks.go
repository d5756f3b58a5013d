package ops

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// symptom is a phrase of ECS's and what it means. {} in a fix stands for the region's flag.
type symptom struct{ phrase, means, fix string }

// stopSymptoms are the reasons of stopped tasks, the more special ones first.
//
// Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html and
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
var stopSymptoms = []symptom{
	{"did not contain json key", "the secret lacks a key that the container asks for", "mcpfleet secret status {}"},
	{"unable to pull secrets", "the secret cannot be read", "mcpfleet secret status {}; if it is there, deploy again for the execution role's rights"},
	{"CannotPullContainerError", "the image cannot be pulled", "check that container.image exists and may be pulled, then deploy"},
	{"pull image manifest has been retried", "the image cannot be pulled", "check that container.image exists and may be pulled, then deploy"},
	{"exec format error", "the image is for another processor", "build the image for linux/amd64"},
	{"OutOfMemory", "the container ran out of memory", "raise container.memory in the fleet file, then deploy"},
	{"log stream", "the log group cannot be written", "deploy again: the log group or the execution role's rights are gone"},
	{"logger", "the log group cannot be written", "deploy again: the log group or the execution role's rights are gone"},
	{"ResourceInitializationError", "the task cannot reach AWS", "check the subnets' route to an internet gateway and the tasks' public addresses"},
	{"ELB health checks", "the load balancer found the task unhealthy", "mcpfleet logs --since 1h {}; check load_balancer.health_check.path and container.port"},
	{"Essential container in task exited", "the container ended by itself", "mcpfleet logs --since 1h {}"},
	{"CannotStartContainerError", "the container cannot be started", "mcpfleet logs --since 1h {}; the root file system is read-only but for /tmp"},
}

// eventSymptoms are what a service says of itself.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
var eventSymptoms = []symptom{
	{"not have enough free IP", "a subnet has no address left", "name larger network.subnets, which needs the stack destroyed and deployed again"},
	{"InsufficientFreeAddresses", "a subnet has no address left", "name larger network.subnets, which needs the stack destroyed and deployed again"},
	{"Capacity is unavailable", "AWS has no Fargate capacity at the moment", "wait, or name other network.zones"},
	{"vCPU limit", "the account's limit of Fargate vCPUs is reached", "raise the quota: aws service-quotas request-service-quota-increase --service-code fargate --quota-code L-3032A538 --desired-value 64 {}"},
	{"unable to consistently start", "tasks stop again and again", "mcpfleet logs --since 1h {}"},
	{"is unhealthy in", "the load balancer found a task unhealthy", "mcpfleet logs --since 1h {}; check load_balancer.health_check.path and container.port"},
	{"unable to assume role", "ECS's own role is missing", "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com"},
	{"was unable to place", "a task cannot be placed", "read the reason; mcpfleet status {}"},
	{"deployment failed", "the deployment failed", "mcpfleet logs --since 1h {}"},
}

func (r *Region) recognise(symptoms []symptom, text string) (Finding, bool) {
	for _, symptom := range symptoms {
		if strings.Contains(text, symptom.phrase) {
			return Finding{Problem: symptom.means + ": " + oneLine(text), Fix: strings.ReplaceAll(symptom.fix, "{}", "--region "+r.Name)}, true
		}
	}
	return Finding{}, false
}

// checkTasks reads why tasks have stopped. ECS remembers for about an hour.
func checkTasks(ctx context.Context, p *patient) (findings []Finding, err error) {
	cluster := new(p.Names.Cluster())
	list, err := p.ecs.ListTasks(ctx, &ecs.ListTasksInput{Cluster: cluster, ServiceName: new(p.Names.Service()), DesiredStatus: ecstypes.DesiredStatusStopped})
	if err != nil || len(list.TaskArns) == 0 {
		return nil, err
	}
	answer, err := p.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: cluster, Tasks: list.TaskArns})
	if err != nil {
		return nil, err
	}
	for _, task := range answer.Tasks {
		if finding, found := p.recognise(stopSymptoms, stopReason(task)); found {
			findings = append(findings, finding)
		}
	}
	return findings, nil
}

// stopReason puts together what ECS says of a task and of its container.
func stopReason(task ecstypes.Task) string {
	parts := []string{value(task.StoppedReason)}
	for _, container := range task.Containers {
		if reason := value(container.Reason); reason != "" {
			parts = append(parts, reason)
		}
		if container.ExitCode != nil {
			parts = append(parts, fmt.Sprintf("exit code %d", *container.ExitCode))
		}
	}
	return strings.Join(parts, "; ")
}

// checkEvents reads the service's events back to when it last was steady.
func checkEvents(_ context.Context, p *patient) (findings []Finding, _ error) {
	for _, event := range p.seen.service.Events {
		text := value(event.Message)
		if strings.Contains(text, "has reached a steady state") {
			break
		}
		if finding, found := p.recognise(eventSymptoms, text); found {
			findings = append(findings, finding)
		}
	}
	return findings, nil
}

// targetMeanings are the reasons of a target's health.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
var targetMeanings = map[elbtypes.TargetHealthReasonEnum]struct{ means, fix string }{
	elbtypes.TargetHealthReasonEnumTimeout:              {"does not answer the health check in time", "check container.port, and that the server listens on 0.0.0.0"},
	elbtypes.TargetHealthReasonEnumFailedHealthChecks:   {"refuses the health check's connection, or answers nonsense", "check container.port, and that the server listens on 0.0.0.0"},
	elbtypes.TargetHealthReasonEnumResponseCodeMismatch: {"answers the health check with another status", "check load_balancer.health_check.path and matcher"},
	elbtypes.TargetHealthReasonEnumNotInUse:             {"is in a target group that no listener sends requests to", "deploy again: the listener is missing"},
	elbtypes.TargetHealthReasonEnumInvalidState:         {"is stopped", "mcpfleet status --watch"},
}

func checkTargets(_ context.Context, p *patient) (findings []Finding, _ error) {
	for _, target := range p.seen.targets {
		if target.TargetHealth == nil {
			continue
		}
		if meaning, bad := targetMeanings[target.TargetHealth.Reason]; bad {
			problem := "a target " + meaning.means
			if text := oneLine(value(target.TargetHealth.Description)); text != "" {
				problem += ": " + text
			}
			findings = append(findings, Finding{Problem: problem, Fix: meaning.fix})
		}
	}
	if len(p.seen.service.LoadBalancers) > 0 && len(p.seen.targets) == 0 && p.seen.service.RunningCount > 0 {
		findings = append(findings, Finding{Problem: "tasks run, but none is registered with the load balancer", Fix: p.deploy()})
	}
	return findings, nil
}
