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

// maxSecret is the maximum size of a secret value in Secrets Manager.
const maxSecret = 64 << 10

// readSecret prompts for a value or reads it from standard input.
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
	for _, rule := range invalidValues {
		if rule.matches(value) {
			return "", usagef("%s; no secret was changed", rule.reason)
		}
	}
	if strings.TrimSpace(value) != value {
		a.progressf("warning: the value begins or ends with white space, which is kept")
	}
	return value, nil
}

// invalidValues lists the rules by which values are rejected. A reason never quotes the value.
var invalidValues = []struct {
	matches func(value string) bool
	reason  string
}{
	{func(value string) bool { return value == "" }, "the value is empty"},
	{func(value string) bool { return len(value) > maxSecret }, "the value is longer than 64 KiB, the maximum of a secret"},
	{func(value string) bool { return !utf8.ValidString(value) }, "the value is not UTF-8, which JSON would corrupt; encode it, for example with base64"},
	{func(value string) bool { return strings.TrimSpace(value) == "" }, "the value is only white space"},
	{func(value string) bool { return strings.ContainsFunc(value, isUnprintable) }, "the value contains a control character or a character that was not converted correctly; encode it, for example with base64"},
	{isPlaceholder, "the value is a placeholder; enter the real value"},
	{isFirstLine, "the value is only the first line of a PEM block; pass all lines on standard input"},
}

// isUnprintable reports whether a character cannot be part of a key. Line breaks can, as in PEM blocks.
func isUnprintable(r rune) bool {
	const byteOrderMark = '\uFEFF'
	return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) || r == byteOrderMark || r == unicode.ReplacementChar
}

// placeholders are the values that examples and templates contain and that programs print for a missing
// value, reduced to letters and digits.
var placeholders = []string{
	strings.ToLower(naming.SecretPlaceholder), "replaceme", "changeme", "fixme", "todo", "null", "undefined",
	"yourkey", "yourkeyhere", "yourapikey", "yourapikeyhere", "yoursecret", "yourtoken",
}

// isPlaceholder reports whether a value is a placeholder in any spelling: CHANGE_ME, <your-api-key>, xxxx,
// ****.
func isPlaceholder(value string) bool {
	lower := strings.ToLower(value)
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, lower)
	return slices.Contains(placeholders, letters) || strings.Trim(lower, "x*.-_<> ") == ""
}

// isFirstLine reports whether a value is the first line of a PEM block, which is all that a prompt reads
// of a pasted key.
func isFirstLine(value string) bool {
	return strings.HasPrefix(value, "-----BEGIN ") && !strings.Contains(value, "\n")
}

// promptSecret reads a value without echo. It restores the terminal on Ctrl-C.
func (a *App) promptSecret(ctx context.Context, key string) ([]byte, error) {
	terminal := a.In.(*os.File).Fd()
	before, err := term.GetState(terminal)
	if err != nil {
		return nil, err
	}
	// Turn the echo off before the prompt is visible: the user may paste before ReadPassword does so.
	if err := term.SetState(terminal, withoutEcho(*before)); err != nil {
		return nil, err
	}
	defer func() { _ = term.Restore(terminal, before) }()
	a.prompt(key + ": ")
	type input struct {
		text []byte
		err  error
	}
	inputs := make(chan input, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		inputs <- input{text, err}
	}()
	select {
	case got := <-inputs:
		a.prompt("\n")
		return got.text, got.err
	case <-ctx.Done():
		a.prompt("\n")
		return nil, errors.New("aborted")
	}
}
