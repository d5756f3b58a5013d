// Package schedule implements the weekly window of a region: when its tasks run, when its load balancer
// exists, and how AWS scheduled actions and Terraform express both.
//
// A Window holds the settings of a fleet file. New validates it and returns a Schedule. The same rules exist
// in three forms: in Go for the CLI and the cost estimates, as scheduled actions that scale the tasks, and as
// Terraform locals that let a plan decide for the time at which it runs. Tests verify that the three agree
// to the minute.
//
// # Daylight saving time
//
// The edges of a window are local times, and scheduled actions with a time zone follow daylight saving time
// (https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html).
// What Application Auto Scaling does with an hour that a clock change skips or repeats is not documented.
// (EventBridge Scheduler omits skipped times, and runs once in a repeated hour:
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.) This package defines that an
// edge in a skipped hour happens at the instant of the change, and an edge in a repeated hour at its first
// occurrence. The actions implement the first rule whether or not AWS omits skipped hours. An action that
// runs again in a repeated hour changes nothing.
//
// Clock changes are listed from 2026 through 2040. From 2041 on the locals keep the last offset, while Go and
// AWS continue to follow the zone.
//
// # Imports
//
// config, stacks, cost, and the CLI with its operations may import the package; constructs get plain values.
// It reads neither the clock nor files, and does not depend on the AWS API or cdktf. The time zone database
// is embedded, so that results are the same on every machine.
package schedule
