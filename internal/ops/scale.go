package ops

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/cdtait/mcpfleet/config"
)

// Scale sets the desired count, or lets autoscaling choose it from a range: it then leaves a count in the range
// as it is. If the service has a scalable target, Scale sets its bounds first, because Application Auto Scaling
// would otherwise revert the count. Scaling to 0 is an emergency stop: it proceeds even if the bounds cannot be
// set, and the warning then says what may undo it.
func (r *Region) Scale(ctx context.Context, tasks config.TaskRange) (warning string, err error) {
	if tasks.Max > 0 && r.CreatesEgress() {
		if expected, _ := r.expectedNow(ctx); !expected.Egress {
			return "", failure{Problem{NoRoute, "the region sleeps without its NAT gateways or VPC endpoints, so no task could start", r.fix(VerbWeekendUp)}}
		}
	}
	err = r.setCapacity(ctx, tasks)
	if err != nil && (tasks.Max > 0 || ctx.Err() != nil) {
		return "", err
	}
	if err != nil {
		warning = "Application Auto Scaling was not updated and may start tasks again at the next scheduled change: " + Reason(err)
	}
	count := tasks.Min
	if tasks.Min < tasks.Max {
		current, err := r.DesiredCount(ctx)
		if err != nil || tasks.Contains(current) {
			return warning, err
		}
		count = tasks.Clamp(current)
	}
	return warning, r.update(ctx, &ecs.UpdateServiceInput{DesiredCount: capacity(count)})
}

// setCapacity sets the bounds of the scalable target, if there is one. If tasks are to run, it also deletes the action that
// would stop them because a request has woken the region earlier. It does so last: without new bounds, the tasks of that
// request would have no end.
func (r *Region) setCapacity(ctx context.Context, tasks config.TaskRange) error {
	// The emergency stop must not wait for an API that hangs.
	ctx, cancel := context.WithTimeout(ctx, capacityTimeout)
	defer cancel()
	target, err := r.scalableTarget(ctx)
	if err != nil || target == nil {
		return err
	}
	_, err = r.scaling.RegisterScalableTarget(ctx, &applicationautoscaling.RegisterScalableTargetInput{
		ServiceNamespace:  scalingtypes.ServiceNamespaceEcs,
		ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceId:        new(r.resourceID()),
		MinCapacity:       capacity(tasks.Min),
		MaxCapacity:       capacity(tasks.Max),
	})
	if err != nil || tasks.Max == 0 || !r.WakesOnRequest() {
		return err
	}
	return r.deleteWakeEnd(ctx)
}

// capacityTimeout covers all requests of setCapacity, including the SDK's retries.
const capacityTimeout = 10 * time.Second

// capacity converts a number of tasks to the API's type.
func capacity(count int) *int32 {
	return new(int32(count)) //nolint:gosec // ECS allows 5000 tasks
}

// Redeploy restarts every task, so that it reads its secret again.
func (r *Region) Redeploy(ctx context.Context) error {
	return r.update(ctx, &ecs.UpdateServiceInput{ForceNewDeployment: true})
}

// RangeOf returns the range in which autoscaling may change a service's desired count.
func (r *Region) RangeOf(count int) config.TaskRange {
	if tasks := r.Service.TaskRange(); tasks.Contains(count) {
		return tasks
	}
	return config.TaskRange{Min: count, Max: count}
}

// DesiredCount returns the service's current desired count.
func (r *Region) DesiredCount(ctx context.Context) (int, error) {
	service, err := r.service(ctx)
	if err != nil {
		return 0, err
	}
	return int(service.DesiredCount), nil
}

func (r *Region) update(ctx context.Context, input *ecs.UpdateServiceInput) error {
	input.Cluster, input.Service = new(r.Names.Cluster()), new(r.Names.Service())
	_, err := r.ecs.UpdateService(ctx, input)
	switch {
	case hasCode(err, "ClusterNotFoundException"):
		return r.notDeployed("cluster " + r.Names.Cluster())
	case hasCode(err, "ServiceNotFoundException", "ServiceNotActiveException"):
		return r.notDeployed("service " + r.Names.Service())
	}
	return err
}

// NextCountChange describes what will next change a number of tasks that was set by hand.
func NextCountChange(region config.Region, tasks config.TaskRange, now time.Time) string {
	var changes []string
	if at, next, ok := nextAction(region, tasks, now); ok {
		changes = append(changes, fmt.Sprintf("the schedule sets %s on %s", next, When(at, now)))
	}
	if expected := region.ExpectedAt(now, config.OverrideAuto); expected.Tasks != tasks {
		changes = append(changes, fmt.Sprintf("an apply before then sets %s", expected.Tasks))
	}
	switch {
	case len(changes) == 0:
		return "the fleet file has the same count"
	case len(changes) == 1:
		return strings.Replace(changes[0], "an apply before then", "the next apply", 1)
	}
	return strings.Join(changes, "; ")
}
