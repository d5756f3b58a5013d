package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	codebuildtypes "github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	eventbridgetypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/span"
)

// Applies are the scheduled applies of a region.
type Applies struct {
	// Last is the last build of any region, absent if there was none.
	Last *Build `json:"last,omitempty"`
	// Next is when the region is next applied, absent if no schedule is enabled.
	Next *time.Time `json:"next,omitempty"`
	// Schedule is the name of the schedule that is next.
	Schedule string `json:"schedule,omitempty"`
}

// Build is a build of CodeBuild that applies regions.
type Build struct {
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	// Status is the status of the CodeBuild API, such as SUCCEEDED.
	Status string `json:"status"`
}

func (e *examination) hasScheduler() bool { return e.scheduler != nil && e.NeedsApplies() }

// bootstrapAgain is the fix for what the bootstrap creates or updates.
var bootstrapAgain = advice("synthesize and apply bootstrap/ again, as its README describes")

// startDelay is how long EventBridge Scheduler tries to start a build: maximum_event_age_in_seconds in bootstrap/.
const startDelay = time.Hour

// checkApplies checks whether the region will be applied when its window opens and closes, and whether it was.
func checkApplies(ctx context.Context, e *examination) (found []Problem, _ error) {
	s, now := e.scheduler, e.Now()
	place := s.names.ScheduledApply() + " in " + s.names.Region
	schedules, err := s.schedules(ctx)
	if missing := (*eventbridgetypes.ResourceNotFoundException)(nil); errors.As(err, &missing) {
		return []Problem{{SchedulerMissing, fmt.Sprintf("there is no schedule group %s, so nothing applies the region when its window opens or closes", place), bootstrapAgain}}, nil
	}
	if err != nil {
		return nil, err
	}
	build, err := s.lastBuild(ctx, e.Names.Stack())
	if missing := (*codebuildtypes.ResourceNotFoundException)(nil); errors.As(err, &missing) {
		return []Problem{{SchedulerMissing, fmt.Sprintf("there is no build project %s, so the schedules start nothing", place), bootstrapAgain}}, nil
	}
	if err != nil {
		return nil, err
	}
	e.applies = &Applies{}
	if build != nil {
		e.applies.Last = &Build{ID: value(build.Id), Started: value(build.StartTime).UTC(), Status: string(build.BuildStatus)}
	}
	var enabled []config.ScheduledApply
	for _, apply := range s.appliesOf(e.Name) {
		switch schedule, exists := schedules[apply.Name]; {
		case !exists:
			found = append(found, Problem{SchedulerMissing, fmt.Sprintf("schedule %s of group %s does not exist, so nothing applies the region %s",
				apply.Name, place, e.next(apply, now)), bootstrapAgain})
		case schedule.State != eventbridgetypes.ScheduleStateEnabled:
			found = append(found, Problem{ScheduleDisabled, fmt.Sprintf("schedule %s of group %s is disabled, so nothing applies the region %s",
				apply.Name, place, e.next(apply, now)), bootstrapAgain})
		default:
			enabled = append(enabled, apply)
			e.applies.follow(apply, now)
		}
	}
	if failed, ok := e.failedBuild(build, now); ok {
		return append(found, failed), nil
	}
	if missed, ok := e.missedApply(enabled, schedules, build, now); ok {
		found = append(found, missed)
	}
	return found, nil
}

// follow makes the apply the next one if it is earlier.
func (a *Applies) follow(apply config.ScheduledApply, now time.Time) {
	if next := apply.Next(now); a.Next == nil || next.Before(*a.Next) {
		a.Next, a.Schedule = &next, apply.Name
	}
}

// next describes when an apply is due, and what for.
func (e *examination) next(apply config.ScheduledApply, now time.Time) string {
	i := slices.IndexFunc(apply.Regions, func(region config.ScheduledRegion) bool { return region.Name == e.Name })
	var purposes []string
	for _, purpose := range apply.Regions[i].Purposes {
		purposes = append(purposes, string(purpose))
	}
	return fmt.Sprintf("to %s %s", strings.Join(purposes, " and "), When(apply.Next(now), now))
}

// failedBuild reports the last build if it failed.
func (e *examination) failedBuild(build *codebuildtypes.Build, now time.Time) (Problem, bool) {
	if build == nil || build.BuildStatus == codebuildtypes.StatusTypeSucceeded || build.BuildStatus == codebuildtypes.StatusTypeInProgress {
		return Problem{}, false
	}
	names := e.scheduler.names
	message := fmt.Sprintf("the last scheduled apply ended with %s, %s", build.BuildStatus, e.ago(value(build.StartTime), now))
	if phase := failedPhase(build); phase != "" {
		message += ": " + phase
	}
	return Problem{ApplyFailed, message, Fix{Verb: VerbAWS, Region: names.Region, Arguments: []string{
		"logs", "tail", names.ScheduledApplyLogs(), "--since", "7d",
	}, Advice: "correct the cause, then apply the region: aws codebuild start-build --project-name " + names.ScheduledApply() + " --region " + names.Region}}, true
}

// failedPhase describes the first phase of a build that failed.
func failedPhase(build *codebuildtypes.Build) string {
	for _, phase := range build.Phases {
		if phase.PhaseStatus == "" || phase.PhaseStatus == codebuildtypes.StatusTypeSucceeded || phase.PhaseStatus == codebuildtypes.StatusTypeInProgress {
			continue
		}
		text := string(phase.PhaseType)
		for _, each := range phase.Contexts {
			if message := oneLine(value(each.Message)); message != "" {
				return text + ": " + message
			}
		}
		return text
	}
	return ""
}

// missedApply reports an apply that was due although no build has started since. A schedule that did not exist then has
// missed nothing.
func (e *examination) missedApply(applies []config.ScheduledApply, schedules map[string]eventbridgetypes.ScheduleSummary, build *codebuildtypes.Build, now time.Time) (Problem, bool) {
	var last time.Time
	for _, apply := range applies {
		due := lastDue(apply, now.Add(-startDelay))
		if due.After(last) && value(schedules[apply.Name].CreationDate).Before(due) {
			last = due
		}
	}
	if last.IsZero() || (build != nil && !value(build.StartTime).Before(last)) {
		return Problem{}, false
	}
	names := e.scheduler.names
	return Problem{ApplyMissed, fmt.Sprintf("an apply was due %s, but no build of %s has started since", e.ago(last, now), names.ScheduledApply()),
		Fix{Verb: VerbAWS, Region: names.Region, Arguments: []string{"codebuild", "start-build", "--project-name", names.ScheduledApply()},
			Advice: "the messages of the queue " + names.ScheduledApply() + " have the reason"}}, true
}

// ago describes an instant in the past, in the time zone of the window.
func (e *examination) ago(at, now time.Time) string {
	return fmt.Sprintf("on %s", at.In(e.Schedule.Zone()).Format("Mon 2 Jan 15:04 MST")) + age(now.Sub(at))
}

// age describes how long ago something was, "" if that is less than a minute.
func age(d time.Duration) string {
	if d < time.Minute {
		return ""
	}
	return " (" + span.Format(d) + " ago)"
}
