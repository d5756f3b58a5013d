package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"github.com/cdtait/mcpfleet/naming"
)

// maxSecret is what Secrets Manager takes.
const maxSecret = 64 << 10

// readSecret asks for a value, or reads it from standard input.
func (a *App) readSecret(ctx context.Context, key string) (string, error) {
	var text []byte
	var err error
	if isTerminal(a.In) {
		text, err = a.promptSecret(ctx, key)
	} else {
		text, err = io.ReadAll(io.LimitReader(a.In, maxSecret+1))
	}
	if err != nil {
		return "", err
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	for _, refusal := range refusals {
		if refusal.of(value) {
			return "", usagef("%s; nothing is done", refusal.why)
		}
	}
	if strings.TrimSpace(value) != value {
		a.progressf("warning: the value begins or ends with white space, which is kept")
	}
	return value, nil
}

// refusals are what is no value. The reason never quotes it.
var refusals = []struct {
	of  func(value string) bool
	why string
}{
	{func(value string) bool { return value == "" }, "the value is empty"},
	{func(value string) bool { return len(value) > maxSecret }, "the value is longer than the 64 KiB of a secret"},
	{func(value string) bool { return !utf8.ValidString(value) }, "the value is not UTF-8, and JSON would corrupt it; encode it, such as with base64"},
	{func(value string) bool { return strings.TrimSpace(value) == "" }, "the value is nothing but white space"},
	{func(value string) bool { return strings.ContainsFunc(value, isUnprintable) }, "the value holds a control character, or was converted badly; encode it, such as with base64"},
	{isStandIn, "the value only stands in for one; give the real one"},
	{isFirstLine, "the value is the first line of several; give them on standard input"},
}

// isUnprintable is whether a character is not one that keys are made of. Those of PEM have several
// lines.
func isUnprintable(r rune) bool {
	const byteOrderMark = '\uFEFF'
	return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) || r == byteOrderMark || r == unicode.ReplacementChar
}

// standIns are what examples and templates have where a value belongs, and what programs print for one
// that is missing, as letters and digits alone.
var standIns = []string{
	strings.ToLower(naming.SecretPlaceholder), "replaceme", "changeme", "fixme", "todo", "null", "undefined",
	"yourkey", "yourkeyhere", "yourapikey", "yourapikeyhere", "yoursecret", "yourtoken",
}

// isStandIn does not mind how a stand-in is written: CHANGE_ME, <your-api-key>, xxxx, ****.
func isStandIn(value string) bool {
	lower := strings.ToLower(value)
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, lower)
	return slices.Contains(standIns, letters) || strings.Trim(lower, "x*.-_<> ") == ""
}

// isFirstLine is what a prompt gets of a key that is pasted.
func isFirstLine(value string) bool {
	return strings.HasPrefix(value, "-----BEGIN ") && !strings.Contains(value, "\n")
}

// promptSecret reads without echo. Ctrl-C leaves the terminal as it was.
func (a *App) promptSecret(ctx context.Context, key string) ([]byte, error) {
	terminal := a.In.(*os.File).Fd()
	before, err := term.GetState(terminal)
	if err != nil {
		return nil, err
	}
	// Before the prompt: who sees it may paste at once, sooner than ReadPassword turns the echo off.
	if err := term.SetState(terminal, withoutEcho(*before)); err != nil {
		return nil, err
	}
	defer func() { _ = term.Restore(terminal, before) }()
	a.ask(key + ": ")
	type answer struct {
		text []byte
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		answered <- answer{text, err}
	}()
	select {
	case got := <-answered:
		a.ask("\n")
		return got.text, got.err
	case <-ctx.Done():
		a.ask("\n")
		return nil, errors.New("stopped; nothing is done")
	}
}
