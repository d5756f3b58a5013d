package diagram

import (
	"strings"
	"testing"
)

func TestATextFitsItsRoom(t *testing.T) {
	for name, test := range map[string]struct {
		text     string
		squeezed bool
		shown    string
	}{
		"a short one is as it is":          {"eu-west-1", false, "eu-west-1"},
		"a longer one is pressed":          {"a-name-that-is-longer", true, "a-name-that-is-longer"},
		"a long one loses its middle":      {"begin-" + strings.Repeat("x", 100) + "-end", true, "…"},
		"other scripts are cut by letters": {strings.Repeat("Ж", 100), true, "…"},
	} {
		t.Run(name, func(t *testing.T) {
			const room, size = 120, 12
			got := fit(test.text, room, size)
			if (got.Squeezed != 0) != test.squeezed || !strings.Contains(got.Text, test.shown) {
				t.Errorf("it is %+v", got)
			}
			if got.Text != test.text && got.Whole != test.text {
				t.Errorf("the whole text is lost: %+v", got)
			}
			if wide := widthOf(got.Text) * size; wide > room*most {
				t.Errorf("%q is %.0f wide", got.Text, wide)
			}
		})
	}
}

func TestLinesBreakBetweenWords(t *testing.T) {
	var lines []string
	for _, line := range wrap("Sat, Sun 06:00 to 22:00 UTC, load balancer destroyed outside", 160, 12) {
		lines = append(lines, line.Text)
	}
	if got := strings.Join(lines, "\n"); got != "Sat, Sun 06:00 to 22:00\nUTC, load balancer\ndestroyed outside" {
		t.Errorf("the lines are\n%s", got)
	}
}
