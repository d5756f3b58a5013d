package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

const (
	// Patience is longer than a deployment takes that is going to succeed: pull, start, two health
	// checks, and the deregistration delay of the tasks that leave.
	Patience = 20 * time.Minute
	// lookTimeout bounds one look while something is waited for.
	lookTimeout = 30 * time.Second
	// failedLooks are looks in a row that may fail.
	failedLooks = 5
	// failedStarts are tasks that stop, while none runs, before it is clear that none will.
	failedStarts = 3
	// heartbeat is how often the wait is heard of while nothing changes.
	heartbeat = 30 * time.Second
)

// Progress is told of what changes while something is waited for.
type Progress func(text string)

// WaitSteady waits until the wanted number of tasks runs, none is on its way, and each is healthy
// where a load balancer asks for it. With none wanted it waits until the last has left. It ends early
// where it is clear that this will not happen.
func (r *Region) WaitSteady(ctx context.Context, count int, patience time.Duration, say Progress) error {
	asked := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, patience, failure{Problem{
		NotSteady, fmt.Sprintf("not steady after %s", patience), r.fix(VerbDoctor).withAdvice("ECS goes on trying"),
	}})
	defer cancel()
	w := &wait{region: r, count: count, say: say, began: r.Now()}
	failures := 0
	for {
		done, err := w.look(ctx)
		_, judged := errors.AsType[failure](err)
		switch {
		case asked.Err() != nil:
			return asked.Err()
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case judged, done:
			return err
		case err == nil:
			failures = 0
		default:
			if failures++; failures == failedLooks {
				return err
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(r.Interval):
		}
	}
}

// wait is what has been seen and said of a service that changes.
type wait struct {
	region *Region
	count  int
	say    Progress
	began  time.Time

	// last is what was said last, and when.
	last   string
	lastAt time.Time
	// known are the events, stopped tasks and deployments that have been seen. Those of the first look
	// are from before.
	known  map[string]bool
	failed int
}

// progress is one look at a service that changes.
type progress struct {
	service    *ecstypes.Service
	deployment *ecstypes.ServiceDeploymentBrief
	stopped    []ecstypes.Task
	// targets are those that a load balancer checks, ready are those that it sends requests to.
	targets, ready int
}

func (w *wait) look(ctx context.Context) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	p, err := w.region.progress(ctx)
	if err != nil {
		return false, err
	}
	if err := w.tellNews(p); err != nil {
		return false, err
	}
	now := w.region.Now()
	if text := p.String(); text != w.last || now.Sub(w.lastAt) >= heartbeat {
		w.say(fmt.Sprintf("%s (%s)", text, now.Sub(w.began).Round(time.Second)))
		w.last, w.lastAt = text, now
	}
	return w.judge(p)
}

// tellNews says what has happened since the first look, and what makes waiting for tasks pointless. Who
// waits for the last to leave has no use of any that starts.
func (w *wait) tellNews(p progress) error {
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
		w.say(text)
		if w.count > 0 && strings.Contains(text, "unable to consistently start tasks") {
			problem = failure{Problem{NoTaskStarts, "tasks stop again and again", w.region.fix(VerbDoctor)}}
		}
	}
	for _, task := range p.stopped {
		if !isNew(value(task.TaskArn)) || isDeliberate(task) {
			continue
		}
		w.failed++
		w.say("a task stopped: " + stopReason(task))
		if w.count > 0 && w.failed >= failedStarts && p.service.RunningCount == 0 {
			problem = failure{Problem{NoTaskStarts, fmt.Sprintf("%d tasks stopped and none runs: %s", w.failed, stopReason(task)), w.region.fix(VerbDoctor)}}
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
	if p.deployment, err = r.lastDeployment(ctx); err != nil {
		return p, err
	}
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
		// A target group without a load balancer checks nobody.
		if state := target.TargetHealth.State; state == elbtypes.TargetHealthStateEnumHealthy || state == elbtypes.TargetHealthStateEnumUnused {
			p.ready++
		}
	}
	return p, nil
}

// stoppedTasks are those that ECS remembers, for about an hour.
func (r *Region) stoppedTasks(ctx context.Context) ([]ecstypes.Task, error) {
	cluster := new(r.Names.Cluster())
	list, err := r.ecs.ListTasks(ctx, &ecs.ListTasksInput{Cluster: cluster, ServiceName: new(r.Names.Service()), DesiredStatus: ecstypes.DesiredStatusStopped})
	if err != nil || len(list.TaskArns) == 0 {
		return nil, err
	}
	answer, err := r.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: cluster, Tasks: list.TaskArns})
	if err != nil {
		return nil, err
	}
	return answer.Tasks, nil
}

// isDeliberate says whether ECS stopped a task because fewer are wanted, or because a new one has
// taken its place.
func isDeliberate(task ecstypes.Task) bool {
	return strings.HasPrefix(value(task.StoppedReason), "Scaling activity initiated by")
}

func (p progress) String() string {
	if p.service.DesiredCount == 0 {
		return fmt.Sprintf("%d tasks still run", p.service.RunningCount)
	}
	text := fmt.Sprintf("%d of %d tasks run", p.service.RunningCount, p.service.DesiredCount)
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

func (w *wait) judge(p progress) (done bool, err error) {
	service := p.service
	if int(service.DesiredCount) != w.count {
		return false, failure{Problem{SetByOthers, fmt.Sprintf("somebody else, or the schedule, has set the desired count to %d", service.DesiredCount), advice("look who or what did, then try again")}}
	}
	deployment := primary(service)
	if deployment != nil && deployment.RolloutState == ecstypes.DeploymentRolloutStateFailed {
		return false, failure{Problem{DeploymentFailed, "the deployment failed: " + oneLine(value(deployment.RolloutStateReason)), w.region.fix(VerbDoctor)}}
	}
	if service.RunningCount != service.DesiredCount || service.PendingCount != 0 {
		return false, nil
	}
	if w.count == 0 {
		return true, nil
	}
	rolling := deployment != nil && deployment.RolloutState == ecstypes.DeploymentRolloutStateInProgress
	if rolling || len(service.Deployments) > 1 {
		return false, nil
	}
	return len(service.LoadBalancers) == 0 || p.ready >= w.count, nil
}
