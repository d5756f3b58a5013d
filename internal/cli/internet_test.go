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

// internet is an HTTP proxy that serves public host names to the commands. The AWS endpoint is local and not
// proxied.
var internet hosts

type hosts struct {
	sync.Mutex
	handlers map[string]http.Handler
}

// serve must be called before the first request, because Go reads the proxy variables only once.
func (h *hosts) serve() (stop func()) {
	h.handlers = map[string]http.Handler{}
	server := httptest.NewServer(h)
	_ = os.Setenv("HTTP_PROXY", server.URL)
	_ = os.Setenv("NO_PROXY", "127.0.0.1,localhost,"+unresolvedSuffix)
	nameserver, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go serveNXDOMAIN(nameserver)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", nameserver.LocalAddr().String())
	}}
	return func() {
		_ = nameserver.Close()
		server.Close()
	}
}

// unresolvedSuffix is the domain of load balancers whose names do not resolve yet. They bypass the proxy,
// which would hide the DNS error.
const unresolvedSuffix = ".eu-north-1.elb.amazonaws.com"

// serveNXDOMAIN is a name server that responds to every query with NXDOMAIN.
func serveNXDOMAIN(connection net.PacketConn) {
	packet := make([]byte, 512)
	for {
		length, from, err := connection.ReadFrom(packet)
		if err != nil {
			return
		}
		if length < 12 {
			continue
		}
		response := append([]byte(nil), packet[:length]...)
		response[2], response[3] = response[2]|0x80, 0x83 // a response; recursion available, NXDOMAIN
		clear(response[6:12])                             // no records
		_, _ = connection.WriteTo(response, from)
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

// host serves a public host name for one test.
func host(t *testing.T, name string, handler http.Handler) {
	t.Helper()
	internet.Lock()
	defer internet.Unlock()
	internet.handlers[name] = handler
}
