package ops

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// courier carries an MCP client's requests, and keeps the SDK to what it cannot be told: it says what
// it has heard last, as the SDK's errors hold neither status nor cause, and lets no request outlive
// the context of the target. The SDK detaches several from the caller's: the word that a call was given
// up, the end of the session, and the stream of the server's own messages.
type courier struct {
	ctx    context.Context
	origin *url.URL
	token  string

	sync.Mutex
	refused *refusal
	broken  error
}

// farewell is how long a server may take to hear that a session has ended. All that was asked for has
// been answered by then.
const farewell = time.Second

func (c *courier) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := request.Context(), context.CancelFunc(nil)
	switch request.Method {
	case http.MethodDelete:
		ctx, cancel = context.WithTimeout(ctx, farewell)
	default:
		ctx, cancel = context.WithCancel(ctx)
	}
	detach := context.AfterFunc(c.ctx, cancel)
	release := func() { detach(); cancel() }
	request = request.Clone(ctx)
	// A server may name another host, such as for its messages in the transport of 2024-11-05.
	if c.token != "" && request.URL.Scheme == c.origin.Scheme && request.URL.Host == c.origin.Host {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	c.note(request, answer, err)
	if err != nil {
		release()
		return nil, err
	}
	answer.Body = &boundBody{answer.Body, release}
	return answer, nil
}

func (c *courier) note(request *http.Request, answer *http.Response, err error) {
	c.Lock()
	defer c.Unlock()
	switch {
	case err != nil && c.ctx.Err() == nil:
		c.broken = err
	case err == nil && request.Method == http.MethodPost && answer.StatusCode >= 300:
		c.refused = &refusal{answer.StatusCode, answer.Header}
	}
}

func (c *courier) heard() (*refusal, error) {
	c.Lock()
	defer c.Unlock()
	return c.refused, c.broken
}

// boundBody lets go of a request's context when its answer has been read.
type boundBody struct {
	io.ReadCloser
	release func()
}

func (b *boundBody) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}

// pushless answers in the server's place that it has no stream of messages of its own. The SDK asks for
// that stream before anything else and waits until it begins, which with some servers is when the
// first message is there. What smoke asks comes without.
type pushless struct{ http.RoundTripper }

func (p pushless) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet {
		return p.RoundTripper.RoundTrip(request)
	}
	return &http.Response{
		Status: "405 Method Not Allowed", StatusCode: http.StatusMethodNotAllowed,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: request,
	}, nil
}
