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

// Scale sets how many tasks are wanted. Where a scalable target owns the count, its bounds are set
// first: it would pull the service back otherwise. Stopping every task is an emergency, so that asks
// ECS whatever Application Auto Scaling says; the warning is then what may undo it.
func (r *Region) Scale(ctx context.Context, count int) (warning string, err error) {
	err = r.bound(ctx, count)
	if err != nil && (count > 0 || ctx.Err() != nil) {
		return "", err
	}
	if err != nil {
		warning = "Application Auto Scaling could not be told, and may start tasks again at the schedule's next edge: " + Reason(err)
	}
	return warning, r.update(ctx, &ecs.UpdateServiceInput{DesiredCount: capacity(count)})
}

// bound sets the bounds of the scalable target, where there is one.
func (r *Region) bound(ctx context.Context, count int) error {
	// The emergency stop must not wait for an API that hangs.
	ctx, cancel := context.WithTimeout(ctx, boundTimeout)
	defer cancel()
	target, err := r.scalableTarget(ctx)
	if err != nil || target == nil {
		return err
	}
	_, err = r.scaling.RegisterScalableTarget(ctx, &applicationautoscaling.RegisterScalableTargetInput{
		ServiceNamespace:  scalingtypes.ServiceNamespaceEcs,
		ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceId:        new(r.resourceID()),
		MinCapacity:       capacity(count),
		MaxCapacity:       capacity(count),
	})
	return err
}

// boundTimeout is for both of bound's questions, with what the SDK retries.
const boundTimeout = 10 * time.Second

// capacity is a number of tasks as the API takes it.
func capacity(count int) *int32 {
	return new(int32(count)) //nolint:gosec // ECS allows 5000 tasks
}

// Redeploy starts every task anew, so that it reads its secret again.
func (r *Region) Redeploy(ctx context.Context) error {
	return r.update(ctx, &ecs.UpdateServiceInput{ForceNewDeployment: true})
}

// DesiredCount is how many tasks are wanted now.
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

// UndoneBy says in words what will next change a number of tasks that somebody has set by hand.
func UndoneBy(region config.Region, count int, now time.Time) string {
	var undone []string
	if at, next, ok := nextAction(region, count, now); ok {
		undone = append(undone, fmt.Sprintf("the schedule sets %d %s", next, When(at, now)))
	}
	if expected := region.ExpectedAt(now, config.Auto); expected.Tasks != count {
		undone = append(undone, fmt.Sprintf("an apply before that sets %d", expected.Tasks))
	}
	switch {
	case len(undone) == 0:
		return "the fleet file wants the same"
	case len(undone) == 1:
		return strings.Replace(undone[0], "an apply before that", "the next apply", 1)
	}
	return strings.Join(undone, ", ")
}
