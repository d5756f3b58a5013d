package ops

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// originTransport sends requests to a server under the URL that its clients use, but can connect to another host
// for it: to one load balancer of several with the same name. The server's certificate must be for the name in
// the URL.
type originTransport struct {
	origin *url.URL
	// connect is the host, and the port unless it is the default, to connect to.
	connect string
	// direct sends the requests to the origin, and others those to other hosts.
	direct, others *http.Transport
	certificate    atomic.Pointer[x509.Certificate]
}

// transportTo returns a transport for a server. The caller must close it.
func (r *Region) transportTo(origin *url.URL, connect string) *originTransport {
	t := &originTransport{origin: origin, connect: connect, direct: r.httpTransport(), others: r.httpTransport()}
	t.direct.TLSClientConfig.ServerName = origin.Hostname()
	t.direct.TLSClientConfig.VerifyConnection = func(state tls.ConnectionState) error {
		t.certificate.Store(state.PeerCertificates[0])
		return nil
	}
	return t
}

func (t *originTransport) isOrigin(url *url.URL) bool {
	return url.Scheme == t.origin.Scheme && url.Host == t.origin.Host
}

func (t *originTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if !t.isOrigin(request.URL) {
		return t.others.RoundTrip(request)
	}
	sent := request.Clone(request.Context())
	sent.URL.Host, sent.Host = t.connect, t.origin.Host
	response, err := t.direct.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	response.Request = request
	return response, nil
}

func (t *originTransport) close() {
	t.direct.CloseIdleConnections()
	t.others.CloseIdleConnections()
}

// recordingTransport sends an MCP client's requests. It records the last failure, because the SDK's errors
// contain neither status nor cause. It also cancels every request with the target's context: the SDK detaches
// several from the caller's context, namely the cancel notification, the end of the session, and the stream
// of server messages.
type recordingTransport struct {
	ctx       context.Context
	transport *originTransport
	token     string

	sync.Mutex
	rejected *errorResponse
	broken   error
}

// deleteTimeout limits the request that ends a session. All results have arrived by then.
const deleteTimeout = time.Second

func (t *recordingTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := request.Context(), context.CancelFunc(nil)
	switch request.Method {
	case http.MethodDelete:
		ctx, cancel = context.WithTimeout(ctx, deleteTimeout)
	default:
		ctx, cancel = context.WithCancel(ctx)
	}
	detach := context.AfterFunc(t.ctx, cancel)
	release := func() { detach(); cancel() }
	request = request.Clone(ctx)
	// A server may name another host, for example for its messages in the transport of 2024-11-05.
	if t.token != "" && t.transport.isOrigin(request.URL) {
		request.Header.Set("Authorization", "Bearer "+t.token)
	}
	response, err := t.transport.RoundTrip(request)
	t.record(request, response, err)
	if err != nil {
		release()
		return nil, err
	}
	response.Body = &cancelingBody{response.Body, release}
	return response, nil
}

func (t *recordingTransport) record(request *http.Request, response *http.Response, err error) {
	t.Lock()
	defer t.Unlock()
	switch {
	case err != nil && t.ctx.Err() == nil:
		t.broken = err
	case err == nil && request.Method == http.MethodPost && response.StatusCode >= 300:
		t.rejected = &errorResponse{response.StatusCode, response.Header}
	}
}

func (t *recordingTransport) lastFailure() (*errorResponse, error) {
	t.Lock()
	defer t.Unlock()
	return t.rejected, t.broken
}

// cancelingBody releases a request's context when its response body is closed.
type cancelingBody struct {
	io.ReadCloser
	release func()
}

func (b *cancelingBody) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}

// withoutEventStream responds to GET requests in the server's place that there is no stream of server
// messages. The SDK requests that stream first and waits for its headers, which some servers send only with
// the first message. A smoke test does not need the stream.
type withoutEventStream struct{ http.RoundTripper }

func (w withoutEventStream) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet {
		return w.RoundTripper.RoundTrip(request)
	}
	return &http.Response{
		Status: "405 Method Not Allowed", StatusCode: http.StatusMethodNotAllowed,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: request,
	}, nil
}
