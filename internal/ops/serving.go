package ops

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/span"
)

// problems are what keeps a region from serving as it should, or from serving again. One that sleeps
// by its schedule is well.
func (r *Region) problems(o *observed, expected config.Expected, now time.Time) (found []Problem) {
	if o.service == nil {
		return nil
	}
	if value(o.service.Status) == "DRAINING" {
		return []Problem{{ServiceDraining, "the service is being deleted; ECS still stops its tasks", r.deploy().withAdvice("wait until it is gone")}}
	}
	found = append(found, r.deploymentProblems(o, now)...)
	found = append(found, r.serviceProblems(o, expected, now)...)
	if expected.Awake {
		found = append(found, r.secretProblems(o.secret)...)
	}
	return found
}

// rollbacks are the ends of a deployment that the circuit breaker, an alarm or somebody has undone.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
var rollbacks = []ecstypes.ServiceDeploymentStatus{
	ecstypes.ServiceDeploymentStatusRollbackRequested, ecstypes.ServiceDeploymentStatusRollbackInProgress,
	ecstypes.ServiceDeploymentStatusRollbackSuccessful, ecstypes.ServiceDeploymentStatusRollbackFailed,
}

func isRollback(deployment *ecstypes.ServiceDeploymentBrief) bool {
	return deployment != nil && slices.Contains(rollbacks, deployment.Status)
}

func (r *Region) deploymentProblems(o *observed, now time.Time) []Problem {
	logs := r.fix(VerbLogs, "--since", "1h")
	if isRollback(o.deployment) {
		return []Problem{{RolledBack, rolledBack(o, now), logs.withAdvice("then deploy an image that starts")}}
	}
	if deployment := primary(o.service); deployment != nil && deployment.RolloutState == ecstypes.DeploymentRolloutStateFailed {
		return []Problem{{DeploymentFailed, "the deployment failed: " + oneLine(value(deployment.RolloutStateReason)), logs}}
	}
	return nil
}

func rolledBack(o *observed, now time.Time) string {
	text := "the last deployment was rolled back"
	if at := o.deployment.CreatedAt; at != nil && now.After(*at) {
		text = fmt.Sprintf("the deployment of %s ago was rolled back", span.Words(now.Sub(*at)))
	}
	if number := revision(value(o.service.TaskDefinition)); number > 0 {
		text += fmt.Sprintf(", and revision %d runs", number)
	}
	return strings.TrimSuffix(text+": "+oneLine(value(o.deployment.StatusReason)), ": ")
}

func (r *Region) serviceProblems(o *observed, expected config.Expected, now time.Time) []Problem {
	service, attached := o.service, len(o.service.LoadBalancers) > 0
	awaited := expected.Tasks > 0 && !expected.Lead
	switch {
	case awaited && expected.LoadBalancer && o.balancer == nil && !o.balancerUnseen:
		return []Problem{{LoadBalancerGone, "there is no load balancer, although the region should be awake", r.deploy()}}
	case awaited && service.DesiredCount == 0:
		return []Problem{{NoTaskWanted, "no task is wanted, although the region should be awake", r.wake(expected)}}
	case expected.Tasks == 0 || service.DesiredCount == 0:
		return nil
	case service.RunningCount < service.DesiredCount:
		text := fmt.Sprintf("%d of %d tasks run", service.RunningCount, service.DesiredCount)
		return []Problem{r.startingOr(o, now, Problem{TasksMissing, text, r.fix(VerbDoctor)})}
	case attached && healthy(o.targets) == 0:
		return []Problem{r.startingOr(o, now, Problem{NoHealthyTarget, "no target is healthy", r.fix(VerbDoctor)})}
	}
	return nil
}

// wake is how a region gets the tasks that are expected: where load balancers are destroyed only an apply
// may bring them.
func (r *Region) wake(expected config.Expected) Fix {
	if r.Weekend.Mode() == config.Destroy && expected.Tasks > 0 {
		return r.deploy()
	}
	return r.fix(VerbScale, strconv.Itoa(expected.Tasks))
}

// startingGrace is how long tasks may take to pull their image, start, and pass their health checks.
const startingGrace = 5 * time.Minute

// startingOr says that the region is starting, or else what is wrong with it.
func (r *Region) startingOr(o *observed, now time.Time, otherwise Problem) Problem {
	began := changedAt(o.service)
	age := now.Sub(began)
	if began.IsZero() || age < -time.Minute || age > startingGrace {
		return otherwise
	}
	text := fmt.Sprintf("starting for %s: %s", span.Words(max(age, time.Second)), otherwise.Message)
	return Problem{Starting, text, r.fix(VerbStatus, "--watch").withAdvice("wait; it is not broken yet")}
}

// changedAt is when the service began what it has not finished: its newest deployment, or the first
// task that it has started since it was last steady. A service whose tasks stop again and again has
// begun long ago.
func changedAt(service *ecstypes.Service) time.Time {
	var began time.Time
	for _, event := range service.Events { // newest first
		text := value(event.Message)
		if strings.Contains(text, steadyState) {
			break
		}
		if strings.Contains(text, "has started") {
			began = value(event.CreatedAt)
		}
	}
	deployment := primary(service)
	switch {
	case deployment == nil:
		return began
	case began.IsZero():
		return value(deployment.UpdatedAt)
	case deployment.CreatedAt != nil && deployment.CreatedAt.After(began):
		return *deployment.CreatedAt
	}
	return began
}

// steadyState is what ECS says of a service that has all its tasks.
const steadyState = "has reached a steady state"

// lastSteady is when the service last had all its tasks, the zero time where ECS remembers no such.
func lastSteady(service *ecstypes.Service) time.Time {
	for _, event := range service.Events {
		if strings.Contains(value(event.Message), steadyState) {
			return value(event.CreatedAt)
		}
	}
	return time.Time{}
}

// isSteady is whether the service has all its tasks now, and each target is healthy.
func (o *observed) isSteady() bool {
	service := o.service
	unhealthy := slices.ContainsFunc(o.targets, func(target elbtypes.TargetHealthDescription) bool {
		return target.TargetHealth != nil && target.TargetHealth.State != elbtypes.TargetHealthStateEnumHealthy
	})
	return service.RunningCount == service.DesiredCount && service.PendingCount == 0 && len(service.Deployments) == 1 && !unhealthy
}
