package ops

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"

	"github.com/cdtait/mcpfleet/config"
)

// expectedOf returns the region's expected state, given what was observed of its schedule. If a request has woken the
// region, tasks may run, but need not: they stop as soon as nobody uses the region.
func (r *Region) expectedOf(o *observed, now time.Time) config.Expected {
	expected := r.ExpectedAt(now, r.override(o))
	if r.woken(o, now) {
		expected.Awake, expected.Tasks = true, config.TaskRange{Max: r.Service.TaskRange().Max}
	}
	return expected
}

// woken reports whether a request has woken the region. The minimum of the scalable target tells its tasks from those of
// the window, and from those that someone has started: only theirs is 0.
func (r *Region) woken(o *observed, now time.Time) bool {
	if !r.WakesOnRequest() || o.scheduleUnknown || o.scalable == nil || r.ExpectedAt(now, r.override(o)).Awake {
		return false
	}
	bounds := boundsOf(o.scalable.MinCapacity, o.scalable.MaxCapacity)
	return bounds.Min == 0 && bounds.Max > 0
}

// wokenTiming returns the timing of a region that a request has woken. Without an end of its own, it may stay awake until
// the window opens.
func (r *Region) wokenTiming(o *observed, now time.Time) Timing {
	timing := Timing{State: Awake, ByRequest: true, Text: "awake by request"}
	if end := r.wakeEnd(o); end.After(now) {
		timing.Next = &end
		timing.Text += ", at most until " + clock(end, now)
		return timing
	}
	if change, ok := r.Schedule.NextChange(now); ok {
		timing.Next = &change.At
		timing.Text += ", window opens " + When(change.At, now)
	}
	return timing
}

// wakeEnd returns when the scheduled action stops the tasks that a request has started, the zero time if there is none.
func (r *Region) wakeEnd(o *observed) time.Time {
	at := slices.IndexFunc(o.actions, func(action scalingtypes.ScheduledAction) bool {
		return value(action.ScheduledActionName) == r.Names.WakeEnd()
	})
	if at < 0 {
		return time.Time{}
	}
	end, err := time.Parse(oneTime, value(o.actions[at].Schedule))
	if err != nil {
		return time.Time{}
	}
	return end.In(r.Schedule.Zone())
}

// oneTime is the layout of a schedule that runs once. The function gives it no time zone, so it is in UTC.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
const oneTime = "at(2006-01-02T15:04:05)"

// deleteWakeEnd deletes that action, if it exists.
func (r *Region) deleteWakeEnd(ctx context.Context) error {
	_, err := r.scaling.DeleteScheduledAction(ctx, &applicationautoscaling.DeleteScheduledActionInput{
		ServiceNamespace:    scalingtypes.ServiceNamespaceEcs,
		ScalableDimension:   scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceId:          new(r.resourceID()),
		ScheduledActionName: new(r.Names.WakeEnd()),
	})
	if hasCode(err, "ObjectNotFoundException") {
		return nil
	}
	return err
}
