// Package opstest gives tests an AWS to work on: moto's server, a process that answers the real API,
// and the things of a fleet in it. Only tests may import the package.
package opstest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/cdtait/mcpfleet/internal/pyenv"
)

// requirements are what is installed into the environment of the server.
var requirements = []string{"moto[server]==5.2.5", "boto3==1.44.5", "botocore==1.44.5", "werkzeug==3.1.9"}

const folder = "moto-5.2.5-1"

// program is moto's own, but for what costs a test as much as the answer: a connection for each
// request, a line of log that nobody reads, and the listing of moto's folder to find the service.
const program = `
import logging, sys
from werkzeug.serving import WSGIRequestHandler
WSGIRequestHandler.protocol_version = "HTTP/1.1"
logging.getLogger("werkzeug").setLevel(logging.ERROR)
from moto import backends
services = frozenset(backends.list_of_moto_modules())
backends.list_of_moto_modules = lambda: services
from moto.server import main
main(sys.argv[1:])
`

// connections are those that are kept open to the server, for tests that ask at once.
const connections = 32

// ErrNoMoto is why there is no server: Python or PyPI is not to be had.
var ErrNoMoto = errors.New("moto's server is not to be had")

// Moto is a server that is running.
type Moto struct {
	// URL is for AWS_ENDPOINT_URL.
	URL     string
	process *exec.Cmd
	front   *httptest.Server
}

// StartMoto installs the server where it is not yet installed, and starts it on a free port. The
// error wraps ErrNoMoto where the machine cannot have one.
func StartMoto() (*Moto, error) {
	python, err := pyenv.Install(folder, requirements...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoMoto, err)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	process := exec.Command(python, "-c", program, "-H", "127.0.0.1", "-p", strconv.Itoa(port))
	// Services run two tasks from the start; without that moto starts none.
	process.Env = append(os.Environ(), "MOTO_ECS_SERVICE_RUNNING=2", "MOTO_IAM_LOAD_MANAGED_POLICIES=false")
	process.SysProcAttr = dieWithParent()
	if err := process.Start(); err != nil {
		return nil, err
	}
	moto := &Moto{URL: fmt.Sprintf("http://127.0.0.1:%d", port), process: process}
	if err := moto.wait(); err != nil {
		_ = process.Process.Kill()
		return nil, err
	}
	if err := moto.fillIn(); err != nil {
		return nil, err
	}
	return moto, nil
}

// Stop ends the server.
func (m *Moto) Stop() {
	m.front.Close()
	_ = m.process.Process.Kill()
	_ = m.process.Wait()
}

// answers are those that AWS gives and moto does not, by operation.
var answers = map[string]string{
	// A service that was never deployed anew.
	"AmazonEC2ContainerServiceV20141113.ListServiceDeployments": `{"serviceDeployments": []}`,
}

// fillIn puts a server in front of moto's that answers what moto cannot.
func (m *Moto) fillIn() error {
	behind, err := url.Parse(m.URL)
	if err != nil {
		return err
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: connections}
	// A command that gives up a question is no news.
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	m.front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, known := answers[r.Header.Get("X-Amz-Target")]
		if !known {
			proxy.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = w.Write([]byte(answer))
	}))
	m.URL = m.front.URL
	return nil
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
