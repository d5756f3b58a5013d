package cost

import (
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/schedule"
)

func TestBuilds(t *testing.T) {
	weekly := config.ScheduledApply{Due: schedule.Due{Hour: 6, Weekdays: []time.Weekday{time.Saturday, time.Sunday}}}
	dated := config.ScheduledApply{Due: schedule.Due{Hour: 6, Month: time.May, Day: 1}}
	for name, each := range map[string]struct {
		table                      *Table
		applies                    []config.ScheduledApply
		perMonth, minutes, monthly string
	}{
		// 8.69 builds of 10 minutes at 0.005, and two alarms at 0.10.
		"two a week":     {Builtin(), []config.ScheduledApply{weekly}, "8.7", "87", "0.64"},
		"one more date":  {Builtin(), []config.ScheduledApply{weekly, dated}, "8.8", "88", "0.64"},
		"unknown prices": {NewTable(nil), []config.ScheduledApply{weekly}, "8.7", "87", ""},
		"no builds":      {Builtin(), nil, "0", "0", ""},
	} {
		got := each.table.Builds(each.applies, "eu-west-1")
		monthly := ""
		if got.Monthly != nil {
			monthly = got.Monthly.String()
		}
		if got.PerMonth.String() != each.perMonth || got.Minutes.String() != each.minutes || monthly != each.monthly {
			t.Errorf("%s: got %s builds, %s minutes and %s", name, got.PerMonth, got.Minutes, monthly)
		}
	}
}
