package span

import (
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "10m": 10 * time.Minute, "1h30m": 90 * time.Minute, "250ms": 250 * time.Millisecond,
		"1d": day, "2d12h": 60 * time.Hour, "1w": 7 * day, "1w2d": 9 * day, "1.5d": 36 * time.Hour, ".5w": 84 * time.Hour, "-1d": -day, "0": 0,
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%s is parsed as %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "d", "1 d", "1day", "1y", "1d2", "1..5d", "99999w", "1e3d", "1d-1h"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q is parsed as %s", text, got)
		}
	}
}

// FuzzParse verifies that Parse agrees with time.ParseDuration and accepts its own output.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"1h", "-2.5m", "1d", "3w1d4h", "1dd", "9999999999999999d"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if plain, plainErr := time.ParseDuration(text); plainErr == nil && (err != nil || got != plain) {
			t.Errorf("%q is parsed as %s, %v, want %s", text, got, err, plain)
		}
		if err == nil && got.String() != "" {
			if again, err := Parse(got.String()); err != nil || again != got {
				t.Errorf("%q is parsed as %s, which is parsed as %s, %v", text, got, again, err)
			}
		}
	})
}
