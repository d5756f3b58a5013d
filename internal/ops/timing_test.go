package ops

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"github.com/cdtait/mcpfleet/config"
)

// parseRegion returns the region of a fleet file with the given weekend settings.
func parseRegion(t *testing.T, weekend string) config.Region {
	t.Helper()
	fleet, _, err := config.Parse("regions.yaml", []byte(fleetHead+"defaults: {container: {image: a}, weekend: "+weekend+"}\nregions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return fleet.Regions[0]
}

var (
	saturday = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	tuesday  = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
)

func TestTimingText(t *testing.T) {
	cases := map[string]struct {
		weekend string
		at      time.Time
		want    string
	}{
		"no weekend mode":   {"{}", tuesday, "always on"},
		"in the week":       {"{enabled: true}", tuesday, "asleep, wakes Sat 06:00 UTC in 4 d 4 h"},
		"in the window":     {"{enabled: true}", saturday, "awake, sleeps Sat 22:00 UTC in 10 h"},
		"an hour before":    {"{enabled: true}", saturday.Add(-7*time.Hour - 30*time.Minute), "asleep, wakes Sat 06:00 UTC in 1 h 30 min"},
		"another time zone": {"{enabled: true, timezone: America/New_York}", saturday, "awake, sleeps Sat 22:00 EST in 15 h"},
		"next week":         {"{enabled: true, days: [mon]}", tuesday, "asleep, wakes Mon 30 Nov 06:00 UTC in 6 d 4 h"},
		"never awake":       {"{enabled: true, active: false}", saturday, "inactive, always asleep"},
		"in the lead":       {"{enabled: true, destroy_albs: true}", saturday.Add(-6*time.Hour - 10*time.Minute), "about to wake, window opens Sat 06:00 UTC in 10 min"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			if got := TimingAt(parseRegion(t, each.weekend), each.at).Text; got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
		})
	}
}

func TestUndoneBy(t *testing.T) {
	cases := map[string]struct {
		weekend string
		count   int
		at      time.Time
		want    string
	}{
		"the count in the fleet file":    {"{}", 2, tuesday, "the fleet file has the same count"},
		"more than in the fleet file":    {"{}", 4, tuesday, "the next apply sets 2"},
		"stopped in the window":          {"{enabled: true}", 0, saturday, "the schedule sets 2 on Sun 06:00 UTC in 18 h; an apply before then sets 2"},
		"awake in the window":            {"{enabled: true}", 2, saturday, "the schedule sets 0 on Sat 22:00 UTC in 10 h"},
		"woken in the week":              {"{enabled: true}", 2, tuesday, "the schedule sets 0 on Sat 22:00 UTC in 4 d 20 h; an apply before then sets 0"},
		"stopped, and woken by an apply": {"{enabled: true, destroy_albs: true}", 0, saturday, "the next apply sets 2"},
		"never awake":                    {"{enabled: true, active: false}", 0, saturday, "the fleet file has the same count"},
		"woken in the lead":              {"{enabled: true, destroy_albs: true}", 2, saturday.Add(-6*time.Hour - 10*time.Minute), "the schedule sets 0 on Sat 22:00 UTC in 16 h 10 min"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			if got := NextCountChange(parseRegion(t, each.weekend), exactly(each.count), each.at); got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
		})
	}
}

// TestRangeOfAutoscalingIsRestored checks what restores the range after scale has held a number of tasks.
func TestRangeOfAutoscalingIsRestored(t *testing.T) {
	region := parseRegion(t, "{enabled: true}")
	region.Service.Autoscaling = config.Autoscaling{Enabled: true, Min: 2, Max: 8}
	for tasks, want := range map[config.TaskRange]string{
		{Min: 4, Max: 4}: "the schedule sets 0 on Sat 22:00 UTC in 10 h; an apply before then sets 2 to 8",
		{Min: 0, Max: 0}: "the schedule sets 2 to 8 on Sun 06:00 UTC in 18 h; an apply before then sets 2 to 8",
		{Min: 2, Max: 8}: "the schedule sets 0 on Sat 22:00 UTC in 10 h",
	} {
		if got := NextCountChange(region, tasks, saturday); got != want {
			t.Errorf("%v: got %q, want %q", tasks, got, want)
		}
	}
}

func TestReason(t *testing.T) {
	for want, err := range map[string]error{
		"unreachable: no such host":                   &smithy.OperationError{ServiceID: "ECS", OperationName: "DescribeServices", Err: &net.DNSError{Err: "no such host", Name: "ecs.eu-west-1.amazonaws.com"}},
		"no response in time":                         fmt.Errorf("request: %w", context.DeadlineExceeded),
		"interrupted":                                 fmt.Errorf("request: %w", context.Canceled),
		"ListTasks: not allowed: no, no":              &smithy.OperationError{ServiceID: "ECS", OperationName: "ListTasks", Err: &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no,\n no"}},
		"the credentials have expired (ExpiredToken)": &smithy.GenericAPIError{Code: "ExpiredToken"},
		"a plain error":                               errors.New("a plain error"),
	} {
		if got := Reason(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
