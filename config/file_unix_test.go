//go:build unix

package config

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLoadDoesNotBlockOnPipes uses a pipe without a writer, which blocks on open.
func TestLoadDoesNotBlockOnPipes(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		pipe:        "is a pipe, not a file; save its output to a file and specify that; <(…) and a piped /dev/stdin are pipes too",
		"/dev/null": "is a device, not a file; specify a regular file",
	} {
		result := make(chan error, 1)
		go func() {
			_, _, err := Load(file)
			result <- err
		}()
		select {
		case err := <-result:
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %q, got %v", file, want, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: Load blocks", file)
		}
	}
}
