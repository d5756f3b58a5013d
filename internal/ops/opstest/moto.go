// Package opstest gives tests an AWS to work on: moto's server, a process that answers the real API,
// and the things of a fleet in it. Only tests may import the package.
package opstest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// requirements are what is installed into the environment of the server. Another version goes into
// another folder, so that nobody has to clean up.
var requirements = []string{"moto[server]==5.2.5", "boto3==1.44.5", "botocore==1.44.5", "werkzeug==3.1.9"}

const folder = "moto-5.2.5-1"

// ErrNoMoto is why there is no server: Python or PyPI is not to be had.
var ErrNoMoto = errors.New("moto's server is not to be had")

// Moto is a server that is running.
type Moto struct {
	// URL is for AWS_ENDPOINT_URL.
	URL     string
	process *exec.Cmd
}

// StartMoto installs the server where it is not yet installed, and starts it on a free port. The
// error wraps ErrNoMoto where the machine cannot have one.
func StartMoto() (*Moto, error) {
	python, err := install()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoMoto, err)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	process := exec.Command(python, "-m", "moto.server", "-H", "127.0.0.1", "-p", strconv.Itoa(port))
	// Services run two tasks from the start; without that moto starts none.
	process.Env = append(os.Environ(), "MOTO_ECS_SERVICE_RUNNING=2", "MOTO_IAM_LOAD_MANAGED_POLICIES=false")
	process.SysProcAttr = dieWithParent()
	if err := process.Start(); err != nil {
		return nil, err
	}
	moto := &Moto{URL: fmt.Sprintf("http://127.0.0.1:%d", port), process: process}
	if err := moto.wait(); err != nil {
		moto.Stop()
		return nil, err
	}
	return moto, nil
}

// Stop ends the server.
func (m *Moto) Stop() {
	_ = m.process.Process.Kill()
	_ = m.process.Wait()
}

func (m *Moto) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.URL+"/moto-api/data.json", http.NoBody)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			return answer.Body.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("moto's server does not answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// install makes a virtual environment in the repository's own .cache, once, and answers its Python.
func install() (string, error) {
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	environment := filepath.Join(cache, folder)
	python := filepath.Join(environment, "bin", "python")
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

// cacheFolder is .cache beside go.mod.
func cacheFolder() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			cache := filepath.Join(at, ".cache")
			return cache, os.MkdirAll(cache, 0o755)
		}
		if filepath.Dir(at) == at {
			return "", errors.New("the tests run outside of the repository")
		}
		at = filepath.Dir(at)
	}
}

// lock keeps two test programs from installing at the same time.
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
