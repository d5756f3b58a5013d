package jsiinode

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// useCache makes a folder the user's cache directory, and returns the folder of this package in it.
func useCache(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home) // macOS
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	folder, err := cacheFolder()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestCachedIsMadeOnce(t *testing.T) {
	folder := useCache(t)
	made := 0
	for range 2 {
		content, err := cached("bindings-1", func() ([]byte, error) { made++; return []byte("content"), nil })
		if err != nil || string(content) != "content" {
			t.Fatalf("%s, %v", content, err)
		}
	}
	if made != 1 {
		t.Errorf("made %d times", made)
	}
	// A damaged file is made again.
	file := filepath.Join(folder, "bindings-1")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, whole[:len(whole)-1], append(whole[:len(whole)-1:len(whole)-1], 'x'), whole[:10]} {
		if err := os.WriteFile(file, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		made = 0
		content, err := cached("bindings-1", func() ([]byte, error) { made++; return []byte("content"), nil })
		if err != nil || string(content) != "content" || made != 1 {
			t.Errorf("%s, %v, made %d times after %q", content, err, made, damaged)
		}
	}
}

func TestCachedByManyAtOnce(t *testing.T) {
	folder := useCache(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			content, err := cached("bindings-1", func() ([]byte, error) { return []byte("content"), nil })
			if err != nil || string(content) != "content" {
				t.Errorf("%s, %v", content, err)
			}
		})
	}
	all.Wait()
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("%d files in the cache", len(entries))
	}
}

func TestCachedKeepsNoErrors(t *testing.T) {
	folder := useCache(t)
	failure := errors.New("not as expected")
	if _, err := cached("bindings-1", func() ([]byte, error) { return nil, failure }); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("%d files in the cache", len(entries))
	}
}

func TestOldBindingsAreRemoved(t *testing.T) {
	folder := useCache(t)
	for name, age := range map[string]time.Duration{
		"bindings-old": keep + time.Hour, "bindings-recent": keep - time.Hour, ".bindings-killed.123": keep + time.Hour,
		"runtime-old.js": keep + time.Hour, // a program may be about to use it
	} {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		written := time.Now().Add(-age)
		if err := os.Chtimes(file, written, written); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := cached("bindings-new", func() ([]byte, error) { return []byte("content"), nil }); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 3 || entries[0].Name() != "bindings-new" || entries[1].Name() != "bindings-recent" || entries[2].Name() != "runtime-old.js" {
		t.Errorf("the cache has %v, %v", entries, err)
	}
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", file)
	t.Setenv("XDG_CACHE_HOME", file)
	if _, err := cachedRuntime(); err == nil {
		t.Error("no error")
	}
	if _, err := cached("bindings-1", func() ([]byte, error) { return []byte("content"), nil }); err == nil {
		t.Error("no error")
	}
}
