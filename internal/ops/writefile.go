package ops

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile puts a text in a file's place at once: whoever reads it sees the old text or the new one.
func WriteFile(file string, text []byte) (err error) {
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
	temporary, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name())
		}
	}()
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Chmod(temporary.Name(), mode)
	}
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
