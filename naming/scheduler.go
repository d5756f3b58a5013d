package naming

import "strings"

// The names of what starts and runs the scheduled applies of a fleet. It has one for all its regions, so the names
// contain none. The roles' names, of at most 63 characters, are never truncated.

// ScheduledApply returns the name of the build project, the group of its schedules, its queue and its topic.
func (n Names) ScheduledApply() string { return n.Project + "-" + n.Environment + "-weekend" }

// ScheduledApplyAlarm returns the name of an alarm, given its last part.
func (n Names) ScheduledApplyAlarm(id string) string { return n.ScheduledApply() + "-" + id }

// ScheduledApplyLogs returns the name of the log group of the builds.
func (n Names) ScheduledApplyLogs() string { return "/codebuild/" + n.ScheduledApply() }

// BuildRole returns the name of the role of the builds, and StartRole that of the role of the schedules.
func (n Names) BuildRole() string { return n.ScheduledApply() + "-build" }
func (n Names) StartRole() string { return n.ScheduledApply() + "-start" }

// SourceBundle returns the last part of the key under which the state bucket has the source of the builds.
func (n Names) SourceBundle() string { return "source." + n.Environment + ".zip" }

// ScheduleName returns the name of a schedule in its group: its time zone and its time, such as
// europe-london-0545 or europe-london-1227-0545.
func ScheduleName(timezone, time string) string {
	zone := strings.NewReplacer("/", "-", "_", "-", "+", "plus-").Replace(strings.ToLower(timezone))
	return truncate(zone+"-"+time, scheduleLimit)
}

// scheduleLimit is the longest name of a schedule.
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
const scheduleLimit = 64
