// Package opstest provides an AWS for tests: moto's server, a separate process that implements the AWS API,
// and the resources of a fleet in it. Only tests may import the package.
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

// requirements are the Python packages of the server's environment.
var requirements = []string{"moto[server]==5.2.5", "boto3==1.44.5", "botocore==1.44.5", "werkzeug==3.1.9"}

const folder = "moto-5.2.5-1"

// program starts moto without the overhead that would dominate a test: a connection per request, a log line
// per request, and a directory listing per request to find the service.
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

// connections is how many idle connections to the server are kept, for concurrent tests.
const connections = 32

// ErrNoMoto means that the server cannot be installed because Python or PyPI is not available.
var ErrNoMoto = errors.New("moto server is not available")

// Moto is a running server.
type Moto struct {
	// URL is the value for AWS_ENDPOINT_URL.
	URL string
	// Python is an interpreter that has boto3.
	Python  string
	process *exec.Cmd
	proxy   *httptest.Server
}

// StartMoto installs the server if necessary, and starts it on a free port. The error wraps ErrNoMoto if the
// server cannot be installed.
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
	// Services start with two running tasks; by default moto starts none. Certificates are issued at once; by
	// default after a minute.
	process.Env = append(os.Environ(), "MOTO_ECS_SERVICE_RUNNING=2", "MOTO_IAM_LOAD_MANAGED_POLICIES=true", "MOTO_ACM_VALIDATION_WAIT=0")
	process.SysProcAttr = dieWithParent()
	if err := process.Start(); err != nil {
		return nil, err
	}
	moto := &Moto{URL: fmt.Sprintf("http://127.0.0.1:%d", port), Python: python, process: process}
	if err := moto.wait(); err != nil {
		_ = process.Process.Kill()
		return nil, err
	}
	if err := moto.startProxy(); err != nil {
		return nil, err
	}
	return moto, nil
}

// Stop stops the server.
func (m *Moto) Stop() {
	m.proxy.Close()
	_ = m.process.Process.Kill()
	_ = m.process.Wait()
}

// cannedResponses are responses to operations that moto does not implement.
var cannedResponses = map[string]string{
	// A service without deployments in the last 90 days.
	"AmazonEC2ContainerServiceV20141113.ListServiceDeployments": `{"serviceDeployments": []}`,
}

// startProxy puts a proxy in front of moto that serves cannedResponses.
func (m *Moto) startProxy() error {
	upstream, err := url.Parse(m.URL)
	if err != nil {
		return err
	}
	proxy := httputil.NewSingleHostReverseProxy(upstream)
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: connections}
	// Canceled requests are expected, so they are not logged.
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	m.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		response, known := cannedResponses[r.Header.Get("X-Amz-Target")]
		if !known {
			proxy.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = w.Write([]byte(response))
	}))
	m.URL = m.proxy.URL
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
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("moto server does not respond: %w", err)
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
