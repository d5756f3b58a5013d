package ops

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	customDomain   = "mcp.example.com"
	regionalDomain = "eu-west-1." + customDomain
	httpsFleet     = "  dns: {enabled: true, zone: example.com, name: mcp}"
	// ownCertificate is a fleet whose certificate is not for a domain in the fleet file.
	ownCertificate = "  load_balancer: {https: {certificate_arn: " + certificateARN + "}}"
	certificateARN = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef"
)

// authority is a certificate authority.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: saturday.AddDate(-9, 0, 0), NotAfter: saturday.AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a := &authority{key: newKey(t)}
	a.certificate, _ = sign(t, template, template, a.key, a.key)
	return a
}

func sign(t *testing.T, template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (*x509.Certificate, []byte) {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, der
}

// leaf is the template of a server's certificate, which is valid for 100 days around saturday.
func leaf(names ...string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"}, DNSNames: names, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		NotBefore: saturday.AddDate(0, 0, -50), NotAfter: saturday.AddDate(0, 0, 50),
	}
}

// issue signs a server's certificate. Without an authority, it signs itself.
func (a *authority) issue(t *testing.T, template *x509.Certificate) *tls.Config {
	t.Helper()
	key := newKey(t)
	parent, parentKey := template, key
	if a != nil {
		parent, parentKey = a.certificate, a.key
	}
	_, der := sign(t, template, parent, key, parentKey)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// httpsNetwork has one server on the HTTPS port of some hosts, and nothing else.
type httpsNetwork struct {
	address string
	hosts   []string
	mutex   sync.Mutex
	dialed  []string
}

func (n *httpsNetwork) dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mutex.Lock()
	n.dialed = append(n.dialed, address)
	n.mutex.Unlock()
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "443" || !slices.Contains(n.hosts, host) {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return new(net.Dialer).DialContext(ctx, network, n.address)
}

// serve starts a server, with TLS unless config is nil.
func (n *httpsNetwork) serve(t *testing.T, handler http.Handler, config *tls.Config) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	if server.TLS = config; config == nil {
		server.Start()
	} else {
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	n.address = server.Listener.Addr().String()
}

// transport trusts an authority.
func (n *httpsNetwork) transport(trusted *authority) *http.Transport {
	roots := x509.NewCertPool()
	roots.AddCert(trusted.certificate)
	return &http.Transport{DialContext: n.dial, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}
}

// healthyServer is an MCP server that is only reached under one host name.
func healthyServer(t *testing.T, host string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/health", status(http.StatusOK))
	mux.Handle("/mcp", mcpHandler())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host || r.TLS.ServerName != host {
			t.Errorf("the host is %s, and the server name %s", r.Host, r.TLS.ServerName)
		}
		mux.ServeHTTP(w, r)
	})
}

// httpsRegion is a region whose load balancer is the only host in a network.
func httpsRegion(t *testing.T, settings string, trusted *authority, handler http.Handler, config *tls.Config) (*Region, *httpsNetwork) {
	t.Helper()
	n := &httpsNetwork{hosts: []string{balancerDNS}}
	n.serve(t, handler, config)
	region := newFakeAWS(t, nil).region(settings, saturday)
	region.Transport = n.transport(trusted)
	return region, n
}

var smokeOptions = SmokeOptions{Timeout: 10 * time.Second}

// TestSmokeAsksTheLoadBalancerForTheDomain, whose name may lead to another region.
func TestSmokeAsksTheLoadBalancerForTheDomain(t *testing.T) {
	trusted := newAuthority(t, "authority")
	region, network := httpsRegion(t, httpsFleet, trusted, healthyServer(t, customDomain), trusted.issue(t, leaf(customDomain)))
	result := region.Smoke(t.Context(), smokeOptions)
	if len(result.Problems) > 0 || len(result.Notes) > 0 || result.Health == nil || result.MCP == nil || result.URL != "https://"+customDomain+"/mcp" {
		t.Fatalf("got %+v", result)
	}
	if certificate := result.Certificate; certificate == nil || !slices.Equal(certificate.Names, []string{customDomain}) || certificate.Issuer != "CN=authority" || !certificate.Expires.Equal(saturday.AddDate(0, 0, 50)) {
		t.Errorf("the certificate is %+v", certificate)
	}
	if other := slices.DeleteFunc(network.dialed, func(address string) bool { return address == balancerDNS+":443" }); len(other) > 0 {
		t.Errorf("connected to %q", other)
	}
}

func TestSmokeOfADomainResolvesIt(t *testing.T) {
	trusted := newAuthority(t, "authority")
	region, network := httpsRegion(t, httpsFleet, trusted, healthyServer(t, customDomain), trusted.issue(t, leaf(customDomain)))
	if result := SmokeDomain(t.Context(), customDomain, []*Region{region}, smokeOptions); !slices.Equal(codes(result.Problems), []Code{NameUnresolved}) {
		t.Errorf("got %+v", result)
	}
	network.hosts = []string{customDomain}
	if result := SmokeDomain(t.Context(), customDomain, []*Region{region}, smokeOptions); len(result.Problems) > 0 || result.MCP == nil {
		t.Errorf("got %+v", result)
	}
}

func TestSmokeChecksTheCertificate(t *testing.T) {
	trusted, foreign := newAuthority(t, "authority"), newAuthority(t, "foreign")
	dated := func(from, until int) *x509.Certificate {
		template := leaf(customDomain)
		template.NotBefore, template.NotAfter = saturday.AddDate(0, 0, from), saturday.AddDate(0, 0, until)
		return template
	}
	clientOnly := leaf(customDomain)
	clientOnly.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	old := trusted.issue(t, leaf(customDomain))
	old.MaxVersion = tls.VersionTLS11
	for name, each := range map[string]struct {
		config *tls.Config
		code   Code
		text   string
	}{
		"expired":            {trusted.issue(t, dated(-90, -3)), CertificateExpired, "the certificate expired 3 d ago, on 2026-11-25 12:00 UTC"},
		"not yet valid":      {trusted.issue(t, dated(2, 90)), CertificateNotYetValid, "not valid before 2026-11-30 12:00 UTC"},
		"another name":       {trusted.issue(t, leaf("a.example.com", "b.example.com")), CertificateWrongName, "the certificate is for a.example.com, b.example.com, not " + customDomain},
		"no name":            {trusted.issue(t, leaf()), CertificateWrongName, "the certificate is for no name, not " + customDomain},
		"self-signed":        {(*authority)(nil).issue(t, leaf(customDomain)), CertificateUntrusted, "self-signed"},
		"an unknown issuer":  {foreign.issue(t, leaf(customDomain)), CertificateUntrusted, `issued by "CN=foreign"`},
		"not for servers":    {trusted.issue(t, clientOnly), CertificateUntrusted, "not accepted: x509: certificate specifies an incompatible key usage"},
		"HTTP":               {nil, NotTLS, "the port does not speak TLS"},
		"an old TLS version": {old, TLSFailed, "protocol version not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			reached := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the server got %s %s", r.Method, r.URL) })
			region, _ := httpsRegion(t, httpsFleet, trusted, reached, each.config)
			options := smokeOptions
			options.Token = "s3cr3t"
			result := region.Smoke(t.Context(), options)
			if !slices.Equal(codes(result.Problems), []Code{each.code}) || !strings.Contains(result.Problems[0].Message, each.text) || result.Certificate != nil {
				t.Fatalf("got %+v", result)
			}
			if fix := result.Problems[0].Fix; fix.Verb == "" && fix.Advice == "" {
				t.Error("there is no fix")
			}
		})
	}
}

func TestSmokeNotesThatACertificateExpires(t *testing.T) {
	trusted := newAuthority(t, "authority")
	template := leaf(customDomain)
	template.NotAfter = saturday.AddDate(0, 0, 29)
	region, _ := httpsRegion(t, httpsFleet, trusted, healthyServer(t, customDomain), trusted.issue(t, template))
	if result := region.Smoke(t.Context(), smokeOptions); len(result.Problems) > 0 || len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "expires in 29 d, on 2026-12-27") {
		t.Errorf("got %+v", result)
	}
}

// TestSmokeTakesTheNameFromACertificateOfOnesOwn if the fleet file has no domain.
func TestSmokeTakesTheNameFromACertificateOfOnesOwn(t *testing.T) {
	trusted := newAuthority(t, "authority")
	for name, each := range map[string]struct{ names, host string }{
		"one name":               {"api.example.org", "api.example.org"},
		"a wildcard and a name":  {"*.example.org api.example.org", "api.example.org"},
		"nothing but a wildcard": {"*.example.org", "demo.example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			region, _ := httpsRegion(t, ownCertificate, trusted, healthyServer(t, each.host), trusted.issue(t, leaf(strings.Fields(each.names)...)))
			result := region.Smoke(t.Context(), smokeOptions)
			if len(result.Problems) > 0 || result.MCP == nil || result.URL != "https://"+each.host+"/mcp" {
				t.Fatalf("got %+v", result)
			}
			if len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "tested as "+each.host) {
				t.Errorf("the notes are %q", result.Notes)
			}
		})
	}
}

func TestSmokeChecksACertificateOfOnesOwn(t *testing.T) {
	trusted, foreign := newAuthority(t, "authority"), newAuthority(t, "foreign")
	expired := leaf("api.example.org")
	expired.NotAfter = saturday.Add(-time.Hour)
	for name, each := range map[string]struct {
		config *tls.Config
		code   Code
	}{
		"expired":           {trusted.issue(t, expired), CertificateExpired},
		"an unknown issuer": {foreign.issue(t, leaf("api.example.org")), CertificateUntrusted},
		"no name":           {trusted.issue(t, leaf()), CertificateWrongName},
		"HTTP":              {nil, NotTLS},
	} {
		t.Run(name, func(t *testing.T) {
			reached := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the server got %s %s", r.Method, r.URL) })
			region, _ := httpsRegion(t, ownCertificate, trusted, reached, each.config)
			if result := region.Smoke(t.Context(), smokeOptions); !slices.Equal(codes(result.Problems), []Code{each.code}) || result.URL != "https://"+balancerDNS+"/mcp" {
				t.Errorf("got %+v", result)
			}
		})
	}
}

// TestSmokeKnowsThatTheCertificateIsPending: until it is issued, there is no HTTPS listener, and a load balancer
// refuses connections.
func TestSmokeKnowsThatTheCertificateIsPending(t *testing.T) {
	for acm, want := range map[string]Code{"PENDING_VALIDATION": CertificatePending, "ISSUED": Unreachable} {
		region := newFakeAWS(t, certificateIn(t, object{"Status": acm})).region(httpsFleet, saturday)
		region.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: io.ErrUnexpectedEOF}
		}}
		if result := region.Smoke(t.Context(), smokeOptions); !slices.Equal(codes(result.Problems), []Code{want}) {
			t.Errorf("%s: got %+v", acm, result)
		}
	}
}

// TestTheTokenStaysOnHTTPS when a server names its own host without it.
func TestTheTokenStaysOnHTTPS(t *testing.T) {
	trusted := newAuthority(t, "authority")
	mux := http.NewServeMux()
	mux.Handle("/health", status(http.StatusOK))
	mux.Handle("POST /mcp", status(http.StatusMethodNotAllowed))
	mux.HandleFunc("GET /mcp", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cr3t" {
			t.Error("the MCP path did not get the token")
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "event: endpoint\ndata: http://"+customDomain+"/messages\n\n")
		_ = http.NewResponseController(w).Flush()
		hang(w, r)
	})
	region, _ := httpsRegion(t, httpsFleet, trusted, mux, trusted.issue(t, leaf(customDomain)))
	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the token was sent over HTTP")
		}
	}))
	t.Cleanup(plain.Close)
	secure := region.Transport.DialContext
	reached := false
	region.Transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == customDomain+":80" {
			reached = true
			return new(net.Dialer).DialContext(ctx, network, plain.Listener.Addr().String())
		}
		return secure(ctx, network, address)
	}
	result := region.Smoke(t.Context(), SmokeOptions{Timeout: 500 * time.Millisecond, Token: "s3cr3t"})
	if len(result.Problems) == 0 || !reached {
		t.Errorf("got %+v", result)
	}
}

// TestSmokeKnowsWhatTheLoadBalancerRejects itself.
func TestSmokeKnowsWhatTheLoadBalancerRejects(t *testing.T) {
	for name, each := range map[string]struct {
		settings string
		mcp      http.Handler
		want     Code
	}{
		"blocked by AWS WAF":          {"\n  waf: {enabled: true}", status(http.StatusForbidden, "Server", "awselb/2.0"), BlockedByWAF},
		"forbidden by the server":     {"\n  waf: {enabled: true}", status(http.StatusForbidden), Forbidden},
		"forbidden without a web ACL": {"", status(http.StatusForbidden, "Server", "awselb/2.0"), Forbidden},
		"no rule for the path":        {"\n  access: {paths: [/mcp, /health]}", status(http.StatusNotFound, "Server", "awselb/2.0"), PathsWrong},
		"not on the server":           {"\n  access: {paths: [/mcp, /health]}", status(http.StatusNotFound), PathUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			trusted := newAuthority(t, "authority")
			mux := http.NewServeMux()
			mux.Handle("/health", status(http.StatusOK))
			mux.Handle("/mcp", each.mcp)
			region, _ := httpsRegion(t, httpsFleet+each.settings, trusted, mux, trusted.issue(t, leaf(customDomain)))
			if result := region.Smoke(t.Context(), smokeOptions); !slices.Equal(codes(result.Problems), []Code{each.want}) {
				t.Errorf("got %+v", result.Problems)
			}
		})
	}
}

func TestSmokeLeavesOutAHealthPathThatIsNotForwarded(t *testing.T) {
	trusted := newAuthority(t, "authority")
	mux := http.NewServeMux()
	mux.Handle("/mcp", mcpHandler())
	region, _ := httpsRegion(t, httpsFleet+"\n  access: {paths: [/mcp]}", trusted, mux, trusted.issue(t, leaf(customDomain)))
	result := region.Smoke(t.Context(), smokeOptions)
	if len(result.Problems) > 0 || result.Health != nil || result.MCP == nil || len(result.Notes) != 1 || !strings.HasPrefix(result.Notes[0], "/health was not requested") {
		t.Errorf("got %+v", result)
	}
}
