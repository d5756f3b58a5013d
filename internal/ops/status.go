package ops

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/config"
)

// Status is the status of one region.
type Status struct {
	Region   string `json:"-"`
	Stack    string `json:"stack"`
	Schedule Timing `json:"schedule"`
	// Service is absent if there is no service or it could not be read.
	Service *ServiceStatus `json:"service,omitempty"`
	// LoadBalancer is absent if the region has none, as while it sleeps in destroy mode.
	LoadBalancer *LoadBalancerStatus `json:"load_balancer,omitempty"`
	Domain       string              `json:"domain,omitempty"`
	// Secret is one of: not deployed, placeholder, set, scheduled for deletion.
	Secret KeyState `json:"secret,omitempty"`
	// WakeBudget is absent if no request wakes the region, or if it could not be read.
	WakeBudget *WakeBudget `json:"wake_budget,omitempty"`
	// Drift is the differences between what is deployed and the fleet file.
	Drift []Problem `json:"-"`
	// Problems are what is wrong or could not be read. If there are none, the region is as expected at this
	// time; drift alone is not a problem.
	Problems []Problem `json:"-"`
	// ExpectsRecord reports whether the region should have a record now, if there is a domain.
	ExpectsRecord bool `json:"-"`
}

// ServiceStatus is the status of the ECS service.
type ServiceStatus struct {
	Desired  int    `json:"desired"`
	Running  int    `json:"running"`
	Pending  int    `json:"pending"`
	Rollout  string `json:"rollout"`
	Image    string `json:"image,omitempty"`
	Revision int    `json:"revision,omitempty"`
	Healthy  int    `json:"healthy_targets"`
	Targets  int    `json:"targets"`
}

// LoadBalancerStatus is the status of the load balancer.
type LoadBalancerStatus struct {
	Name    string `json:"name"`
	DNSName string `json:"dns_name"`
	State   string `json:"state"`
	// URL leads clients to this region.
	URL string `json:"url"`
}

// Status returns the region's status.
func (r *Region) Status(ctx context.Context) Status {
	o, now := r.observe(ctx), r.Now()
	return r.statusOf(o, r.expectedOf(o, now), now)
}

func (r *Region) statusOf(o *observed, expected config.Expected, now time.Time) Status {
	status := Status{
		Region:        r.Name,
		Stack:         r.Names.Stack(),
		Schedule:      r.timing(o, now),
		Service:       serviceStatus(o),
		LoadBalancer:  r.loadBalancerStatus(o.balancer),
		Domain:        r.CustomDomain(),
		Secret:        o.secret.state,
		WakeBudget:    o.budget,
		Problems:      slices.Concat(problems(o.errs), r.problems(o, expected, now)),
		ExpectsRecord: expected.LoadBalancer && !expected.Lead && o.balancer != nil || expected.Answer,
	}
	if o.service != nil {
		status.Drift = r.drift(o, expected)
	}
	return status
}

// timing returns the region's state by its schedule, by the override in effect, or by the request that has woken it.
func (r *Region) timing(o *observed, now time.Time) Timing {
	switch override := r.override(o); {
	case override == config.OverrideUp:
		return Timing{State: Awake, Text: "held awake by weekend_state=up"}
	case override == config.OverrideDown:
		return Timing{State: Asleep, Text: "held asleep by weekend_state=down"}
	case r.woken(o, now):
		return r.wokenTiming(o, now)
	}
	return TimingAt(r.Region, now)
}

func serviceStatus(o *observed) *ServiceStatus {
	if o.service == nil {
		return nil
	}
	status := &ServiceStatus{
		Desired: int(o.service.DesiredCount),
		Running: int(o.service.RunningCount),
		Pending: int(o.service.PendingCount),
		Rollout: rollout(o),
		Healthy: healthy(o.targets),
		Targets: len(o.targets),
	}
	if o.task != nil {
		status.Revision = int(o.task.Revision)
		status.Image = image(o.task)
	}
	if o.task == nil {
		status.Revision = revision(value(o.service.TaskDefinition))
	}
	return status
}

func image(task *ecstypes.TaskDefinition) string {
	if len(task.ContainerDefinitions) == 0 {
		return ""
	}
	return value(task.ContainerDefinitions[0].Image)
}

// revision returns the number at the end of a task definition's ARN, 0 if there is none.
func revision(arn string) int {
	number, err := strconv.Atoi(arn[strings.LastIndex(arn, ":")+1:])
	if err != nil {
		return 0
	}
	return number
}

// rollout returns the state of the last deployment: completed, in progress, failed, or rolled back. ECS
// itself reports a rollback as completed once the previous revision runs again.
func rollout(o *observed) string {
	if isRollback(o.deployment) {
		return rolledBackState
	}
	if deployment := primary(o.service); deployment != nil {
		return words(string(deployment.RolloutState))
	}
	return ""
}

// rolledBackState is the state of a deployment that ECS has undone.
const rolledBackState = "rolled back"

// words returns a state as AWS names it, such as IN_PROGRESS, in words.
func words(state string) string { return strings.ToLower(strings.ReplaceAll(state, "_", " ")) }

func primary(service *ecstypes.Service) *ecstypes.Deployment {
	for i := range service.Deployments {
		if value(service.Deployments[i].Status) == "PRIMARY" {
			return &service.Deployments[i]
		}
	}
	return nil
}

func (r *Region) loadBalancerStatus(balancer *elbtypes.LoadBalancer) *LoadBalancerStatus {
	if balancer == nil {
		return nil
	}
	status := &LoadBalancerStatus{Name: value(balancer.LoadBalancerName), DNSName: value(balancer.DNSName), URL: r.Address(value(balancer.DNSName))}
	if balancer.State != nil {
		status.State = string(balancer.State.Code)
	}
	return status
}
