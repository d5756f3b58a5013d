package diagram

import (
	"strings"
	"testing"
)

func TestFit(t *testing.T) {
	for name, test := range map[string]struct {
		text     string
		squeezed bool
		shown    string
	}{
		"short":                  {"eu-west-1", false, "eu-west-1"},
		"longer, condensed":      {"a-name-that-is-longer", true, "a-name-that-is-longer"},
		"long, middle cut":       {"begin-" + strings.Repeat("x", 100) + "-end", true, "…"},
		"non-ASCII, cut by rune": {strings.Repeat("Ж", 100), true, "…"},
	} {
		t.Run(name, func(t *testing.T) {
			const width, size = 120, 12
			got := fit(test.text, width, size)
			if (got.Squeezed != 0) != test.squeezed || !strings.Contains(got.Text, test.shown) {
				t.Errorf("got %+v", got)
			}
			if got.Text != test.text && got.Whole != test.text {
				t.Errorf("the full text is lost: %+v", got)
			}
			if needed := widthOf(got.Text) * size; needed > width*maxSqueeze {
				t.Errorf("%q is %.0f pixels wide", got.Text, needed)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	var lines []string
	for _, line := range wrap("Sat, Sun 06:00 to 22:00 UTC, load balancer destroyed outside", 160, 12) {
		lines = append(lines, line.Text)
	}
	if got := strings.Join(lines, "\n"); got != "Sat, Sun 06:00 to 22:00\nUTC, load balancer\ndestroyed outside" {
		t.Errorf("got lines\n%s", got)
	}
}
