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

// problems returns what keeps a region from serving, or from serving again after it wakes. A region that is
// asleep by its schedule has no problem.
func (r *Region) problems(o *observed, expected config.Expected, now time.Time) (found []Problem) {
	if o.service == nil {
		return nil
	}
	if value(o.service.Status) == "DRAINING" {
		return []Problem{{ServiceDraining, "the service is being deleted; ECS is still stopping its tasks", r.deploy().withAdvice("wait until it is deleted")}}
	}
	found = append(found, r.deploymentProblems(o, now)...)
	found = append(found, r.serviceProblems(o, expected, now)...)
	if expected.Awake {
		found = append(found, r.secretProblems(o.secret.state)...)
	}
	return found
}

// rollbackStatuses are the statuses of a deployment that the circuit breaker, an alarm or a user rolled back.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
var rollbackStatuses = []ecstypes.ServiceDeploymentStatus{
	ecstypes.ServiceDeploymentStatusRollbackRequested, ecstypes.ServiceDeploymentStatusRollbackInProgress,
	ecstypes.ServiceDeploymentStatusRollbackSuccessful, ecstypes.ServiceDeploymentStatusRollbackFailed,
}

func isRollback(deployment *ecstypes.ServiceDeploymentBrief) bool {
	return deployment != nil && slices.Contains(rollbackStatuses, deployment.Status)
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
		text = fmt.Sprintf("the deployment started %s ago was rolled back", span.Format(now.Sub(*at)))
	}
	if number := revision(value(o.service.TaskDefinition)); number > 0 {
		text += fmt.Sprintf(", and revision %d is running", number)
	}
	return strings.TrimSuffix(text+": "+oneLine(value(o.deployment.StatusReason)), ": ")
}

func (r *Region) serviceProblems(o *observed, expected config.Expected, now time.Time) []Problem {
	service, attached := o.service, len(o.service.LoadBalancers) > 0
	awake := expected.Tasks.Min > 0 && !expected.Lead
	switch {
	case awake && expected.LoadBalancer && o.balancer == nil && !o.balancerUnknown:
		return []Problem{{LoadBalancerMissing, "the load balancer is missing, although the region should be awake", r.deploy()}}
	case awake && service.DesiredCount == 0:
		return []Problem{{DesiredCountZero, "the desired count is 0, although the region should be awake", r.wake(expected)}}
	case expected.Tasks.Max == 0 || service.DesiredCount == 0:
		return nil
	case service.RunningCount < service.DesiredCount:
		text := fmt.Sprintf("%d of %d tasks running", service.RunningCount, service.DesiredCount)
		return []Problem{r.startingOr(o, now, Problem{TasksMissing, text, r.fix(VerbDoctor)})}
	case attached && healthy(o.targets) == 0:
		return []Problem{r.startingOr(o, now, Problem{NoHealthyTarget, "no target is healthy", r.fix(VerbDoctor)})}
	}
	return nil
}

// wake returns the fix that starts the expected tasks. In destroy mode only an apply can create the load
// balancer that they need. Scaling to a number would hold autoscaling there. In a region that a request has woken, the
// function has set the bounds, and only an apply tells it others.
func (r *Region) wake(expected config.Expected) Fix {
	switch {
	case r.Weekend.Mode() == config.ModeDestroy && expected.Tasks.Min > 0:
		return r.deploy()
	case expected.Tasks.Min == 0 && expected.Tasks.Max > 0:
		return r.deploy()
	case expected.Tasks.Min < expected.Tasks.Max:
		return r.fix(VerbWeekendUp)
	}
	return r.fix(VerbScale, strconv.Itoa(expected.Tasks.Min))
}

// startingGrace is how long tasks may take to pull their image, start, and pass their health checks.
const startingGrace = 5 * time.Minute

// startingOr returns a Starting problem within startingGrace, and the other problem after that.
func (r *Region) startingOr(o *observed, now time.Time, otherwise Problem) Problem {
	began := startedAt(o.service)
	age := now.Sub(began)
	if began.IsZero() || age < -time.Minute || age > startingGrace {
		return otherwise
	}
	text := fmt.Sprintf("still starting after %s: %s", span.Format(max(age, time.Second)), otherwise.Message)
	return Problem{Starting, text, r.fix(VerbStatus, "--watch").withAdvice("wait; tasks take a few minutes to start")}
}

// startedAt returns when the service began its unfinished change: when it created its newest deployment, or
// started its first task since it was last steady. For a service whose tasks keep stopping, that is long ago.
func startedAt(service *ecstypes.Service) time.Time {
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

// steadyState is part of the event that ECS emits when a service has all its tasks.
const steadyState = "has reached a steady state"

// lastSteady returns when the service was last steady, the zero time if ECS has no such event.
func lastSteady(service *ecstypes.Service) time.Time {
	for _, event := range service.Events {
		if strings.Contains(value(event.Message), steadyState) {
			return value(event.CreatedAt)
		}
	}
	return time.Time{}
}

// isSteady reports whether the service has all its tasks and every target is healthy.
func (o *observed) isSteady() bool {
	service := o.service
	unhealthy := slices.ContainsFunc(o.targets, func(target elbtypes.TargetHealthDescription) bool {
		return target.TargetHealth != nil && target.TargetHealth.State != elbtypes.TargetHealthStateEnumHealthy
	})
	return service.RunningCount == service.DesiredCount && service.PendingCount == 0 && len(service.Deployments) == 1 && !unhealthy
}
