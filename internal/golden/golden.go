// Package golden compares the output of tests with golden files. Run the tests with -update to rewrite the
// files, and review the difference in the pull request.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// Compare fails the test if got differs from the file.
func Compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run the test with -update to write it", err)
	}
	if difference := cmp.Diff(string(want), string(got)); difference != "" {
		t.Errorf("%s differs (- golden, + now); if it should, run the test with -update\n%s", file, difference)
	}
}

// NoStale fails the test if a folder contains golden files other than the expected ones.
func NoStale(t *testing.T, folder string, expected []string) {
	t.Helper()
	known := map[string]bool{}
	for _, file := range expected {
		known[filepath.Clean(file)] = true
	}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || known[path] {
			return err
		}
		if *update {
			return os.Remove(path) //nolint:gosec // the folder is the repository's own
		}
		t.Errorf("no test uses %s; run the tests with -update to remove it", path)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
