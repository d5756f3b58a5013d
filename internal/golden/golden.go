// Package golden compares what a test made with a file under version control. Run the tests with
// -update to write the files anew, and read the difference in the pull request.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// Compare fails the test where got is not what the file says.
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

// NoneBut fails the test where a folder holds golden files that no test compares with.
func NoneBut(t *testing.T, folder string, used []string) {
	t.Helper()
	known := map[string]bool{}
	for _, file := range used {
		known[filepath.Clean(file)] = true
	}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || known[path] {
			return err
		}
		if *update {
			return os.Remove(path) //nolint:gosec // the folder is the repository's own
		}
		t.Errorf("%s belongs to no test; run the tests with -update to remove it", path)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
