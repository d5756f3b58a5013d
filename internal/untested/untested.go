// Package untested lets a test say what it cannot test on this machine, and why. go test hides what a
// test prints that does not fail; make shows it.
package untested

import (
	"os"
	"strings"
	"testing"
)

// list names a file that collects the reasons.
const list = "MCPFLEET_UNTESTED"

// Skip skips the test for want of something that other machines have. The reason becomes one line,
// whatever the output of another program in it.
func Skip(t testing.TB, reason string) {
	t.Helper()
	reason = strings.Join(strings.Fields(reason), " ")
	if file := os.Getenv(list); file != "" {
		if err := note(file, reason); err != nil {
			t.Fatal(err)
		}
	}
	t.Skip(reason)
}

// note appends one line at once: several tests may write at the same time.
func note(file, reason string) error {
	opened, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) //nolint:gosec // make names the file
	if err != nil {
		return err
	}
	_, err = opened.WriteString(reason + "\n")
	if closeErr := opened.Close(); err == nil {
		err = closeErr
	}
	return err
}
