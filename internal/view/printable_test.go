package view

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPrintable(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"plain":              {"Größe, 日本語, 👩‍🚀 ≥ 1", "Größe, 日本語, 👩‍🚀 ≥ 1"},
		"escape":             {"a\x1b[2Jb\tc", "a�[2Jb\tc"},
		"title":              {"\x1b]0;pwned\x07", "�]0;pwned�"},
		"C1 as UTF-8":        {"a\u009b31mb", "a�31mb"},
		"C1 as a byte":       {"a\x9b31mb", "a�31mb"},
		"delete":             {"a\x7fb", "a�b"},
		"line breaks":        {"a\r\nb", "a��b"},
		"direction override": {"user\u202etxt.exe", "user�txt.exe"},
		"direction isolate":  {"a\u2066b\u2069", "a�b�"},
		"line separator":     {"a\u2028b", "a�b"},
	}
	for name, each := range cases {
		if got := Printable(each.text); got != each.want {
			t.Errorf("%s: Printable(%q) = %q, want %q", name, each.text, got, each.want)
		}
	}
}

func TestPrintableLines(t *testing.T) {
	got := PrintableLines("Traceback:\r\n\tline 1\n\x1b[31mValueError\x1b[0m\n50 %\r60 %")
	if want := "Traceback:\n\tline 1\n�[31mValueError�[0m\n50 %�60 %"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzPrintable(f *testing.F) {
	for _, seed := range []string{"a\x1b[2J", "\u009b", "\x9b", "\u202e", "\r\n", "日本"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Printable(text)
		if strings.ContainsFunc(got, func(r rune) bool { return r != '\t' && controlsTerminal(r) }) || !utf8.ValidString(got) {
			t.Errorf("Printable(%q) = %q", text, got)
		}
		if Printable(got) != got {
			t.Errorf("Printable(%q) changes it again", got)
		}
		written, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var decoded, original string
		safe := PrintableJSON(written)
		if err := json.Unmarshal(safe, &decoded); err != nil {
			t.Fatalf("%s: %v", safe, err)
		}
		if err := json.Unmarshal(written, &original); err != nil || decoded != original {
			t.Errorf("%s decodes to another string than %s", safe, written)
		}
		if strings.ContainsFunc(string(safe), needsEscape) {
			t.Errorf("%q can control the terminal", safe)
		}
	})
}
