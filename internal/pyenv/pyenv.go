// Package pyenv installs packages from PyPI for tests, in the repository's .cache folder. Only tests may
// import it.
package pyenv

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Install creates a virtual environment with the requirements, if it does not exist yet, and returns its
// Python interpreter. Use a separate folder for each version, so that no folder ever needs an update.
func Install(folder string, requirements ...string) (python string, err error) {
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	environment := filepath.Join(cache, folder)
	python = filepath.Join(environment, "bin", "python")
	unlock, err := lock(environment + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	ready := filepath.Join(environment, "ready")
	if _, err := os.Stat(ready); err == nil {
		return python, nil
	}
	if err := run("python3", "-m", "venv", "--clear", environment); err != nil {
		return "", err
	}
	pip := append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, requirements...)
	if err := run(python, pip...); err != nil {
		return "", err
	}
	return python, os.WriteFile(ready, nil, 0o644)
}

func run(program string, arguments ...string) error {
	output, err := exec.Command(program, arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, output)
	}
	return nil
}

// cacheFolder returns the folder .cache next to go.mod.
func cacheFolder() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			cache := filepath.Join(folder, ".cache")
			return cache, os.MkdirAll(cache, 0o755)
		}
		if filepath.Dir(folder) == folder {
			return "", errors.New("tests must run inside the repository")
		}
		folder = filepath.Dir(folder)
	}
}

// lock prevents two test processes from installing at the same time.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, err
	}
	return func() { _ = file.Close() }, nil
}
