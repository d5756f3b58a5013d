package ops

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/naming"
)

// Status is one region at a glance.
type Status struct {
	Region   string `json:"region"`
	Stack    string `json:"stack"`
	Schedule Timing `json:"schedule"`
	// Service is absent where there is none, or where it cannot be seen.
	Service *ServiceStatus `json:"service,omitempty"`
	// LoadBalancer is absent while a region sleeps without one.
	LoadBalancer *LoadBalancerStatus `json:"load_balancer,omitempty"`
	Domain       string              `json:"domain,omitempty"`
	// Secret is the state of the worst key: not deployed, missing, placeholder, set.
	Secret KeyState `json:"secret,omitempty"`
	// Drift is where what runs differs from the fleet file.
	Drift []string `json:"drift"`
	// Problems are what is wrong, or could not be seen.
	Problems []string `json:"problems"`
	// OK is whether the region is as it should be at this time. Drift alone does not spoil it.
	OK bool `json:"ok"`
}

// ServiceStatus is the ECS service.
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

// LoadBalancerStatus is the load balancer.
type LoadBalancerStatus struct {
	Name    string `json:"name"`
	DNSName string `json:"dns_name"`
	State   string `json:"state"`
	URL     string `json:"url"`
}

// Status looks at the region.
func (r *Region) Status(ctx context.Context) Status {
	o := r.observe(ctx)
	now := r.Now()
	status := Status{
		Region:       r.Name,
		Stack:        r.Names.Stack(),
		Schedule:     TimingAt(r.Region, now),
		Service:      serviceStatus(o),
		LoadBalancer: loadBalancerStatus(o.balancer, r.LoadBalancer.Port),
		Domain:       r.CustomDomain(),
		Secret:       worst(o.secret),
		Drift:        []string{},
		Problems:     []string{},
	}
	status.Problems = append(status.Problems, reasons(o.errs)...)
	status.Problems = append(status.Problems, r.serviceProblems(o, status)...)
	if o.service != nil {
		status.Drift = append(status.Drift, r.drift(o, now)...)
	}
	status.OK = len(status.Problems) == 0
	return status
}

func serviceStatus(o *observed) *ServiceStatus {
	if o.service == nil {
		return nil
	}
	status := &ServiceStatus{
		Desired: int(o.service.DesiredCount),
		Running: int(o.service.RunningCount),
		Pending: int(o.service.PendingCount),
		Rollout: rollout(o.service),
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

// revision is the number at the end of a task definition's ARN.
func revision(arn string) int {
	number, err := strconv.Atoi(arn[strings.LastIndex(arn, ":")+1:])
	if err != nil {
		return 0
	}
	return number
}

// rollout is the state of the deployment in progress: completed, in progress, failed.
func rollout(service *ecstypes.Service) string {
	if deployment := primary(service); deployment != nil {
		return strings.ToLower(strings.ReplaceAll(string(deployment.RolloutState), "_", " "))
	}
	return ""
}

func primary(service *ecstypes.Service) *ecstypes.Deployment {
	for i := range service.Deployments {
		if value(service.Deployments[i].Status) == "PRIMARY" {
			return &service.Deployments[i]
		}
	}
	return nil
}

func loadBalancerStatus(balancer *elbtypes.LoadBalancer, port int) *LoadBalancerStatus {
	if balancer == nil {
		return nil
	}
	status := &LoadBalancerStatus{Name: value(balancer.LoadBalancerName), DNSName: value(balancer.DNSName), URL: naming.URL(value(balancer.DNSName), port)}
	if balancer.State != nil {
		status.State = string(balancer.State.Code)
	}
	return status
}

func worst(states map[string]KeyState) KeyState {
	severity := map[KeyState]int{KeySet: 1, KeyPlaceholder: 2, KeyMissing: 3, KeyNotDeployed: 4}
	found := KeyState("")
	for _, state := range states {
		if cmp.Compare(severity[state], severity[found]) > 0 {
			found = state
		}
	}
	return found
}

// serviceProblems are what is wrong with a region that should be awake. One that sleeps is well.
func (r *Region) serviceProblems(o *observed, status Status) (problems []string) {
	if status.Service == nil || status.Schedule.State == Asleep || r.Service.DesiredCount == 0 {
		return nil
	}
	switch service := status.Service; {
	case service.Rollout == "failed":
		problems = append(problems, "the deployment failed: "+oneLine(value(primary(o.service).RolloutStateReason)))
	case service.Desired == 0:
		problems = append(problems, "no task is wanted, although the region should be awake; mcpfleet scale "+strconv.Itoa(r.Service.DesiredCount)+" --region "+r.Name)
	case service.Running < service.Desired:
		problems = append(problems, fmt.Sprintf("%d of %d tasks run; mcpfleet doctor --region %s", service.Running, service.Desired, r.Name))
	case len(o.service.LoadBalancers) > 0 && service.Healthy == 0 && service.Desired > 0:
		problems = append(problems, "no target is healthy; mcpfleet doctor --region "+r.Name)
	}
	for _, finding := range r.secretFindings(o.secret) {
		problems = append(problems, finding.Problem+"; "+finding.Fix)
	}
	return problems
}
