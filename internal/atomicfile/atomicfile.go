// Package atomicfile replaces files in one step.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write replaces a file atomically: readers see either the old text or the new one. It follows symbolic
// links and keeps the file's mode.
func Write(file string, text []byte) error {
	// A device or a pipe has no earlier text to preserve, and must stay one.
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return os.WriteFile(file, text, info.Mode().Perm())
	}
	switch target, linkErr := filepath.EvalSymlinks(file); {
	case linkErr == nil:
		file = target
	case !errors.Is(linkErr, fs.ErrNotExist):
		return linkErr
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		if info.IsDir() {
			return fmt.Errorf("%s is a directory; pass a file name", file)
		}
		mode = info.Mode().Perm()
	}
	if err := replace(file, text, mode); err != nil {
		return &fs.PathError{Op: "write", Path: file, Err: cause(err)}
	}
	return nil
}

// replace writes a temporary file in the same directory and renames it to file.
func replace(file string, text []byte, mode fs.FileMode) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = temporary.Close()
			_ = os.Remove(temporary.Name())
		}
	}()
	if _, err := temporary.Write(text); err != nil {
		return err
	}
	if err := temporary.Sync(); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	if err := os.Chmod(temporary.Name(), mode); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}

// cause removes the temporary file's name from an error.
func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return cause(inner)
	}
	return err
}
