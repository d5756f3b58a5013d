// Package untested records what a test skips on this machine, and why. go test hides the output of skipped
// tests; make prints it.
package untested

import (
	"os"
	"strings"
	"testing"
)

// reasonsFile is the environment variable that names the file to which reasons are appended.
const reasonsFile = "MCPFLEET_UNTESTED"

// Skip skips the test because this machine lacks a prerequisite. The reason is joined into one line, because it
// may contain the output of another program.
func Skip(t testing.TB, reason string) {
	t.Helper()
	reason = strings.Join(strings.Fields(reason), " ")
	if file := os.Getenv(reasonsFile); file != "" {
		if err := appendReason(file, reason); err != nil {
			t.Fatal(err)
		}
	}
	t.Skip(reason)
}

// appendReason appends a line with a single write, because several tests may write at the same time.
func appendReason(file, reason string) error {
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
