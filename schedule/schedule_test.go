package schedule

import (
	"maps"
	"testing"
	"time"
)

var (
	weekend  = []time.Weekday{time.Saturday, time.Sunday}
	everyDay = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
)

// defaultWindow is the window of a fleet file that does not set one.
var defaultWindow = Window{Days: weekend, StartHour: 6, EndHour: 22, Timezone: "UTC", LeadMinutes: 15}

func dates(t *testing.T, texts ...string) (dates []Date) {
	t.Helper()
	for _, text := range texts {
		date, err := ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		dates = append(dates, date)
	}
	return dates
}

func newSchedule(t *testing.T, window Window) *Schedule {
	t.Helper()
	s, err := New(window)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at parses an instant in RFC 3339 form, such as 2026-03-29T01:00:00Z.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

// commonWindows returns windows on which Go, AWS and Terraform must agree, in zones of all kinds. In zones
// with clock changes, an edge is at a change.
func commonWindows(t *testing.T) map[string]Window {
	t.Helper()
	return map[string]Window{
		"the default window":       defaultWindow,
		"skipped and extra dates":  {Days: weekend, StartHour: 1, EndHour: 23, Timezone: "Europe/London", Skip: dates(t, "2026-03-29", "2026-12-26", "2027-01-02"), Extra: dates(t, "2026-12-24", "2026-12-25", "2027-03-26"), LeadMinutes: 90},
		"end in a skipped hour":    {Days: []time.Weekday{time.Saturday}, StartHour: 20, EndHour: 2, Timezone: "America/New_York", LeadMinutes: 30},
		"half-hour offset, west":   {Days: everyDay[:5], StartHour: 2, EndHour: 14, Timezone: "America/St_Johns", LeadMinutes: 720},
		"half-hour offset, east":   {Days: weekend, StartHour: 22, EndHour: 7, Timezone: "Asia/Kolkata", LeadMinutes: 5},
		"quarter-hour offset":      {Days: []time.Weekday{time.Friday}, StartHour: 0, EndHour: 24, Timezone: "Asia/Kathmandu", LeadMinutes: 60},
		"half-hour clock changes":  {Days: weekend, StartHour: 2, EndHour: 10, Timezone: "Australia/Lord_Howe", LeadMinutes: 15},
		"pause in a skipped hour":  {Days: everyDay, StartHour: 3, EndHour: 2, Timezone: "Australia/Sydney"},
		"edge in a repeated hour":  {Days: weekend, StartHour: 3, EndHour: 10, Timezone: "Pacific/Chatham", LeadMinutes: 40},
		"clock change at midnight": {Days: weekend, StartHour: 0, EndHour: 24, Timezone: "America/Santiago", Skip: dates(t, "2026-09-06"), LeadMinutes: 15},
	}
}

// rareWindows returns edge cases.
func rareWindows(t *testing.T) map[string]Window {
	t.Helper()
	return map[string]Window{
		"window in a skipped hour":        {Days: []time.Weekday{time.Sunday}, StartHour: 2, EndHour: 3, Timezone: "Africa/Casablanca", LeadMinutes: 20},
		"two-hour clock changes":          {Days: weekend, StartHour: 2, EndHour: 10, Timezone: "Antarctica/Troll", LeadMinutes: 15},
		"extra dates only":                {StartHour: 12, EndHour: 1, Timezone: "Pacific/Kiritimati", Extra: dates(t, "2026-12-31", "2027-01-01", "2027-02-28"), LeadMinutes: 15},
		"asleep on skipped dates only":    {Days: everyDay, StartHour: 0, EndHour: 24, Timezone: "Africa/Cairo", Skip: dates(t, "2026-04-24", "2026-12-31")},
		"end in a skipped hour, midnight": {Days: weekend, StartHour: 18, EndHour: 24, Timezone: "Atlantic/Azores", LeadMinutes: 15},
	}
}

func allWindows(t *testing.T) map[string]Window {
	t.Helper()
	windows := commonWindows(t)
	maps.Copy(windows, rareWindows(t))
	return windows
}
