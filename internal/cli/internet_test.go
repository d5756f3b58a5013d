package cli

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"
)

// internet is a proxy that serves public host names to the commands, over HTTP and HTTPS. The AWS endpoint is
// local and not proxied.
var internet hosts

type hosts struct {
	sync.Mutex
	handlers map[string]http.Handler
	// secure serves the same hosts over HTTPS, with certificates for whatever name a client asks for.
	secure *httptest.Server
	// transport trusts these certificates.
	transport *http.Transport
}

// serve must be called before the first request, because Go reads the proxy variables only once.
func (h *hosts) serve() (stop func()) {
	h.handlers = map[string]http.Handler{}
	authority := newAuthority()
	h.secure = httptest.NewUnstartedServer(http.HandlerFunc(h.handle))
	h.secure.TLS = &tls.Config{GetCertificate: authority.issue}
	h.secure.StartTLS()
	h.transport = http.DefaultTransport.(*http.Transport).Clone()
	h.transport.TLSClientConfig = &tls.Config{RootCAs: authority.roots()}
	server := httptest.NewServer(h)
	_ = os.Setenv("HTTP_PROXY", server.URL)
	_ = os.Setenv("HTTPS_PROXY", server.URL)
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
		h.secure.Close()
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

// ServeHTTP serves a host over HTTP, or connects to it for HTTPS.
func (h *hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		h.connect(w, r)
		return
	}
	h.handle(w, r)
}

// handle serves the host that the request names.
func (h *hosts) handle(w http.ResponseWriter, r *http.Request) {
	handler := h.handler(r.Host)
	if handler == nil {
		http.Error(w, "no such host", http.StatusBadGateway)
		return
	}
	handler.ServeHTTP(w, r)
}

func (h *hosts) handler(host string) http.Handler {
	h.Lock()
	defer h.Unlock()
	return h.handlers[host]
}

// connect connects a client to the secure server, if it asks for the HTTPS port of a host that exists.
func (h *hosts) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || port != "443" || h.handler(host) == nil {
		http.Error(w, "no such host", http.StatusBadGateway)
		return
	}
	server, err := net.Dial("tcp", h.secure.Listener.Addr().String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	client, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	for from, to := range map[net.Conn]net.Conn{client: server, server: client} {
		go func() {
			_, _ = io.Copy(to, from)
			_ = to.Close()
		}()
	}
}

// authority is a certificate authority.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority() *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	a := &authority{key: key, certificate: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: saturday.AddDate(-20, 0, 0), NotAfter: saturday.AddDate(20, 0, 0),
	}}
	der, err := x509.CreateCertificate(rand.Reader, a.certificate, a.certificate, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		panic(err)
	}
	return a
}

func (a *authority) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// expiresAt is when all certificates expire.
var expiresAt = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)

// issue issues the certificate for the name that a client asks for.
func (a *authority) issue(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{hello.ServerName}, NotBefore: saturday.AddDate(-20, 0, 0), NotAfter: expiresAt,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &a.key.PublicKey, a.key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, err
}

// host serves a public host name for one test.
func host(t *testing.T, name string, handler http.Handler) {
	t.Helper()
	internet.Lock()
	defer internet.Unlock()
	internet.handlers[name] = handler
}
