package naming

import (
	"strings"
	"testing"
)

func TestScheduleNames(t *testing.T) {
	for want, got := range map[string]string{
		"europe-london-0545":                      ScheduleName("Europe/London", "0545"),
		"america-argentina-buenos-aires-1227-545": ScheduleName("America/Argentina/Buenos_Aires", "1227-545"),
		"etc-gmt-1-0545":                          ScheduleName("Etc/GMT-1", "0545"),
		"etc-gmtplus-1-0545":                      ScheduleName("Etc/GMT+1", "0545"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestNamesOfSchedulerFit holds that the longest project and environment need no truncation.
func TestNamesOfSchedulerFit(t *testing.T) {
	names := Names{Project: strings.Repeat("p", 32), Environment: strings.Repeat("e", 16)}
	for _, name := range []string{names.ScheduledApply(), names.BuildRole(), names.StartRole()} {
		if len(name) > roleLimit || len(name) > scheduleLimit {
			t.Errorf("%s has %d characters", name, len(name))
		}
	}
}
