package view

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestATextDoesNotCommandTheTerminal(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"plain":               {"Größe, 日本語, 👩‍🚀 ≥ 1", "Größe, 日本語, 👩‍🚀 ≥ 1"},
		"an escape":           {"a\x1b[2Jb\tc", "a�[2Jb\tc"},
		"a title":             {"\x1b]0;pwned\x07", "�]0;pwned�"},
		"C1 as UTF-8":         {"a\u009b31mb", "a�31mb"},
		"C1 as a byte":        {"a\x9b31mb", "a�31mb"},
		"delete":              {"a\x7fb", "a�b"},
		"line ends":           {"a\r\nb", "a��b"},
		"an override":         {"user\u202etxt.exe", "user�txt.exe"},
		"an isolate":          {"a\u2066b\u2069", "a�b�"},
		"a line of Unicode's": {"a\u2028b", "a�b"},
	}
	for name, each := range cases {
		if got := Printable(each.text); got != each.want {
			t.Errorf("%s: %q is %q, not %q", name, each.text, got, each.want)
		}
	}
}

func TestLinesStayLines(t *testing.T) {
	got := PrintableLines("Traceback:\r\n\tline 1\n\x1b[31mValueError\x1b[0m\n50 %\r60 %")
	if want := "Traceback:\n\tline 1\n�[31mValueError�[0m\n50 %�60 %"; got != want {
		t.Errorf("got %q, not %q", got, want)
	}
}

func FuzzPrintable(f *testing.F) {
	for _, seed := range []string{"a\x1b[2J", "\u009b", "\x9b", "\u202e", "\r\n", "日本"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Printable(text)
		if strings.ContainsFunc(got, func(r rune) bool { return r != '\t' && commanding(r) }) || !utf8.ValidString(got) {
			t.Errorf("%q becomes %q", text, got)
		}
		if Printable(got) != got {
			t.Errorf("%q is not printable yet", got)
		}
		written, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var back, whole string
		safe := PrintableJSON(written)
		if err := json.Unmarshal(safe, &back); err != nil {
			t.Fatalf("%s: %v", safe, err)
		}
		if err := json.Unmarshal(written, &whole); err != nil || back != whole {
			t.Errorf("%s is another text than %s", safe, written)
		}
		if strings.ContainsFunc(string(safe), inText) {
			t.Errorf("%q commands the terminal", safe)
		}
	})
}
