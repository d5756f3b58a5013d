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

// one is a region of a fleet file with some weekend settings.
func one(t *testing.T, weekend string) config.Region {
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

func TestTimingInWords(t *testing.T) {
	cases := map[string]struct {
		weekend string
		at      time.Time
		want    string
	}{
		"no weekend mode": {"{}", tuesday, "always on"},
		"in the week":     {"{enabled: true}", tuesday, "asleep, wakes Sat 06:00 UTC in 4 d 4 h"},
		"in the window":   {"{enabled: true}", saturday, "awake, sleeps Sat 22:00 UTC in 10 h"},
		"an hour before":  {"{enabled: true}", saturday.Add(-7*time.Hour - 30*time.Minute), "asleep, wakes Sat 06:00 UTC in 1 h 30 min"},
		"its own clock":   {"{enabled: true, timezone: America/New_York}", saturday, "awake, sleeps Sat 22:00 EST in 15 h"},
		"another week's":  {"{enabled: true, days: [mon]}", tuesday, "asleep, wakes Mon 30 Nov 06:00 UTC in 6 d 4 h"},
		"never awake":     {"{enabled: true, active: false}", saturday, "asleep, not active"},
		"in the lead":     {"{enabled: true, destroy_albs: true}", saturday.Add(-6*time.Hour - 10*time.Minute), "about to wake, window opens Sat 06:00 UTC in 10 min"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			if got := TimingAt(one(t, each.weekend), each.at).Text; got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
		})
	}
}

func TestWhatUndoesANumberOfTasks(t *testing.T) {
	cases := map[string]struct {
		weekend string
		count   int
		at      time.Time
		want    string
	}{
		"what the file says":             {"{}", 2, tuesday, "the fleet file wants the same"},
		"more than the file says":        {"{}", 4, tuesday, "the next apply sets 2"},
		"stopped in the window":          {"{enabled: true}", 0, saturday, "the schedule sets 2 Sun 06:00 UTC in 18 h, an apply before that sets 2"},
		"awake in the window":            {"{enabled: true}", 2, saturday, "the schedule sets 0 Sat 22:00 UTC in 10 h"},
		"woken in the week":              {"{enabled: true}", 2, tuesday, "the schedule sets 0 Sat 22:00 UTC in 4 d 20 h, an apply before that sets 0"},
		"stopped, and woken by an apply": {"{enabled: true, destroy_albs: true}", 0, saturday, "the next apply sets 2"},
		"never awake":                    {"{enabled: true, active: false}", 0, saturday, "the fleet file wants the same"},
		"woken in the lead":              {"{enabled: true, destroy_albs: true}", 2, saturday.Add(-6*time.Hour - 10*time.Minute), "the schedule sets 0 Sat 22:00 UTC in 16 h 10 min"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			if got := UndoneBy(one(t, each.weekend), each.count, each.at); got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
		})
	}
}

func TestReasonsAreOneLine(t *testing.T) {
	for want, err := range map[string]error{
		"unreachable: no such host":                   &smithy.OperationError{ServiceID: "ECS", OperationName: "DescribeServices", Err: &net.DNSError{Err: "no such host", Name: "ecs.eu-west-1.amazonaws.com"}},
		"no answer in time":                           fmt.Errorf("request: %w", context.DeadlineExceeded),
		"stopped":                                     fmt.Errorf("request: %w", context.Canceled),
		"ListTasks: not allowed: no, no":              &smithy.OperationError{ServiceID: "ECS", OperationName: "ListTasks", Err: &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no,\n no"}},
		"the credentials have expired (ExpiredToken)": &smithy.GenericAPIError{Code: "ExpiredToken"},
		"a plain error":                               errors.New("a plain error"),
	} {
		if got := Reason(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
