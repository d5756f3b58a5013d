//go:build unix

package config

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAPipeIsRefusedAtOnce is about pipes that nobody writes to: opening one waits for a writer.
func TestAPipeIsRefusedAtOnce(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		pipe:        "is a pipe, not a file; write what comes out of it to a file, and name that; <(…) and a piped /dev/stdin are pipes too",
		"/dev/null": "is a device, not a file; name a file",
	} {
		answered := make(chan error, 1)
		go func() {
			_, _, err := Load(file)
			answered <- err
		}()
		select {
		case err := <-answered:
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %q, got %v", file, want, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: Load waits", file)
		}
	}
}
