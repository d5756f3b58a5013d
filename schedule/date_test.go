package schedule

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for text, want := range map[string]Date{
		"2026-12-26": {2026, time.December, 26},
		"2028-02-29": {2028, time.February, 29},
	} {
		got, err := ParseDate(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s is parsed as %v, %v", text, got, err)
		}
	}
}

func TestParseDateRejectsInvalidDates(t *testing.T) {
	for _, text := range []string{"", "2026-2-3", "2026-02-30", "26-12-2026", "2026-12-26T00:00:00Z", " 2026-12-26", "Boxing Day"} {
		if got, err := ParseDate(text); err == nil {
			t.Errorf("%q is parsed as %v", text, got)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-12-26")
	f.Add("2027-02-29")
	f.Add("-001-01-01")
	f.Fuzz(func(t *testing.T, text string) {
		date, err := ParseDate(text)
		if err != nil {
			return
		}
		if date.String() != text || !date.exists() {
			t.Errorf("%q is parsed as %v", text, date)
		}
	})
}
