package config

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/cdtait/mcpfleet/naming"
	"github.com/cdtait/mcpfleet/schedule"
)

// StacksVariable is the environment variable with the stacks that a scheduled build applies.
const StacksVariable = "MCPFLEET_STACKS"

// ScheduledApply is a time at which regions in destroy mode must be applied, for EventBridge Scheduler.
type ScheduledApply struct {
	// Name is unique in the fleet. It does not change as long as the time stays.
	Name     string
	Due      schedule.Due
	Timezone string
	// Regions are the regions for which it is due, with what it is for in each.
	Regions []ScheduledRegion

	zone *time.Location
}

// ScheduledRegion is a region that a scheduled apply applies.
type ScheduledRegion struct {
	Name     string
	Stack    string
	Purposes []schedule.Purpose
}

// Next returns when the apply is next due after an instant.
func (s ScheduledApply) Next(after time.Time) time.Time { return s.Due.Next(after, s.zone) }

// NeedsApplies reports whether an apply wakes the region and puts it to sleep.
func (r Region) NeedsApplies() bool { return r.Weekend.Mode() == ModeDestroy && r.Weekend.Active }

// DestroyRegions returns the regions of the file that an apply wakes and puts to sleep.
func (f *Fleet) DestroyRegions() (regions []Region) {
	for _, region := range f.AllRegions {
		if region.NeedsApplies() {
			regions = append(regions, region)
		}
	}
	return regions
}

// ScheduledApplies returns when the regions in destroy mode must be applied, in the time zones of their windows. They do
// not depend on the current date. Regions whose windows have an edge at the same time of day share an apply.
func (f *Fleet) ScheduledApplies() (applies []ScheduledApply) {
	regions := f.DestroyRegions()
	var zones []string
	for _, region := range regions {
		if !slices.Contains(zones, region.Weekend.Timezone) {
			zones = append(zones, region.Weekend.Timezone)
		}
	}
	slices.Sort(zones)
	for _, timezone := range zones {
		applies = append(applies, appliesIn(timezone, slices.DeleteFunc(slices.Clone(regions), func(region Region) bool {
			return region.Weekend.Timezone != timezone
		}))...)
	}
	return applies
}

// appliesIn returns the applies of regions whose windows have the same time zone.
func appliesIn(timezone string, regions []Region) (applies []ScheduledApply) {
	zone := regions[0].Schedule.Zone()
	// Most fleets have one window, and evaluating one for years takes a while.
	var windows []*schedule.Schedule
	windowOf := func(region Region) int {
		return slices.IndexFunc(windows, func(s *schedule.Schedule) bool {
			return reflect.DeepEqual(s.Window(), region.Schedule.Window())
		})
	}
	for _, region := range regions {
		if windowOf(region) < 0 {
			windows = append(windows, region.Schedule)
		}
	}
	for _, due := range schedule.AllApplyTimes(windows, zone) {
		var purposes [][]schedule.Purpose
		for _, window := range windows {
			purposes = append(purposes, window.Purposes(due, zone))
		}
		each := ScheduledApply{Name: naming.ScheduleName(timezone, clock(due)), Due: due, Timezone: timezone, zone: zone}
		for _, region := range regions {
			if found := purposes[windowOf(region)]; len(found) > 0 {
				each.Regions = append(each.Regions, ScheduledRegion{region.Name, region.Names.Stack(), found})
			}
		}
		applies = append(applies, each)
	}
	return applies
}

// clock identifies a time within a time zone: weekly times differ in the time of day.
func clock(due schedule.Due) string {
	text := fmt.Sprintf("%02d%02d", due.Hour, due.Minute)
	if len(due.Weekdays) == 0 {
		text = fmt.Sprintf("%02d%02d-%s", int(due.Month), due.Day, text)
	}
	return text
}
