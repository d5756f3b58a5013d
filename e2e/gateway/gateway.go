// Package gateway is a proxy between Terraform and a moto server. It logs calls that change something, holds
// responses so that a test can kill Terraform during an apply, and corrects moto where it differs from AWS
// (corrections.go, memory.go).
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
	"time"
)

// Gateway is the proxy of one workspace.
type Gateway struct {
	// URL is the value for AWS_ENDPOINT_URL.
	URL string

	server *httptest.Server
	moto   *httputil.ReverseProxy

	lock sync.Mutex
	log  []string
	hold *Hold
	// watch is called after each change.
	watch func(operation string)
	tags  map[string]map[string]string // of scalable targets, by region
	// rolledBack are the task definitions that services were rolled back to, by service.
	rolledBack map[string]string
	// lifecycles are the lifecycle rules of buckets.
	lifecycles map[string][]byte
	memory     memory
	// issued are the certificates that have been validated, by ARN. They stay valid without their records.
	issued map[string]bool
	// budgets have what moto drops of budgets, by name.
	budgets map[string]budget
}

// New starts a gateway to the moto server at a URL. Close it after use.
func New(moto string) (*Gateway, error) {
	target, err := url.Parse(moto)
	if err != nil {
		return nil, err
	}
	g := &Gateway{moto: httputil.NewSingleHostReverseProxy(target), tags: map[string]map[string]string{}, rolledBack: map[string]string{}, lifecycles: map[string][]byte{}, memory: memory{}, issued: map[string]bool{}, budgets: map[string]budget{}}
	g.server = httptest.NewServer(g)
	g.URL = g.server.URL
	return g, nil
}

// Close stops the gateway.
func (g *Gateway) Close() {
	g.server.CloseClientConnections()
	g.server.Close()
}

// Log returns the operations called since the last ClearLog, in the order of the responses. The format is
// ecs.CreateService.
func (g *Gateway) Log() []string {
	g.lock.Lock()
	defer g.lock.Unlock()
	return slices.Clone(g.log)
}

// ClearLog clears the log.
func (g *Gateway) ClearLog() {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.log = nil
}

// Settle waits until no operation has ended for a while, except those that are held.
func (g *Gateway) Settle(quiet time.Duration) {
	for before := -1; before != len(g.Log()); {
		before = len(g.Log())
		time.Sleep(quiet)
	}
}

// Watch calls a function after each change, before Terraform gets the response.
func (g *Gateway) Watch(watch func(operation string)) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.watch = watch
}

// Hold is a set of operations whose responses do not reach Terraform. AWS has done the operations, and the
// state does not have them.
type Hold struct {
	waiting map[string]bool
	// Reached is closed once every operation has been held.
	Reached  chan struct{}
	released chan struct{}
}

// HoldAll holds the responses to operations until Release, or until the client disconnects.
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

// Release sends the held responses and ends the hold.
func (g *Gateway) Release() {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.hold != nil {
		close(g.hold.released)
	}
	g.hold = nil
}

// wait waits until the operation is not held.
func (g *Gateway) wait(ctx context.Context, operation string) {
	g.lock.Lock()
	hold := g.hold
	if hold == nil {
		g.lock.Unlock()
		return
	}
	waiting, held := hold.waiting[operation]
	if waiting {
		hold.waiting[operation] = false
		if !slices.Contains(values(hold.waiting), true) {
			close(hold.Reached)
		}
	}
	g.lock.Unlock()
	if !held {
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

// call is a parsed request.
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
	c := parse(request, body)
	response := httptest.NewRecorder()
	if !g.replace(c, response) {
		g.moto.ServeHTTP(response, request)
		g.amend(c, response)
	}
	if changes(c.operation) {
		g.lock.Lock()
		g.log = append(g.log, c.operation)
		watch := g.watch
		g.lock.Unlock()
		if watch != nil {
			watch(c.operation)
		}
		g.wait(request.Context(), c.operation)
	}
	for name, each := range response.Header() {
		if name != "Content-Length" {
			writer.Header()[name] = each
		}
	}
	writer.WriteHeader(response.Code)
	_, _ = writer.Write(response.Body.Bytes())
}

// parse returns the operation of a request: from a header in the JSON protocols, from a form field in the
// query protocols, and from the path for API Gateway, EFS, Lambda, Route 53 and S3. The service and region are in the credential scope of the
// signature.
func parse(request *http.Request, body []byte) call {
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
	if c.service == "route53" && strings.HasSuffix(strings.TrimSuffix(request.URL.Path, "/"), "/rrset") {
		action = recordOperations[request.Method]
	}
	if c.service == "apigateway" {
		action = apiOperation(request)
	}
	if c.service == "elasticfilesystem" {
		action = fileSystemOperation(request)
	}
	if c.service == "lambda" {
		action = functionOperation(request)
	}
	if c.service == "s3" {
		action = bucketOperation(request)
	}
	c.operation = c.service + "." + action
	return c
}

// recordOperations are the operations on the records of a hosted zone.
var recordOperations = map[string]string{http.MethodGet: "ListResourceRecordSets", http.MethodPost: "ChangeResourceRecordSets"}

// changes reports whether an operation changes something, according to its verb.
func changes(operation string) bool {
	_, action, _ := strings.Cut(operation, ".")
	for _, verb := range []string{"Describe", "List", "Get", "Assume"} {
		if strings.HasPrefix(action, verb) {
			return false
		}
	}
	return action != ""
}
