package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/cost"
)

// Running is what the region has now, as far as it is billed; nil where it is not deployed.
func (r *Region) Running(ctx context.Context) (*cost.Running, error) {
	o := r.observe(ctx)
	if slices.ContainsFunc(o.errs, isNotDeployed) {
		return nil, nil
	}
	if o.service == nil || o.task == nil || o.balancerUnseen {
		return nil, errors.Join(o.errs...)
	}
	cpu, cpuErr := strconv.Atoi(value(o.task.Cpu))
	memory, memoryErr := strconv.Atoi(value(o.task.Memory))
	if cpuErr != nil || memoryErr != nil {
		return nil, fmt.Errorf("the task definition has the size %q and %q", value(o.task.Cpu), value(o.task.Memory))
	}
	running := &cost.Running{Tasks: int(o.service.RunningCount), CPU: cpu, Memory: memory, Machine: machine(o)}
	if o.balancer != nil {
		running.Zones = len(o.balancer.AvailabilityZones)
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
