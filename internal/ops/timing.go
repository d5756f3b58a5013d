package ops

import (
	"fmt"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/span"
)

// Timing describes a region's schedule at a given time, for display. See config.Region.ExpectedAt for the
// expected state.
type Timing struct {
	// State is "always on", "awake", "lead", "asleep", or "not in the fleet file".
	State string `json:"state"`
	// Next is when the window next opens or closes, or when a region that a request has woken goes back to sleep at the
	// latest; absent if never.
	Next *time.Time `json:"next_change,omitempty"`
	// ByRequest reports whether a request has woken the region; absent if not.
	ByRequest bool `json:"by_request,omitempty"`
	// Text describes the state and the next change.
	Text string `json:"text"`
}

// States of a region.
const (
	AlwaysOn = "always on"
	Awake    = "awake"
	// Lead is the time before the window opens in which an apply may wake the region.
	Lead   = "lead"
	Asleep = "asleep"
	// Removed is a region that was removed from the fleet file before it was destroyed.
	Removed = "not in the fleet file"
)

// TimingAt returns the timing of a region at a given time.
func TimingAt(region config.Region, now time.Time) Timing {
	switch {
	case !region.Weekend.Enabled:
		return Timing{State: AlwaysOn, Text: AlwaysOn}
	case !region.Weekend.Active:
		return Timing{State: Asleep, Text: "inactive, always asleep"}
	}
	state, text, verb := Asleep, "asleep", "wakes"
	switch expected := region.ExpectedAt(now, config.OverrideAuto); {
	case expected.Lead:
		state, text, verb = Lead, "about to wake", "window opens"
	case expected.Awake:
		state, text, verb = Awake, "awake", "sleeps"
	}
	timing := Timing{State: state, Text: text}
	if change, ok := region.Schedule.NextChange(now); ok {
		timing.Next = &change.At
		timing.Text = fmt.Sprintf("%s, %s %s", text, verb, When(change.At, now))
	}
	return timing
}

// nextAction returns when a scheduled action next changes the number of tasks, and to what.
func nextAction(region config.Region, tasks config.TaskRange, now time.Time) (at time.Time, next config.TaskRange, ok bool) {
	if !region.Weekend.Enabled {
		return time.Time{}, next, false
	}
	wakes := region.Weekend.Active && !region.Weekend.DestroyALBs
	// An edge may set the current count, for example the end of a window that was cut short.
	const edges = 4
	at = now
	for range edges {
		change, ok := region.Schedule.NextChange(at)
		if !ok {
			break
		}
		at, next = change.At, config.TaskRange{}
		if change.On {
			next = region.Service.TaskRange()
		}
		if next != tasks && (!change.On || wakes) {
			return at, next, true
		}
	}
	return time.Time{}, next, false
}

// When formats a time in its time zone with the time remaining: Sat 06:00 UTC in 2 d 4 h.
func When(at, now time.Time) string { return clock(at, now) + " in " + span.Format(at.Sub(now)) }

// clock formats a time in its time zone: Sat 06:00 UTC. It includes the date if the weekday alone is ambiguous.
func clock(at, now time.Time) string {
	layout := "Mon 15:04 MST"
	if at.Sub(now) > 6*24*time.Hour {
		layout = "Mon 2 Jan 15:04 MST"
	}
	return at.Format(layout)
}
