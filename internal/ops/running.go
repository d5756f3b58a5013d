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
	running := &cost.Running{Tasks: int(o.service.RunningCount), CPU: cpu, Memory: memory, Machine: machine(o)}
	if o.balancer != nil {
		running.Zones = len(o.balancer.AvailabilityZones)
		running.Internal = o.balancer.Scheme == elbtypes.LoadBalancerSchemeEnumInternal
	}
	return running, nil
}

func machine(o *observed) cost.Machine {
	var m cost.Machine
	if platform := o.task.RuntimePlatform; platform != nil {
		m.ARM = platform.CpuArchitecture == ecstypes.CPUArchitectureArm64
	}
	for _, strategy := range o.service.CapacityProviderStrategy {
		m.Spot = m.Spot || value(strategy.CapacityProvider) == "FARGATE_SPOT"
	}
	return m
}
