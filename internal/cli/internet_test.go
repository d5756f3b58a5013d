package cli

import (
	"context"
	"net"
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
	_ = os.Setenv("NO_PROXY", "127.0.0.1,localhost,"+unnamed)
	nameserver, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go nobodyThere(nameserver)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", nameserver.LocalAddr().String())
	}}
	return func() {
		_ = nameserver.Close()
		server.Close()
	}
}

// unnamed is where load balancers are that no name server knows yet. Nobody's proxy asks for them, as a
// proxy would not tell.
const unnamed = ".eu-north-1.elb.amazonaws.com"

// nobodyThere is a name server without names: it answers every question with NXDOMAIN.
func nobodyThere(connection net.PacketConn) {
	packet := make([]byte, 512)
	for {
		length, from, err := connection.ReadFrom(packet)
		if err != nil {
			return
		}
		if length < 12 {
			continue
		}
		answer := append([]byte(nil), packet[:length]...)
		answer[2], answer[3] = answer[2]|0x80, 0x83 // an answer; recursion is available, the name is not
		clear(answer[6:12])                         // no record of any kind
		_, _ = connection.WriteTo(answer, from)
	}
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
