package ops

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile puts a text in a file's place at once: whoever reads it sees the old text or the new one.
func WriteFile(file string, text []byte) error {
	switch target, linkErr := filepath.EvalSymlinks(file); {
	case linkErr == nil:
		file = target
	case !errors.Is(linkErr, fs.ErrNotExist):
		return linkErr
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		if info.IsDir() {
			return fmt.Errorf("%s is a directory; name a file in it", file)
		}
		mode = info.Mode().Perm()
	}
	if err := putInPlace(file, text, mode); err != nil {
		return &fs.PathError{Op: "write", Path: file, Err: cause(err)}
	}
	return nil
}

// putInPlace writes a file beside the other, and puts it in its place.
func putInPlace(file string, text []byte, mode fs.FileMode) (err error) {
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

// cause leaves out the name of the file that nobody has heard of.
func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return cause(inner)
	}
	return err
}
