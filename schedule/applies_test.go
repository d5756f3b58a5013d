package schedule

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// saturday is when the tests print a crontab.
var saturday = time.Date(2026, time.November, 28, 12, 0, 0, 0, time.UTC)

// TestAnApplyIsDueAtEveryEdge covers clock changes, skipped and extra dates, and several time zones, and
// checks that few applies are superfluous.
func TestAnApplyIsDueAtEveryEdge(t *testing.T) {
	s := newSchedule(t, Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "Europe/London", LeadMinutes: 15, Skip: dates(t, "2026-12-26"), Extra: dates(t, "2027-01-01")})
	until := saturday.AddDate(1, 0, 0)
	for name, each := range map[string]struct {
		zone *time.Location
		most int
	}{
		"UTC":                {time.UTC, 12},
		"the window's zone":  {s.Zone(), 6},
		"a half-hour offset": {time.FixedZone("", 5*3600+1800), 12},
	} {
		t.Run(name, func(t *testing.T) {
			dues := ApplyTimes([]*Schedule{s}, saturday, until, each.zone)
			found := s.applies(saturday, until, each.zone)
			if len(found) < 4*50 {
				t.Errorf("a year has only %d edges", len(found))
			}
			for _, edge := range found {
				if !isDue(dues, edge.at) {
					t.Errorf("no apply is due at %s: %v", edge.at, dues)
				}
			}
			if len(dues) > each.most {
				t.Errorf("got %d times, want at most %d: %v", len(dues), each.most, dues)
			}
		})
	}
}

func isDue(dues []Due, at time.Time) bool {
	return slices.ContainsFunc(dues, func(due Due) bool { return timeOfDayOf(at) == timeOfDay{due.Hour, due.Minute} && due.on(dateOf(at)) })
}

// TestAllApplyTimesCoverEveryYear also holds that EventBridge Scheduler, which omits the times that a clock change
// skips, misses no edge.
func TestAllApplyTimesCoverEveryYear(t *testing.T) {
	for name, window := range commonWindows(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchedule(t, window)
			dues := AllApplyTimes([]*Schedule{s}, s.Zone())
			for _, edge := range s.applies(changesFrom, changesTo, s.Zone()) {
				if !isDue(dues, edge.at) {
					t.Errorf("no apply is due at %s: %v", edge.at, dues)
				}
			}
			for _, due := range dues {
				if len(s.Purposes(due, s.Zone())) == 0 {
					t.Errorf("the apply at %v has no purpose", due)
				}
			}
		})
	}
}

func TestPurposes(t *testing.T) {
	s := newSchedule(t, Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "Europe/London", LeadMinutes: 15, Skip: dates(t, "2026-12-26")})
	immediate := newSchedule(t, Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "Europe/London"})
	got := map[string][]Purpose{}
	for _, due := range AllApplyTimes([]*Schedule{s, immediate}, s.Zone()) {
		got[due.Expression()] = append(s.Purposes(due, s.Zone()), immediate.Purposes(due, s.Zone())...)
	}
	expected := map[string][]Purpose{
		// On Sunday the load balancer is still there, unless Saturday is skipped.
		"cron(45 5 ? * SUN,SAT *)": {CreateLoadBalancer, StartTasks},
		"cron(0 6 ? * SUN,SAT *)":  {StartTasks, CreateLoadBalancer, StartTasks},
		"cron(0 22 ? * SUN *)":     {DestroyLoadBalancer, DestroyLoadBalancer},
	}
	if difference := cmp.Diff(expected, got); difference != "" {
		t.Errorf("- want, + got\n%s", difference)
	}
}

func TestDueCron(t *testing.T) {
	for cron, each := range map[string]struct {
		due        Due
		expression string
	}{
		"45 5 * * 0,6": {Due{Hour: 5, Minute: 45, Weekdays: []time.Weekday{time.Sunday, time.Saturday}}, "cron(45 5 ? * SUN,SAT *)"},
		"45 5 27 12 *": {Due{Hour: 5, Minute: 45, Month: time.December, Day: 27}, "cron(45 5 27 12 ? *)"},
	} {
		if got := each.due.Cron(); got != cron {
			t.Errorf("got %q, want %q", got, cron)
		}
		if got := each.due.Expression(); got != each.expression {
			t.Errorf("got %q, want %q", got, each.expression)
		}
	}
}

func TestNextDue(t *testing.T) {
	london := newSchedule(t, Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "Europe/London"}).Zone()
	sundays := []time.Weekday{time.Sunday}
	for name, each := range map[string]struct {
		due         Due
		after, want string
	}{
		"later today":        {Due{Hour: 22, Weekdays: []time.Weekday{time.Saturday}}, "2026-11-28T12:00:00Z", "2026-11-28T22:00:00Z"},
		"not at the instant": {Due{Hour: 22, Weekdays: sundays}, "2026-11-29T22:00:00Z", "2026-12-06T22:00:00Z"},
		"summer time":        {Due{Hour: 5, Minute: 45, Weekdays: sundays}, "2027-03-28T00:00:00Z", "2027-03-28T04:45:00Z"},
		"skipped hour":       {Due{Hour: 1, Minute: 30, Weekdays: sundays}, "2027-03-28T00:00:00Z", "2027-04-04T00:30:00Z"},
		"next year":          {Due{Hour: 6, Month: time.November, Day: 27}, "2026-11-28T12:00:00Z", "2027-11-27T06:00:00Z"},
		"leap day":           {Due{Hour: 6, Month: time.February, Day: 29}, "2026-11-28T12:00:00Z", "2028-02-29T06:00:00Z"},
	} {
		if got := each.due.Next(at(t, each.after), london); !got.Equal(at(t, each.want)) {
			t.Errorf("%s: got %s, want %s", name, got.UTC(), each.want)
		}
	}
}

func TestPerMonth(t *testing.T) {
	weekly, yearly := Due{Weekdays: weekend}.PerMonth(), Due{Month: time.May, Day: 1}.PerMonth()
	if weekly < 8.6 || weekly > 8.8 || yearly < 0.08 || yearly > 0.09 {
		t.Errorf("got %v and %v", weekly, yearly)
	}
}
