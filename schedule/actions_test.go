package schedule

import (
	"slices"
	"testing"
	"time"
)

func TestActions(t *testing.T) {
	tests := map[string]struct {
		window Window
		want   []Action
	}{
		"the weekend": {defaultWindow, []Action{
			{"up", "cron(0 6 ? * SAT,SUN *)", true},
			{"down", "cron(0 22 ? * SAT,SUN *)", false},
		}},
		"across midnight": {Window{Days: weekend, StartHour: 20, EndHour: 2}, []Action{
			{"up", "cron(0 20 ? * SAT,SUN *)", true},
			{"down", "cron(0 2 ? * MON,SUN *)", false},
		}},
		"to midnight": {Window{Days: []time.Weekday{time.Sunday}, StartHour: 20, EndHour: 24}, []Action{
			{"up", "cron(0 20 ? * SUN *)", true},
			{"down", "cron(0 0 ? * MON *)", false},
		}},
		"no edge between consecutive whole days": {Window{Days: weekend, StartHour: 0, EndHour: 24}, []Action{
			{"up", "cron(0 0 ? * SAT *)", true},
			{"down", "cron(0 0 ? * MON *)", false},
		}},
		"every day": {Window{Days: everyDay, StartHour: 8, EndHour: 18}, []Action{
			{"up", "cron(0 8 ? * * *)", true},
			{"down", "cron(0 18 ? * * *)", false},
		}},
		"all week": {Window{Days: everyDay, StartHour: 0, EndHour: 24}, nil},
		"all week but one day": {Window{Days: everyDay, StartHour: 0, EndHour: 24, Skip: dates(t, "2026-05-31")}, []Action{
			{"up_2026_06", "cron(0 0 1 JUN ? 2026)", true},
			{"down_2026_05", "cron(0 0 31 MAY ? 2026)", false},
		}},
		"a skipped date": {Window{Days: weekend, StartHour: 6, EndHour: 22, Skip: dates(t, "2026-12-26")}, []Action{
			{"up", "cron(0 6 ? JAN-NOV SAT,SUN *)", true},
			{"up_dec", "cron(0 6 ? DEC SAT,SUN 2027-2099)", true},
			{"up_2026_12", "cron(0 6 5,6,12,13,19,20,27 DEC ? 2026)", true},
			{"down", "cron(0 22 ? JAN-NOV SAT,SUN *)", false},
			{"down_dec", "cron(0 22 ? DEC SAT,SUN 2027-2099)", false},
			{"down_2026_12", "cron(0 22 5,6,12,13,19,20,27 DEC ? 2026)", false},
		}},
		"an extra date that ends in the next month": {Window{Days: []time.Weekday{time.Sunday}, StartHour: 18, EndHour: 1, Extra: dates(t, "2027-12-31")}, []Action{
			{"up", "cron(0 18 ? JAN-NOV SUN *)", true},
			{"up_dec", "cron(0 18 ? DEC SUN 2026,2028-2099)", true},
			{"up_2027_12", "cron(0 18 5,12,19,26,31 DEC ? 2027)", true},
			{"down", "cron(0 1 ? FEB-DEC MON *)", false},
			{"down_jan", "cron(0 1 ? JAN MON 2026,2027,2029-2099)", false},
			{"down_2028_01", "cron(0 1 1,3,10,17,24,31 JAN ? 2028)", false},
		}},
		"exceptions without effect": {Window{Days: weekend, StartHour: 6, EndHour: 22, Skip: dates(t, "2026-12-25"), Extra: dates(t, "2026-12-26")}, []Action{
			{"up", "cron(0 6 ? * SAT,SUN *)", true},
			{"down", "cron(0 22 ? * SAT,SUN *)", false},
		}},
		"extra dates only": {Window{StartHour: 6, EndHour: 22, Extra: dates(t, "2026-12-24", "2026-12-25")}, []Action{
			{"up_2026_12", "cron(0 6 24,25 DEC ? 2026)", true},
			{"down_2026_12", "cron(0 22 24,25 DEC ? 2026)", false},
		}},
		"an edge in a skipped hour": {Window{Days: []time.Weekday{time.Saturday}, StartHour: 20, EndHour: 2, Timezone: "America/New_York"}, []Action{
			{"up", "cron(0 20 ? * SAT *)", true},
			{"down", "cron(0 2 ? * SUN *)", false},
			{"down_mar_0300", "cron(0 3 ? MAR SUN *)", false},
		}},
		"an edge in a skipped hour of an explicit month": {Window{Days: weekend, StartHour: 2, EndHour: 9, Timezone: "America/New_York", Skip: dates(t, "2027-03-07")}, []Action{
			{"up", "cron(0 2 ? JAN,FEB,APR-DEC SAT,SUN *)", true},
			{"up_mar", "cron(0 2 ? MAR SAT,SUN 2026,2028-2099)", true},
			{"up_mar_0300", "cron(0 3 ? MAR SUN 2026,2028-2099)", true},
			{"up_2027_03", "cron(0 2 6,13,14,20,21,27,28 MAR ? 2027)", true},
			{"up_2027_03_0300", "cron(0 3 14 MAR ? 2027)", true},
			{"down", "cron(0 9 ? JAN,FEB,APR-DEC SAT,SUN *)", false},
			{"down_mar", "cron(0 9 ? MAR SAT,SUN 2026,2028-2099)", false},
			{"down_2027_03", "cron(0 9 6,13,14,20,21,27,28 MAR ? 2027)", false},
		}},
		"a pause in a skipped hour": {Window{Days: weekend, StartHour: 3, EndHour: 2, Timezone: "America/New_York"}, []Action{
			{"up", "cron(0 3 ? * SAT,SUN *)", true},
			{"down", "cron(0 2 ? * MON,SUN *)", false},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.window.Timezone == "" {
				test.window.Timezone = "UTC"
			}
			got := newSchedule(t, test.window).Actions()
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v\nwant %v", got, test.want)
			}
		})
	}
}
