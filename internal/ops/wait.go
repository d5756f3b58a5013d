package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/config"
)

const (
	// DefaultWaitTimeout is the default time to wait for a service. A successful deployment takes less: pulling the
	// image, starting, two health checks, and the deregistration delay of the old tasks.
	DefaultWaitTimeout = 20 * time.Minute
	// pollTimeout limits one poll.
	pollTimeout = 30 * time.Second
	// maxFailedPolls is how many polls in a row may fail.
	maxFailedPolls = 5
	// maxFailedStarts is how many tasks may stop while none runs before the wait fails.
	maxFailedStarts = 3
	// heartbeat is how often progress is reported while nothing changes.
	heartbeat = 30 * time.Second
)

// Progress is called with progress reports while waiting.
type Progress func(text string)

// WaitSteady waits until the desired count of tasks is running, none is pending, and every target is healthy
// if there is a target group. Autoscaling may change the desired count within the range meanwhile. For a range
// of 0, it waits until the last task has stopped. It returns an error early if the service clearly will not
// become steady.
func (r *Region) WaitSteady(ctx context.Context, tasks config.TaskRange, patience time.Duration, report Progress) error {
	w := &wait{region: r, tasks: tasks, report: report, began: r.Now()}
	return r.poll(ctx, patience, w.poll, func() Problem {
		return Problem{NotSteady, fmt.Sprintf("the service did not reach a steady state within %s", patience), r.fix(VerbDoctor).withAdvice("ECS keeps trying")}
	})
}

// poll calls check until it is done, with Interval in between. A failure ends the wait, and so do too many other errors in
// a row. When the patience is over, the error is the problem that late returns.
func (r *Region) poll(ctx context.Context, patience time.Duration, check func(context.Context) (done bool, err error), late func() Problem) error {
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	failures := 0
	for {
		done, err := pollOnce(ctx, check)
		_, final := errors.AsType[failure](err)
		switch {
		case parent.Err() != nil:
			return parent.Err()
		case ctx.Err() != nil:
			return failure{late()}
		case final, done:
			return err
		case err == nil:
			failures = 0
		default:
			if failures++; failures == maxFailedPolls {
				return err
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(r.Interval):
		}
	}
}

func pollOnce(ctx context.Context, check func(context.Context) (bool, error)) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	return check(ctx)
}

// wait is the state of WaitSteady between polls.
type wait struct {
	region *Region
	tasks  config.TaskRange
	report Progress
	began  time.Time

	// lastReport is the last progress report, sent at lastReportAt.
	lastReport   string
	lastReportAt time.Time
	// known are the events, stopped tasks and rollbacks already seen. The first poll only records those that
	// predate the wait.
	known  map[string]bool
	failed int
}

// progress is the result of one poll.
type progress struct {
	service    *ecstypes.Service
	deployment *ecstypes.ServiceDeploymentBrief
	stopped    []ecstypes.Task
	// targets counts the targets that the load balancer checks, ready those that receive requests.
	targets, ready int
}

func (w *wait) poll(ctx context.Context) (done bool, err error) {
	p, err := w.region.progress(ctx)
	if err != nil {
		return false, err
	}
	if err := w.reportEvents(p); err != nil {
		return false, err
	}
	now := w.region.Now()
	if text := p.String(); text != w.lastReport || now.Sub(w.lastReportAt) >= heartbeat {
		w.report(fmt.Sprintf("%s (%s)", text, now.Sub(w.began).Round(time.Second)))
		w.lastReport, w.lastReportAt = text, now
	}
	return w.evaluate(p)
}

// reportEvents reports what happened since the first poll, and returns an error if waiting for tasks is
// pointless. Scaling to 0 ignores failures to start.
func (w *wait) reportEvents(p progress) error {
	first := w.known == nil
	if first {
		w.known = map[string]bool{}
	}
	isNew := func(key string) bool {
		known := w.known[key]
		w.known[key] = true
		return !known && !first
	}
	var problem error
	for _, event := range slices.Backward(p.service.Events) { // oldest first
		text := oneLine(value(event.Message))
		if !isNew(value(event.Id)) {
			continue
		}
		w.report(text)
		if w.tasks.Max > 0 && strings.Contains(text, "unable to consistently start tasks") {
			problem = failure{Problem{NoTaskStarts, "tasks keep stopping", w.region.fix(VerbDoctor)}}
		}
	}
	for _, task := range p.stopped {
		if !isNew(value(task.TaskArn)) || isDeliberate(task) {
			continue
		}
		if isInterrupted(task) {
			w.report("AWS took back the Spot capacity of a task")
			continue
		}
		w.failed++
		w.report("a task stopped: " + stopReason(task))
		if w.tasks.Max > 0 && w.failed >= maxFailedStarts && p.service.RunningCount == 0 {
			problem = failure{Problem{NoTaskStarts, fmt.Sprintf("%d tasks stopped and none is running: %s", w.failed, stopReason(task)), w.region.fix(VerbDoctor)}}
		}
	}
	if isRollback(p.deployment) && isNew("rollback of "+value(p.deployment.ServiceDeploymentArn)) {
		o := &observed{service: p.service, deployment: p.deployment}
		problem = failure{Problem{RolledBack, rolledBack(o, w.region.Now()), w.region.fix(VerbLogs, "--since", "1h")}}
	}
	return problem
}

func (r *Region) progress(ctx context.Context) (p progress, err error) {
	if p.service, err = r.service(ctx); err != nil {
		return p, err
	}
	deployments, err := r.deployments(ctx, recentDeployments)
	if err != nil {
		return p, err
	}
	p.deployment = latest(deployments)
	if p.stopped, err = r.stoppedTasks(ctx); err != nil {
		return p, err
	}
	targets, err := r.targets(ctx, p.service)
	if err != nil {
		return p, err
	}
	for _, target := range targets {
		if target.TargetHealth == nil || target.TargetHealth.State == elbtypes.TargetHealthStateEnumDraining {
			continue
		}
		p.targets++
		// Without a load balancer, a target group does not check its targets.
		if state := target.TargetHealth.State; state == elbtypes.TargetHealthStateEnumHealthy || state == elbtypes.TargetHealthStateEnumUnused {
			p.ready++
		}
	}
	return p, nil
}

// isDeliberate reports whether ECS stopped the task because of scaling or a new deployment.
func isDeliberate(task ecstypes.Task) bool {
	return strings.HasPrefix(value(task.StoppedReason), "Scaling activity initiated by")
}

func (p progress) String() string {
	if p.service.DesiredCount == 0 {
		return fmt.Sprintf("%d tasks still running", p.service.RunningCount)
	}
	text := fmt.Sprintf("%d of %d tasks running", p.service.RunningCount, p.service.DesiredCount)
	if p.service.PendingCount > 0 {
		text += fmt.Sprintf(", %d pending", p.service.PendingCount)
	}
	if deployment := primary(p.service); deployment != nil && deployment.FailedTasks > 0 {
		text += fmt.Sprintf(", %d failed", deployment.FailedTasks)
	}
	if len(p.service.LoadBalancers) > 0 {
		text += fmt.Sprintf(", %d of %d targets healthy", p.ready, p.targets)
	}
	return text
}

func (w *wait) evaluate(p progress) (done bool, err error) {
	service := p.service
	if !w.tasks.Contains(int(service.DesiredCount)) {
		return false, failure{Problem{DesiredCountChanged, fmt.Sprintf("another user or the schedule set the desired count to %d", service.DesiredCount), advice("find out what changed it, then try again")}}
	}
	deployment := primary(service)
	if deployment != nil && deployment.RolloutState == ecstypes.DeploymentRolloutStateFailed {
		return false, failure{Problem{DeploymentFailed, "the deployment failed: " + oneLine(value(deployment.RolloutStateReason)), w.region.fix(VerbDoctor)}}
	}
	if service.RunningCount != service.DesiredCount || service.PendingCount != 0 {
		return false, nil
	}
	if w.tasks.Max == 0 {
		return true, nil
	}
	rolling := deployment != nil && deployment.RolloutState == ecstypes.DeploymentRolloutStateInProgress
	if rolling || len(service.Deployments) > 1 {
		return false, nil
	}
	return len(service.LoadBalancers) == 0 || p.ready >= int(service.DesiredCount), nil
}
