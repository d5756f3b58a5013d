package ops

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// TaskReport is the tasks of a region that have not stopped.
type TaskReport struct {
	Region   string `json:"-"`
	Schedule Timing `json:"schedule"`
	// Desired is how many tasks ECS is to run; null if the service could not be read.
	Desired *int `json:"desired"`
	// Tasks are sorted by zone, then by age, oldest first.
	Tasks []TaskStatus `json:"tasks"`
	// Problems are why some of this could not be read.
	Problems []Problem `json:"-"`
}

// TaskStatus is the status of one task.
type TaskStatus struct {
	// Task is the start of the ID, as in the logs.
	Task string `json:"task"`
	ARN  string `json:"arn"`
	Zone string `json:"zone,omitempty"`
	// Created is when ECS created the task, and Started when its containers ran. Started is absent before that.
	Created *time.Time `json:"created,omitempty"`
	Started *time.Time `json:"started,omitempty"`
	// Status is the last status in the task's life cycle, such as provisioning, pending, running or stopping.
	Status string `json:"status"`
	// Health is the result of the containers' health checks: healthy, unhealthy, or unknown if there is no
	// check or no result yet.
	Health string `json:"health"`
	// Target is the state of the task's target, such as initial, healthy, unhealthy or draining; absent if the
	// task is not registered with a load balancer.
	Target string `json:"target,omitempty"`
	// Revision is that of the task definition.
	Revision int `json:"revision"`
	// Address is the private IP address; absent until the task has one.
	Address string `json:"address,omitempty"`
	// Capacity is FARGATE or FARGATE_SPOT.
	Capacity string `json:"capacity,omitempty"`
}

// Tasks returns the tasks of the region that have not stopped.
func (r *Region) Tasks(ctx context.Context) TaskReport {
	report := TaskReport{Region: r.Name, Schedule: TimingAt(r.Region, r.Now()), Tasks: []TaskStatus{}}
	service, err := r.service(ctx)
	if err != nil {
		report.Problems = []Problem{ProblemOf(err)}
		return report
	}
	report.Desired = new(int(service.DesiredCount))
	var tasks []ecstypes.Task
	var targets []elbtypes.TargetHealthDescription
	var tasksErr, targetsErr error
	var group sync.WaitGroup
	// The desired status of a task that is stopping is already STOPPED.
	group.Go(func() {
		tasks, tasksErr = r.describeTasks(ctx, ecstypes.DesiredStatusRunning, ecstypes.DesiredStatusStopped)
	})
	group.Go(func() { targets, targetsErr = r.targets(ctx, service) })
	group.Wait()
	report.Problems = problems([]error{tasksErr, targetsErr})
	if r.Weekend.Enabled && (service.DesiredCount == 0) != (report.Schedule.State == Asleep) {
		// weekend_state may hold the region asleep or awake.
		report.Schedule = r.timing(r.observeSchedule(ctx), r.Now())
	}
	for _, task := range tasks {
		if !hasStopped(task) {
			report.Tasks = append(report.Tasks, taskStatus(task, targets))
		}
	}
	slices.SortFunc(report.Tasks, func(a, b TaskStatus) int {
		return cmp.Or(cmp.Compare(a.Zone, b.Zone), value(a.Created).Compare(value(b.Created)), cmp.Compare(a.ARN, b.ARN))
	})
	return report
}

// Sleeps reports whether the region may be without tasks at this time.
func (t TaskReport) Sleeps() bool {
	return value(t.Desired) == 0 && (t.Schedule.State == Asleep || t.Schedule.State == Lead)
}

func taskStatus(task ecstypes.Task, targets []elbtypes.TargetHealthDescription) TaskStatus {
	status := TaskStatus{
		Task: shortTaskID(value(task.TaskArn)), ARN: value(task.TaskArn), Zone: value(task.AvailabilityZone),
		Created: inUTC(task.CreatedAt), Started: inUTC(task.StartedAt),
		Status:   strings.ToLower(value(task.LastStatus)),
		Health:   strings.ToLower(cmp.Or(string(task.HealthStatus), string(ecstypes.HealthStatusUnknown))),
		Revision: revision(value(task.TaskDefinitionArn)),
		Address:  privateAddress(task),
		Capacity: cmp.Or(value(task.CapacityProviderName), string(task.LaunchType)),
	}
	for _, target := range targets {
		if target.Target != nil && target.TargetHealth != nil && value(target.Target.Id) == status.Address {
			status.Target = string(target.TargetHealth.State)
		}
	}
	return status
}

// inUTC returns a time in UTC, nil if there is none.
func inUTC(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	return new(at.UTC())
}

// hasStopped reports whether a task has reached the end of its life cycle.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
func hasStopped(task ecstypes.Task) bool {
	return value(task.LastStatus) == "STOPPED" || value(task.LastStatus) == "DELETED"
}

// privateAddress returns the private address of a task's network interface, "" until it has one.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attachment.html
func privateAddress(task ecstypes.Task) string {
	for _, attachment := range task.Attachments {
		for _, detail := range attachment.Details {
			if value(attachment.Type) == "ElasticNetworkInterface" && value(detail.Name) == "privateIPv4Address" {
				return value(detail.Value)
			}
		}
	}
	return ""
}

// shortTask is how many characters of a task's ID are shown.
const shortTask = 8

// shortTaskID returns the start of the ID at the end of a task's ARN, or of its log stream's name.
func shortTaskID(name string) string {
	id := lastSegment(name)
	return id[:min(shortTask, len(id))]
}

// lastSegment returns what follows the last slash of an ARN, or of a name like it.
func lastSegment(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// maxDescribedTasks is the maximum number of tasks in one request.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
const maxDescribedTasks = 100

// describeTasks returns the tasks of the service whose desired status is one of these. ECS lists stopped tasks for about
// an hour.
func (r *Region) describeTasks(ctx context.Context, desired ...ecstypes.DesiredStatus) (tasks []ecstypes.Task, err error) {
	cluster := new(r.Names.Cluster())
	var arns []string
	for _, status := range desired {
		pages := ecs.NewListTasksPaginator(r.ecs, &ecs.ListTasksInput{Cluster: cluster, ServiceName: new(r.Names.Service()), DesiredStatus: status})
		listed, err := collect(ctx, pages, func(page *ecs.ListTasksOutput) []string { return page.TaskArns })
		if err != nil {
			return nil, err
		}
		arns = append(arns, listed...)
	}
	slices.Sort(arns)
	// A task that begins to stop between the requests is in both lists.
	for batch := range slices.Chunk(slices.Compact(arns), maxDescribedTasks) {
		output, err := r.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: cluster, Tasks: batch})
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, output.Tasks...)
	}
	return tasks, nil
}

// runningTasks returns the tasks of the service that run.
func (r *Region) runningTasks(ctx context.Context) ([]ecstypes.Task, error) {
	tasks, err := r.describeTasks(ctx, ecstypes.DesiredStatusRunning)
	return slices.DeleteFunc(tasks, func(task ecstypes.Task) bool { return value(task.LastStatus) != "RUNNING" }), err
}

// stoppedTasks returns the tasks that have stopped in about the last hour, and those that are stopping.
func (r *Region) stoppedTasks(ctx context.Context) ([]ecstypes.Task, error) {
	return r.describeTasks(ctx, ecstypes.DesiredStatusStopped)
}
