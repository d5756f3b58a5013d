package ops

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/config"
)

// Move is a move of a service to other capacity.
type Move struct {
	// From and To describe the capacity before and after. They are the same if there was nothing to move.
	From, To string
	// Tasks is the number of tasks to wait for.
	Tasks config.TaskRange
}

// MoveCapacity moves the service to the capacity that the fleet file sets. ECS replaces its tasks in a deployment, and
// the service stays.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
func (r *Region) MoveCapacity(ctx context.Context) (Move, error) {
	service, err := r.service(ctx)
	if err != nil {
		return Move{}, err
	}
	strategy := r.Service.Capacity.Strategy()
	move := Move{From: describeStrategy(strategyOf(service)), To: describeStrategy(strategy), Tasks: r.RangeOf(int(service.DesiredCount))}
	if move.From == move.To {
		return move, nil
	}
	// ECS only accepts providers that are associated with the cluster. An apply makes the same request.
	_, err = r.ecs.PutClusterCapacityProviders(ctx, &ecs.PutClusterCapacityProvidersInput{
		Cluster: new(r.Names.Cluster()), CapacityProviders: config.CapacityProviders(), DefaultCapacityProviderStrategy: []ecstypes.CapacityProviderStrategyItem{},
	})
	if err != nil {
		return Move{}, err
	}
	input := &ecs.UpdateServiceInput{ForceNewDeployment: true} // ECS rejects another strategy without it
	for _, each := range strategy {
		input.CapacityProviderStrategy = append(input.CapacityProviderStrategy, ecstypes.CapacityProviderStrategyItem{
			CapacityProvider: &each.Name, Base: *capacity(each.Base), Weight: *capacity(each.Weight),
		})
	}
	return move, r.update(ctx, input)
}

// strategyOf returns the capacity provider strategy of a service, in the form of config.Capacity.
func strategyOf(service *ecstypes.Service) []config.CapacityProvider {
	var strategy []config.CapacityProvider
	for _, each := range service.CapacityProviderStrategy {
		strategy = append(strategy, config.CapacityProvider{Name: value(each.CapacityProvider), Base: int(each.Base), Weight: int(each.Weight)})
	}
	slices.SortFunc(strategy, func(a, b config.CapacityProvider) int { return cmp.Compare(a.Name, b.Name) })
	switch {
	case len(strategy) == 0: // the launch type FARGATE
		return config.Capacity{Type: config.FargateCapacity}.Strategy()
	case len(strategy) == 1: // a base and a weight only divide tasks between providers
		return []config.CapacityProvider{{Name: strategy[0].Name, Weight: 1}}
	}
	return strategy
}

func describeStrategy(strategy []config.CapacityProvider) string {
	var parts []string
	for _, each := range strategy {
		parts = append(parts, fmt.Sprintf("%s (base %d, weight %d)", each.Name, each.Base, each.Weight))
	}
	if len(strategy) == 1 {
		return strategy[0].Name
	}
	return strings.Join(parts, " and ")
}

// capacityDrift returns the difference between the capacity of the service and that of the fleet file.
func (r *Region) capacityDrift(o *observed) []Problem {
	is, should := describeStrategy(strategyOf(o.service)), describeStrategy(r.Service.Capacity.Strategy())
	if is == should {
		return nil
	}
	return []Problem{{Drift, fmt.Sprintf("capacity is %s, not %s", is, should), r.fix(VerbCapacity)}}
}

// isInterrupted reports whether AWS took back the Spot capacity of a task.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
func isInterrupted(task ecstypes.Task) bool {
	return task.StopCode == ecstypes.TaskStopCodeSpotInterruption || strings.Contains(value(task.StoppedReason), "Spot Task was interrupted")
}

// tasksOnSpot counts the running tasks on Spot. The strategy does not tell how many these are: ECS only divides the
// tasks that it starts.
func (r *Region) tasksOnSpot(ctx context.Context, service *ecstypes.Service) (count int, err error) {
	if !slices.ContainsFunc(strategyOf(service), func(each config.CapacityProvider) bool { return each.Name == config.SpotProvider }) {
		return 0, nil
	}
	tasks, err := r.runningTasks(ctx)
	for _, task := range tasks {
		if value(task.CapacityProviderName) == config.SpotProvider {
			count++
		}
	}
	return count, err
}
