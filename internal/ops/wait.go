package ops

import (
	"context"
	"errors"
	"fmt"
	"time"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/internal/span"
)

const (
	// patience is longer than a deployment takes that is going to succeed: pull, start, two health
	// checks, and the deregistration delay of the tasks that leave.
	patience = 20 * time.Minute
	// hiccups are looks in a row that may fail while something is waited for.
	hiccups = 5
)

// Say is told of what changes while something is waited for.
type Say func(text string)

// WaitSteady waits until the wanted number of tasks runs, none is on its way, and each is healthy
// where a load balancer asks for it. With none wanted it waits until the last has left.
func (r *Region) WaitSteady(ctx context.Context, count int, say Say) error {
	asked := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("not steady after %s; mcpfleet doctor --region %s", span.Words(patience), r.Name))
	defer cancel()
	failures, last := 0, ""
	for {
		progress, err := r.progress(ctx)
		switch {
		case asked.Err() != nil:
			return asked.Err()
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			if failures++; failures == hiccups {
				return err
			}
		default:
			failures = 0
			if text := progress.String(); text != last {
				say(text)
				last = text
			}
			if done, err := progress.judge(count); done || err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(r.Interval):
		}
	}
}

// progress is one look at a service that changes.
type progress struct {
	service *ecstypes.Service
	// expected are the targets that a load balancer checks, ready are those that it sends requests to.
	targets, ready int
}

func (r *Region) progress(ctx context.Context) (progress, error) {
	service, err := r.service(ctx)
	if err != nil {
		return progress{}, err
	}
	targets, err := r.targets(ctx, service)
	if err != nil {
		return progress{}, err
	}
	p := progress{service: service}
	for _, target := range targets {
		if target.TargetHealth == nil || target.TargetHealth.State == elbtypes.TargetHealthStateEnumDraining {
			continue
		}
		p.targets++
		// A target group without a load balancer checks nobody.
		if state := target.TargetHealth.State; state == elbtypes.TargetHealthStateEnumHealthy || state == elbtypes.TargetHealthStateEnumUnused {
			p.ready++
		}
	}
	return p, nil
}

func (p progress) String() string {
	if p.service.DesiredCount == 0 {
		return fmt.Sprintf("%d tasks still run", p.service.RunningCount)
	}
	text := fmt.Sprintf("%d of %d tasks run", p.service.RunningCount, p.service.DesiredCount)
	if p.service.PendingCount > 0 {
		text += fmt.Sprintf(", %d pending", p.service.PendingCount)
	}
	if len(p.service.LoadBalancers) > 0 {
		text += fmt.Sprintf(", %d of %d targets healthy", p.ready, p.targets)
	}
	return text
}

func (p progress) judge(count int) (done bool, err error) {
	service := p.service
	if int(service.DesiredCount) != count {
		return false, fmt.Errorf("somebody else, or the schedule, has set the desired count to %d", service.DesiredCount)
	}
	deployment := primary(service)
	if deployment != nil && deployment.RolloutState == ecstypes.DeploymentRolloutStateFailed {
		return false, errors.New("the deployment failed: " + oneLine(value(deployment.RolloutStateReason)))
	}
	if service.RunningCount != service.DesiredCount || service.PendingCount != 0 {
		return false, nil
	}
	if count == 0 {
		return true, nil
	}
	rolling := deployment != nil && deployment.RolloutState == ecstypes.DeploymentRolloutStateInProgress
	if rolling || len(service.Deployments) > 1 {
		return false, nil
	}
	return len(service.LoadBalancers) == 0 || p.ready >= count, nil
}
