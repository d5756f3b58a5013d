package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/cost"
)

// Running returns the billed resources that the region has now, nil if the region is not deployed.
func (r *Region) Running(ctx context.Context) (*cost.Running, error) {
	o := r.observe(ctx)
	if slices.ContainsFunc(o.errs, isNotDeployed) {
		return nil, nil
	}
	if o.service == nil || o.task == nil || o.balancerUnknown {
		return nil, errors.Join(o.errs...)
	}
	cpu, cpuErr := strconv.Atoi(value(o.task.Cpu))
	memory, memoryErr := strconv.Atoi(value(o.task.Memory))
	if cpuErr != nil || memoryErr != nil {
		return nil, fmt.Errorf("cannot parse the task definition's cpu %q and memory %q", value(o.task.Cpu), value(o.task.Memory))
	}
	onSpot, err := r.tasksOnSpot(ctx, o.service)
	if err != nil {
		return nil, err
	}
	running := &cost.Running{Tasks: int(o.service.RunningCount), CPU: cpu, Memory: memory, Storage: ephemeralStorage(o.task), SpotTasks: min(onSpot, int(o.service.RunningCount))}
	running.Machine = cost.Machine{ARM: architecture(o.task) == "arm64", Spot: onSpot > 0}
	if o.balancer != nil {
		running.Zones = len(o.balancer.AvailabilityZones)
		running.Internal = o.balancer.Scheme == elbtypes.LoadBalancerSchemeEnumInternal
	}
	network := o.network()
	running.Private = network != nil && network.PublicIP == ecstypes.AssignPublicIpDisabled
	return running, r.countEgress(ctx, running)
}
