package text

import "testing"

func TestCount(t *testing.T) {
	for count, want := range map[int]string{0: "0 tasks", 1: "1 task", 2: "2 tasks"} {
		if got := Count(count, "task"); got != want {
			t.Errorf("Count(%d) = %q, want %q", count, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	type name string
	if got := Join([]name{"a", "b"}, ", "); got != "a, b" {
		t.Errorf("names: %q", got)
	}
	if got := Join([]int{256, 512}, " "); got != "256 512" {
		t.Errorf("numbers: %q", got)
	}
}

func TestJoinNonEmpty(t *testing.T) {
	items := []string{"", "a", "", "b", ""}
	if got := JoinNonEmpty(", ", items...); got != "a, b" {
		t.Errorf("got %q", got)
	}
	if items[1] != "a" {
		t.Errorf("the items changed: %v", items)
	}
}

func TestJoinMost(t *testing.T) {
	items := []string{"a", "b", "c", "d"}
	for limit, want := range map[int]string{2: "a, b, and 2 more", 3: "a, b, c, and 1 more", 4: "a, b, c, d", 9: "a, b, c, d"} {
		if got := JoinMost(items, limit, ", "); got != want {
			t.Errorf("JoinMost(%d) = %q, want %q", limit, got, want)
		}
	}
	if items[2] != "c" {
		t.Errorf("the items changed: %v", items)
	}
}
