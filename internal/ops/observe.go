package ops

import (
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// observed is the state of a region in AWS. A nil field does not exist or could not be read; in the latter
// case errs holds the error.
type observed struct {
	service  *ecstypes.Service
	task     *ecstypes.TaskDefinition
	balancer *elbtypes.LoadBalancer
	targets  []elbtypes.TargetHealthDescription
	scalable *scalingtypes.ScalableTarget
	actions  []scalingtypes.ScheduledAction
	policies []scalingtypes.ScalingPolicy
	// deployment is the latest deployment of the service. The service itself no longer lists it after a
	// rollback.
	deployment *ecstypes.ServiceDeploymentBrief
	// deployments are all of the last 90 days, newest first. deploymentsErr is why they could not be read.
	deployments    []ecstypes.ServiceDeploymentBrief
	deploymentsErr error
	secret         secretState
	// budget is nil if no request wakes the region. budgetErr is why it could not be read.
	budget    *WakeBudget
	budgetErr error
	errs      []error

	balancerUnknown, scheduleUnknown bool
}

// notDeployed returns the error for a region that lacks a resource only an apply creates.
func (r *Region) notDeployed(what string) error {
	return failure{Problem{NotDeployed, "not deployed: no " + what, r.deploy()}}
}

// isNotDeployed reports whether notDeployed returned the error.
func isNotDeployed(err error) bool {
	known, ok := errors.AsType[failure](err)
	return ok && known.Code == NotDeployed
}

// recentDeployments is how many deployments to list where the latest few matter. It is the default of ECS.
const recentDeployments = 20

// observe sends all requests concurrently, except those that depend on an earlier response.
func (r *Region) observe(ctx context.Context) *observed {
	o := &observed{}
	var serviceErr, taskErr, balancerErr, targetsErr, scalableErr, actionsErr, policiesErr, secretErr error
	var group sync.WaitGroup
	group.Go(func() {
		if o.service, serviceErr = r.service(ctx); serviceErr != nil {
			o.deploymentsErr = serviceErr
			return
		}
		var below sync.WaitGroup
		below.Go(func() { o.task, taskErr = r.taskDefinition(ctx, o.service.TaskDefinition) })
		below.Go(func() { o.targets, targetsErr = r.targets(ctx, o.service) })
		below.Go(func() { o.deployments, o.deploymentsErr = r.deployments(ctx, recentDeployments) })
		below.Wait()
	})
	group.Go(func() { o.balancer, balancerErr = r.loadBalancer(ctx) })
	group.Go(func() { o.scalable, scalableErr = r.scalableTarget(ctx) })
	group.Go(func() { o.actions, actionsErr = r.scheduledActions(ctx) })
	group.Go(func() { o.policies, policiesErr = r.scalingPolicies(ctx) })
	group.Go(func() { o.secret, secretErr = r.secretState(ctx) })
	group.Go(func() { o.budget, o.budgetErr = r.wakeBudget(ctx) })
	group.Wait()
	if isNotDeployed(serviceErr) {
		o.errs = []error{serviceErr} // the other errors follow from it
		return o
	}
	o.deployment = latest(o.deployments)
	o.balancerUnknown = balancerErr != nil
	o.scheduleUnknown = scalableErr != nil || actionsErr != nil || policiesErr != nil
	o.errs = []error{serviceErr, o.deploymentsErr, taskErr, balancerErr, targetsErr, scalableErr, actionsErr, policiesErr, secretErr, o.budgetErr}
	return o
}

func (r *Region) service(ctx context.Context) (*ecstypes.Service, error) {
	output, err := r.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: new(r.Names.Cluster()), Services: []string{r.Names.Service()}})
	if hasCode(err, "ClusterNotFoundException") {
		return nil, r.notDeployed("cluster " + r.Names.Cluster())
	}
	if err != nil {
		return nil, err
	}
	for _, service := range output.Services {
		if value(service.Status) != "INACTIVE" {
			return &service, nil
		}
	}
	return nil, r.notDeployed("service " + r.Names.Service())
}

func (r *Region) taskDefinition(ctx context.Context, arn *string) (*ecstypes.TaskDefinition, error) {
	output, err := r.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: arn})
	if err != nil {
		return nil, err
	}
	return output.TaskDefinition, nil
}

func (r *Region) loadBalancer(ctx context.Context) (*elbtypes.LoadBalancer, error) {
	if !r.LoadBalancer.Enabled {
		return nil, nil
	}
	output, err := r.elb.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{Names: []string{r.LoadBalancerName()}})
	if hasCode(err, "LoadBalancerNotFound") || (err == nil && len(output.LoadBalancers) == 0) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &output.LoadBalancers[0], nil
}

// targets returns the targets of the service's target group, none if the service is not attached to one.
func (r *Region) targets(ctx context.Context, service *ecstypes.Service) ([]elbtypes.TargetHealthDescription, error) {
	if len(service.LoadBalancers) == 0 {
		return nil, nil
	}
	output, err := r.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: service.LoadBalancers[0].TargetGroupArn})
	if err != nil {
		return nil, err
	}
	return output.TargetHealthDescriptions, nil
}

func healthy(targets []elbtypes.TargetHealthDescription) (count int) {
	for _, target := range targets {
		if target.TargetHealth != nil && target.TargetHealth.State == elbtypes.TargetHealthStateEnumHealthy {
			count++
		}
	}
	return count
}

// resourceID returns the service's resource ID in Application Auto Scaling.
func (r *Region) resourceID() string {
	return "service/" + r.Names.Cluster() + "/" + r.Names.Service()
}

func (r *Region) scalableTarget(ctx context.Context) (*scalingtypes.ScalableTarget, error) {
	output, err := r.scaling.DescribeScalableTargets(ctx, &applicationautoscaling.DescribeScalableTargetsInput{
		ServiceNamespace:  scalingtypes.ServiceNamespaceEcs,
		ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceIds:       []string{r.resourceID()},
	})
	if err != nil || len(output.ScalableTargets) == 0 {
		return nil, err
	}
	return &output.ScalableTargets[0], nil
}

func (r *Region) scheduledActions(ctx context.Context) ([]scalingtypes.ScheduledAction, error) {
	pages := applicationautoscaling.NewDescribeScheduledActionsPaginator(r.scaling, &applicationautoscaling.DescribeScheduledActionsInput{
		ServiceNamespace:  scalingtypes.ServiceNamespaceEcs,
		ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceId:        new(r.resourceID()),
	})
	return collect(ctx, pages, func(page *applicationautoscaling.DescribeScheduledActionsOutput) []scalingtypes.ScheduledAction {
		return page.ScheduledActions
	})
}

// value returns *pointer, or the zero value if pointer is nil.
func value[T any](pointer *T) (zero T) {
	if pointer == nil {
		return zero
	}
	return *pointer
}

// scalingPolicies returns the policies of the scalable target. Without autoscaling there are none to look for.
func (r *Region) scalingPolicies(ctx context.Context) ([]scalingtypes.ScalingPolicy, error) {
	if !r.Service.Autoscaling.Enabled {
		return nil, nil
	}
	pages := applicationautoscaling.NewDescribeScalingPoliciesPaginator(r.scaling, &applicationautoscaling.DescribeScalingPoliciesInput{
		ServiceNamespace:  scalingtypes.ServiceNamespaceEcs,
		ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceId:        new(r.resourceID()),
	})
	return collect(ctx, pages, func(page *applicationautoscaling.DescribeScalingPoliciesOutput) []scalingtypes.ScalingPolicy {
		return page.ScalingPolicies
	})
}
