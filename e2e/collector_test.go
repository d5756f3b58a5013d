//go:build e2e

package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// TestTheCollectorOfTheExampleSendsTraces runs the OpenTelemetry collector with the command and the variables of the example,
// and sends it a trace as an MCP server would.
func TestTheCollectorOfTheExampleSendsTraces(t *testing.T) {
	t.Parallel()
	standInOnly(t)
	sidecar := exampleSidecar(t, "collector")
	checkVersion(t, sidecar.Image)
	program := filepath.Join(t.TempDir(), "collector")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = "collector"
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	received := make(chan *http.Request, 1)
	backend := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(text))
		received <- r
	}))
	t.Cleanup(backend.Close)
	address := freeAddress(t)
	command := exec.CommandContext(t.Context(), program, sidecar.Command...)
	command.Env = append(os.Environ(), "TRACES_TOKEN=t0ken")
	for name, value := range sidecar.Environment {
		command.Env = append(command.Env, name+"="+strings.NewReplacer("https://traces.example.com", backend.URL, "localhost:4318", address).Replace(value))
	}
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	send(t, "http://"+address+"/v1/traces", &log)
	select {
	case request := <-received:
		checkTrace(t, request)
	case <-time.After(time.Minute):
		t.Fatalf("the trace did not arrive\n%s", &log)
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &log)
	}
}

func exampleSidecar(t *testing.T, name string) config.Sidecar {
	t.Helper()
	fleet, _, err := config.Load("../examples/sidecars.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, sidecar := range fleet.Regions[0].Container.Sidecars {
		if sidecar.Name == name {
			return sidecar
		}
	}
	t.Fatalf("the example has no sidecar %s", name)
	return config.Sidecar{}
}

// checkVersion holds that the collector of the test has the version of the image.
func checkVersion(t *testing.T, image string) {
	t.Helper()
	module, err := os.ReadFile("collector/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(image, "opentelemetry-collector:")
	if want := "go.opentelemetry.io/collector/otelcol v" + version + "\n"; !strings.Contains(string(module), want) {
		t.Errorf("collector/go.mod lacks %s", want)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// span is a trace in OTLP's JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
const span = `{"resourceSpans": [{"scopeSpans": [{"spans": [{
	"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "tools/call search", "kind": 2,
	"startTimeUnixNano": "1770000000000000000", "endTimeUnixNano": "1770000001000000000"}]}]}]}`

// send sends the trace as soon as the collector listens.
func send(t *testing.T, url string, log fmt.Stringer) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		response, err := http.Post(url, "application/json", strings.NewReader(span)) //nolint:gosec,noctx // the address is this test's
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Fatalf("the collector responds %s\n%s", response.Status, log)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v\n%s", err, log)
		}
	}
}

func checkTrace(t *testing.T, request *http.Request) {
	t.Helper()
	if got := request.Header.Get("Authorization"); got != "Bearer t0ken" || request.URL.Path != "/v1/traces" {
		t.Errorf("%s with the authorization %q", request.URL.Path, got)
	}
	body, err := gzip.NewReader(request.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(body); err != nil || !bytes.Contains(text, []byte("tools/call search")) {
		t.Errorf("got %q, %v", text, err)
	}
}
