package cli

import (
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
)

// internet is what the commands reach by public names: they go through it as their proxy, while
// AWS's endpoint is on this machine and is not proxied.
var internet hosts

type hosts struct {
	sync.Mutex
	handlers map[string]http.Handler
}

// serve has to come before the first request: Go reads the proxy's variables once.
func (h *hosts) serve() (stop func()) {
	h.handlers = map[string]http.Handler{}
	server := httptest.NewServer(h)
	_ = os.Setenv("HTTP_PROXY", server.URL)
	_ = os.Setenv("NO_PROXY", "127.0.0.1,localhost")
	return server.Close
}

func (h *hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.Lock()
	handler := h.handlers[r.Host]
	h.Unlock()
	if handler == nil {
		http.Error(w, "no such host", http.StatusBadGateway)
		return
	}
	handler.ServeHTTP(w, r)
}

// host puts a server under a public name for one test.
func host(t *testing.T, name string, handler http.Handler) {
	t.Helper()
	internet.Lock()
	defer internet.Unlock()
	internet.handlers[name] = handler
}
