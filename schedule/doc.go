// Package schedule is the window of a fleet region that sleeps: when tasks run, when the load
// balancer is there, and the same two answers as AWS scheduled actions and as HCL.
//
// A Window is what a fleet file says; New checks it and makes a Schedule of it, which answers. The
// answers exist three times, and the tests hold them together to the minute: in Go for the
// operations CLI and the estimates, as scheduled actions by which AWS scales the tasks, and as
// Terraform locals by which a plan knows what belongs there at its time.
//
// # Summer time
//
// A window's edges are readings of the clock on the wall, and a scheduled action with a time zone
// follows summer time (https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html).
// What Application Auto Scaling does with an hour that a change of the clocks skips or repeats is not
// documented. (EventBridge Scheduler passes over a skipped one, and runs once in a repeated one:
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.) The rules here are our
// own: an edge in a skipped hour happens at the instant of the change, an edge in a repeated hour at
// its first occurrence. Actions keep the first rule whether or not AWS passes over a skipped hour; one
// that ran again in a repeated hour would change nothing.
//
// Changes of the clocks are written out from 2026 through 2040. From 2041 on the locals keep the last
// offset, while Go and AWS go on following the zone.
//
// # Imports
//
// config, stacks, cost, and the CLI with its operations may import the package; constructs get plain
// values. It is pure: it reads no clock and no file, and knows neither AWS's API nor cdktf. Time
// zones are compiled in, so that every machine gives the same answers.
package schedule
