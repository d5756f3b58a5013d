package ops

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/internal/text"
)

// Event is an event of the service, or a task that stopped.
type Event struct {
	Region string    `json:"region"`
	Time   time.Time `json:"time"`
	// Message is what ECS says: the service's event, or why the task and its containers stopped.
	Message string `json:"message"`
	// Stop is absent in an event of the service.
	Stop *Stop `json:"stop,omitempty"`

	// ID distinguishes the events of a region.
	ID string `json:"-"`
}

// Stop is how a task stopped.
type Stop struct {
	// Task is the start of the ID, as in the logs.
	Task string `json:"task"`
	ARN  string `json:"arn"`
	// Code is the stop code of ECS, such as EssentialContainerExited or SpotInterruption.
	Code string `json:"code,omitempty"`
	// Deliberate reports whether ECS stopped the task because of scaling or a new deployment.
	Deliberate bool `json:"deliberate"`
	// Interrupted reports whether AWS took back the Spot capacity of the task.
	Interrupted bool   `json:"interrupted"`
	Containers  []Exit `json:"containers"`
}

// Exit is how a container of a stopped task ended.
type Exit struct {
	Container string `json:"container"`
	// ExitCode is null if the container never ran.
	ExitCode *int   `json:"exit_code"`
	Reason   string `json:"reason,omitempty"`
}

// Events returns what happened to the region's service since a time, oldest first. ECS keeps the service's last 100
// events, and stopped tasks for about an hour. If there is an error, events may be missing.
func (r *Region) Events(ctx context.Context, since time.Time) (events []Event, err error) {
	var service *ecstypes.Service
	var stopped []ecstypes.Task
	var serviceErr, tasksErr error
	var group sync.WaitGroup
	group.Go(func() { service, serviceErr = r.service(ctx) })
	group.Go(func() { stopped, tasksErr = r.stoppedTasks(ctx) })
	group.Wait()
	if service != nil {
		for _, event := range slices.Backward(service.Events) { // oldest first
			events = append(events, Event{Region: r.Name, Time: value(event.CreatedAt).UTC(), Message: oneLine(value(event.Message)), ID: value(event.Id)})
		}
	}
	for _, task := range stopped {
		if hasStopped(task) { // before, its containers may still exit
			events = append(events, r.stopEvent(task))
		}
	}
	events = slices.DeleteFunc(events, func(event Event) bool { return event.Time.Before(since) })
	slices.SortStableFunc(events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	if serviceErr != nil {
		return events, serviceErr // the other error often follows from it
	}
	return events, tasksErr
}

func (r *Region) stopEvent(task ecstypes.Task) Event {
	stop := &Stop{
		Task: shortTaskID(value(task.TaskArn)), ARN: value(task.TaskArn), Code: string(task.StopCode),
		Deliberate: isDeliberate(task), Interrupted: isInterrupted(task), Containers: []Exit{},
	}
	for _, container := range task.Containers {
		exit := Exit{Container: value(container.Name), Reason: oneLine(value(container.Reason))}
		if container.ExitCode != nil {
			exit.ExitCode = new(int(*container.ExitCode))
		}
		stop.Containers = append(stop.Containers, exit)
	}
	return Event{Region: r.Name, Time: value(task.StoppedAt).UTC(), Message: stopReason(task), Stop: stop, ID: value(task.TaskArn)}
}

// Text describes the event in one line, as ECS words it, without the name of the service: the region tells which one it
// is.
func (e Event) Text() string {
	if e.Stop == nil {
		return serviceText(e.Message)
	}
	what := "task " + e.Stop.Task + " stopped"
	switch {
	case e.Stop.Deliberate:
		what = "task " + e.Stop.Task + " was stopped for scaling or a new deployment"
	case e.Stop.Interrupted:
		what = "task " + e.Stop.Task + " stopped because AWS took back its Spot capacity"
	}
	return text.JoinNonEmpty(": ", what, e.Message)
}

// serviceText shortens "(service demo) has started 1 tasks" to "service has started 1 tasks".
func serviceText(message string) string {
	name, rest, found := strings.Cut(message, ") ")
	if !found || !strings.HasPrefix(name, "(service ") || strings.Contains(name, ",") {
		return message
	}
	return "service " + rest
}
