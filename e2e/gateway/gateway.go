// Package gateway stands between Terraform and moto's server. It logs the calls that change something,
// holds some for a test to kill Terraform in the middle of an apply, and answers as AWS is documented to
// where moto does not (documented.go, forgotten.go).
package gateway

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Gateway is one workspace's way to moto's server.
type Gateway struct {
	// URL is for AWS_ENDPOINT_URL.
	URL string

	server *httptest.Server
	moto   *httputil.ReverseProxy

	lock sync.Mutex
	log  []string
	hold *Hold
	tags map[string]any // of scalable targets, by region
	// rolledBack are the task definitions that services have fallen back to, by service.
	rolledBack map[string]string
	// lifecycles are the rules of buckets, as they were put.
	lifecycles map[string][]byte
	memory     memory
}

// New starts a gateway to the server at an address. Close it after use.
func New(moto string) (*Gateway, error) {
	target, err := url.Parse(moto)
	if err != nil {
		return nil, err
	}
	g := &Gateway{moto: httputil.NewSingleHostReverseProxy(target), tags: map[string]any{}, rolledBack: map[string]string{}, lifecycles: map[string][]byte{}, memory: memory{}}
	g.server = httptest.NewServer(g)
	g.URL = g.server.URL
	return g, nil
}

// Close stops the gateway.
func (g *Gateway) Close() {
	g.server.CloseClientConnections()
	g.server.Close()
}

// Log is what has been called since the last ForgetLog, in the order in which AWS answered. An operation is named
// by service and action: ecs.CreateService.
func (g *Gateway) Log() []string {
	g.lock.Lock()
	defer g.lock.Unlock()
	return slices.Clone(g.log)
}

// ForgetLog empties the log.
func (g *Gateway) ForgetLog() {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.log = nil
}

// Hold is a set of operations whose answers do not reach Terraform: AWS has done what was asked, and the
// state does not know.
type Hold struct {
	waiting map[string]bool
	// Reached is closed once every operation has been held.
	Reached  chan struct{}
	released chan struct{}
}

// HoldAll holds every call of some operations until Release, or until the caller is no more.
func (g *Gateway) HoldAll(operations ...string) *Hold {
	hold := &Hold{waiting: map[string]bool{}, Reached: make(chan struct{}), released: make(chan struct{})}
	for _, operation := range operations {
		hold.waiting[operation] = true
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.hold = hold
	return hold
}

// Release answers what is held, and holds nothing more.
func (g *Gateway) Release() {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.hold != nil {
		close(g.hold.released)
	}
	g.hold = nil
}

// held keeps a call waiting whose operation is to be held.
func (g *Gateway) held(ctx context.Context, operation string) {
	g.lock.Lock()
	hold := g.hold
	if hold == nil {
		g.lock.Unlock()
		return
	}
	waiting, mine := hold.waiting[operation]
	if waiting {
		hold.waiting[operation] = false
		if !slices.Contains(values(hold.waiting), true) {
			close(hold.Reached)
		}
	}
	g.lock.Unlock()
	if !mine {
		return
	}
	select {
	case <-ctx.Done():
	case <-hold.released:
	}
}

func values(set map[string]bool) (list []bool) {
	for _, value := range set {
		list = append(list, value)
	}
	return list
}

// call is a request as the gateway understands it.
type call struct {
	operation string
	service   string
	region    string
	body      []byte
	request   *http.Request
}

func (g *Gateway) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	asked := understand(request, body)
	answer := httptest.NewRecorder()
	if !g.documented(asked, answer) {
		g.moto.ServeHTTP(answer, request)
		g.amend(asked, answer)
	}
	if changes(asked.operation) {
		g.lock.Lock()
		g.log = append(g.log, asked.operation)
		g.lock.Unlock()
		g.held(request.Context(), asked.operation)
	}
	for name, each := range answer.Header() {
		if name != "Content-Length" {
			writer.Header()[name] = each
		}
	}
	writer.WriteHeader(answer.Code)
	_, _ = writer.Write(answer.Body.Bytes())
}

// understand reads the operation out of a request: a header in the JSON protocols, a form's field in
// the query protocols, and the path of Route 53. Service and region are in the signature's scope.
func understand(request *http.Request, body []byte) call {
	c := call{request: request, body: body}
	_, scope, _ := strings.Cut(request.Header.Get("Authorization"), "Credential=")
	if parts := strings.Split(scope, "/"); len(parts) >= 4 {
		c.region, c.service = parts[2], parts[3]
	}
	_, action, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	if action == "" {
		if form, err := url.ParseQuery(string(body)); err == nil {
			action = form.Get("Action")
		}
	}
	if c.service == "route53" && request.Method == http.MethodPost && strings.HasSuffix(strings.TrimSuffix(request.URL.Path, "/"), "/rrset") {
		action = "ChangeResourceRecordSets"
	}
	c.operation = c.service + "." + action
	return c
}

// changes is whether an operation changes something, by its verb.
func changes(operation string) bool {
	_, action, _ := strings.Cut(operation, ".")
	for _, verb := range []string{"Describe", "List", "Get", "Assume"} {
		if strings.HasPrefix(action, verb) {
			return false
		}
	}
	return action != ""
}
