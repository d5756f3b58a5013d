package schedule

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/crontest"
)

func TestNewReportsMistakesByField(t *testing.T) {
	tests := map[string]struct {
		change func(*Window)
		want   string
	}{
		"no days": {
			func(w *Window) { w.Days = nil },
			"days: lists no day, so the window never opens; list the weekdays on which the region is awake, such as [sat, sun]",
		},
		"invalid weekday": {
			func(w *Window) { w.Days = []time.Weekday{time.Sunday, 7} },
			"days: 7 is not a weekday; use one of mon, tue, wed, thu, fri, sat, sun",
		},
		"a start after the last hour": {
			func(w *Window) { w.StartHour = 24 },
			"start_hour: 24 is not an hour of the day; use a number from 0 to 23",
		},
		"a negative end": {
			func(w *Window) { w.EndHour = -1 },
			"end_hour: -1 is not an hour of the day; use a number from 0 to 24",
		},
		"start equals end": {
			func(w *Window) { w.EndHour = 6 },
			"end_hour: 6 equals start_hour, so the window has no length; use another hour; for a whole day, set start_hour: 0 and end_hour: 24",
		},
		"an unknown zone": {
			func(w *Window) { w.Timezone = "Europe/Londn" },
			`timezone: "Europe/Londn" is not an IANA time zone; use a name such as Europe/London or UTC`,
		},
		"local zone": {
			func(w *Window) { w.Timezone = "Local" },
			`timezone: "Local" is not an IANA time zone; use a name such as Europe/London or UTC`,
		},
		"no zone": {
			func(w *Window) { w.Timezone = "" },
			`timezone: "" is not an IANA time zone; use a name such as Europe/London or UTC`,
		},
		"zone in lower case": {
			func(w *Window) { w.Timezone = "europe/london" },
			`timezone: "europe/london" is not an IANA time zone; use a name such as Europe/London or UTC`,
		},
		"directory of zones": {
			func(w *Window) { w.Timezone = "Europe" },
			`timezone: "Europe" is not an IANA time zone; use a name such as Europe/London or UTC`,
		},
		"a lead of more than half a day": {
			func(w *Window) { w.LeadMinutes = 721 },
			"lead_minutes: 721 is out of range; use a number of minutes from 0 to 720",
		},
		"date not in the calendar": {
			func(w *Window) { w.Skip = []Date{{2026, time.February, 30}} },
			"skip: 2026-02-30 is not a calendar date; use an existing date in the form YYYY-MM-DD",
		},
		"date in the past": {
			func(w *Window) { w.Extra = dates(t, "2020-12-26") },
			"extra: 2020-12-26 is out of range; use a date from 2026 to 2099",
		},
		"date in skip and extra": {
			func(w *Window) { w.Skip, w.Extra = dates(t, "2026-12-25", "2026-12-26"), dates(t, "2026-12-26") },
			"extra: 2026-12-26 is also in skip; remove it from extra or from skip",
		},
		"everything at once": {
			func(w *Window) { *w = Window{Timezone: "Mars", EndHour: 25, LeadMinutes: -1} },
			"days: lists no day, so the window never opens; list the weekdays on which the region is awake, such as [sat, sun]\n" +
				"end_hour: 25 is not an hour of the day; use a number from 0 to 24\n" +
				`timezone: "Mars" is not an IANA time zone; use a name such as Europe/London or UTC` + "\n" +
				"lead_minutes: -1 is out of range; use a number of minutes from 0 to 720",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			window := defaultWindow
			test.change(&window)
			_, err := New(window)
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestProblemsHaveTheListIndex(t *testing.T) {
	window := defaultWindow
	window.Days = []time.Weekday{time.Saturday, -1}
	window.Skip = dates(t, "2026-12-25", "2100-01-01")
	window.Extra = dates(t, "2026-12-24", "2026-12-25")
	_, err := New(window)
	problems, _ := errors.AsType[Problems](err)
	got := map[Field]int{}
	for _, p := range problems {
		got[p.Field] = p.Index
	}
	if len(problems) != 3 || got[FieldDays] != 1 || got[FieldSkip] != 1 || got[FieldExtra] != 1 {
		t.Errorf("got %+v", problems)
	}
}

func TestNewAcceptsValidWindows(t *testing.T) {
	for name, change := range map[string]func(*Window){
		"a whole day":              func(w *Window) { w.StartHour, w.EndHour = 0, 24 },
		"to midnight":              func(w *Window) { w.EndHour = 24 },
		"to midnight, as zero":     func(w *Window) { w.EndHour = 0 },
		"across midnight":          func(w *Window) { w.StartHour, w.EndHour = 20, 2 },
		"on extra dates only":      func(w *Window) { w.Days, w.Extra = nil, dates(t, "2026-12-25") },
		"the same day twice":       func(w *Window) { w.Days = []time.Weekday{time.Sunday, time.Sunday} },
		"skip on another weekday":  func(w *Window) { w.Skip = dates(t, "2026-12-25") },
		"half a day of lead":       func(w *Window) { w.LeadMinutes = 720 },
		"a zone with a short name": func(w *Window) { w.Timezone = "EST5EDT" },
	} {
		t.Run(name, func(t *testing.T) {
			window := defaultWindow
			change(&window)
			newSchedule(t, window)
		})
	}
}

func TestNewRejectsTooManyActions(t *testing.T) {
	window := defaultWindow
	for year := 2026; year < 2039; year++ {
		for month := time.January; month <= time.December; month++ {
			window.Extra = append(window.Extra, Date{year, month, 10})
		}
	}
	_, err := New(window)
	problems, _ := errors.AsType[Problems](err)
	if len(problems) != 1 || problems[0].Field != FieldExtra {
		t.Errorf("got %v", err)
	}
}

func FuzzNew(f *testing.F) {
	f.Add(6, 22, "UTC", 15, "2026-12-26", "2026-12-24", byte(0b1000001))
	f.Add(0, 24, "Pacific/Chatham", 720, "2026-04-05", "2099-12-31", byte(0))
	f.Fuzz(func(t *testing.T, start, end int, zone string, lead int, skip, extra string, days byte) {
		window := Window{StartHour: start, EndHour: end, Timezone: zone, LeadMinutes: lead}
		for day := range 8 {
			if days>>day&1 == 1 {
				window.Days = append(window.Days, time.Weekday(day))
			}
		}
		if date, err := ParseDate(skip); err == nil {
			window.Skip = append(window.Skip, date)
		}
		if date, err := ParseDate(extra); err == nil {
			window.Extra = append(window.Extra, date)
		}
		s, err := New(window)
		if err != nil {
			if problems, structured := errors.AsType[Problems](err); !structured || len(problems) == 0 {
				t.Errorf("%+v: %v is not a list of problems", window, err)
			}
			return
		}
		for _, action := range s.Actions() {
			if _, err := crontest.Parse(action.Expression); err != nil {
				t.Errorf("%+v: %v", window, err)
			}
		}
		change, changes := s.NextChange(changesFrom)
		if changes && (s.Awake(change.At) != change.On || s.Awake(change.At.Add(-1)) == change.On) {
			t.Errorf("%+v: nothing changes at %s", window, change.At)
		}
		if i := slices.IndexFunc(s.Locals("now"), func(l Local) bool { return l.Name == LocalOpen }); i < 0 {
			t.Errorf("%+v: no local %s", window, LocalOpen)
		}
	})
}
