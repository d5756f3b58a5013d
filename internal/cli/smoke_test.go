package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// smokeFleet creates a fleet of one region and returns its file and the load balancer's DNS name.
func smokeFleet(t *testing.T, project, settings string) (file, dns string) {
	t.Helper()
	file = fleetFile(t, fleetText(project, "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}"+settings+"}\n"))
	return file, seed(t, awsURL(t), file)["eu-west-1"].LoadBalancerDNS
}

// tools returns an MCP server with the named tools.
func tools(names ...string) *mcp.Server {
	server := mcp.NewServer(&mcp.Implementation{Name: "quotes", Version: "1.2.0"}, nil)
	type input struct {
		Symbol string `json:"symbol"`
	}
	for _, name := range names {
		mcp.AddTool(server, &mcp.Tool{Name: name, Description: "The price of a share"},
			func(context.Context, *mcp.CallToolRequest, input) (*mcp.CallToolResult, any, error) {
				return &mcp.CallToolResult{}, nil, nil
			})
	}
	return server
}

// streamable serves a server over streamable HTTP.
func streamable(server *mcp.Server, options *mcp.StreamableHTTPOptions) http.Handler {
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, options)
}

// healthyHost returns a handler with a passing health check and the given handler at a path.
func healthyHost(path string, handler http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	mux.Handle(path, handler)
	return mux
}

// mcpServer returns a healthy host with an MCP server.
func mcpServer() http.Handler {
	return healthyHost("/mcp", streamable(tools("quote"), &mcp.StreamableHTTPOptions{Stateless: true}))
}

// respondWith returns a handler with a fixed status and headers.
func respondWith(status int, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		http.Error(w, "no", status)
	})
}

// smokeDocument is the JSON document of smoke.
type smokeDocument struct {
	Schema  int
	OK      bool
	Regions []struct {
		Region, Domain, URL, Skipped string
		OK                           bool
		Health                       *struct{ Status int }
		Certificate                  struct {
			Names   []string
			Expires time.Time
		}
		MCP *struct {
			Server, Protocol, Transport string
			Tools                       []string
		}
		Challenge *struct {
			Scheme   string
			Metadata string `json:"resource_metadata"`
		} `json:"asks_for_token"`
		Notes    []string
		Problems []struct {
			Code, Message string
			Fix           struct{ Command, Advice string }
		}
	}
}

func smokeJSON(t *testing.T, got result) (document smokeDocument) {
	t.Helper()
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatalf("%v:\n%v", err, got)
	}
	return document
}

func TestSmokeTestsRegionsAndDomain(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("smoke-a", "{}", `  eu-west-1: {network: {cidr: 10.0.0.0/16}, dns: {enabled: true, zone: example.com, name: smoke-a, regional: true}}
  us-east-1: {network: {cidr: 10.1.0.0/16}, weekend: {enabled: true}}
  us-west-2: {network: {cidr: 10.2.0.0/16}, load_balancer: {enabled: false}}
`))
	seeded := seed(t, url, file)
	host(t, seeded["eu-west-1"].LoadBalancerDNS, mcpServer())
	host(t, "smoke-a.example.com", mcpServer())
	host(t, "eu-west-1.smoke-a.example.com", mcpServer())
	got := run(t, tuesday, file, "smoke", "--json")
	want(t, got, 0)
	document := smokeJSON(t, got)
	ireland := document.Regions[0]
	if !document.OK || document.Schema != 1 || ireland.Region != "eu-west-1" || !ireland.OK || ireland.MCP == nil || ireland.MCP.Server != "quotes" ||
		ireland.MCP.Transport != "streamable HTTP" || len(ireland.MCP.Tools) != 1 || ireland.Health.Status != 200 || ireland.Problems == nil {
		t.Errorf("%+v", document)
	}
	for i, name := range []string{"smoke-a.example.com", "eu-west-1.smoke-a.example.com"} {
		domain := document.Regions[3+i]
		if domain.Domain != name || domain.URL != "https://"+name+"/mcp" || !domain.OK || !slices.Equal(domain.Certificate.Names, []string{name}) || !domain.Certificate.Expires.Equal(expiresAt) {
			t.Errorf("%+v", domain)
		}
	}
	if ireland.URL != "https://smoke-a.example.com/mcp" {
		t.Errorf("the region was tested as %s", ireland.URL)
	}
	want(t, run(t, tuesday, file, "smoke"), 0, "us-east-1                      skipped  asleep, wakes Sat 06:00", "us-west-2                      skipped  no load balancer",
		"smoke-a.example.com            ok       200 in ", "eu-west-1.smoke-a.example.com  ok       200 in ", "1: quote")
}

func TestSmokeReportsCause(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-b", "")
	for name, each := range map[string]struct {
		handler http.Handler
		cause   string
		fix     string
	}{
		"a host that is not allowed": {healthyHost("/mcp", respondWith(421)), "/mcp rejects the host " + dns + " (HTTP 421): its DNS rebinding protection does not allow the public host name", "allow the host in the server's settings"},
		"a token of an unknown kind": {healthyHost("/mcp", respondWith(401)), "/mcp on " + dns + " requires a token (HTTP 401) but does not say which kind", "MCPFLEET_TOKEN or with --token-stdin"},
		"forbidden":                  {healthyHost("/mcp", respondWith(403)), "/mcp rejects requests for " + dns + " (HTTP 403)", "allowed hosts and origins"},
		"not found":                  {healthyHost("/other", respondWith(200)), "/mcp does not exist on " + dns + " (HTTP 404)", "set mcp.path to the path"},
		"a failing server":           {healthyHost("/mcp", respondWith(500)), "/mcp returned HTTP 500", "logs"},
		"no MCP server":              {healthyHost("/mcp", respondWith(200)), "/mcp is not an MCP endpoint: ", "set mcp.path to the path"},
		"neither POST nor a stream":  {healthyHost("/mcp", respondWith(405)), "/mcp returned HTTP 405", ""},
		"a redirect to itself":       {healthyHost("/mcp/", streamable(tools("quote"), nil)), "/mcp redirects to /mcp/ (HTTP 307); many clients do not follow redirects or drop the request body", "set mcp.path to /mcp/, and give clients that path"},
		"a redirect elsewhere":       {healthyHost("/mcp", http.RedirectHandler("https://other.example.com/mcp", http.StatusFound)), "/mcp redirects to https://other.example.com/mcp (HTTP 302)", "configure the server to serve /mcp without a redirect"},
		"no task":                    {respondWith(503, "Server", "awselb/2.0"), "failed  the load balancer returned HTTP 503: it has no registered target\n", "doctor"},
		"a refused connection":       {healthyHost("/mcp", respondWith(502, "Server", "awselb/2.0")), "the load balancer returned HTTP 502: the tasks refuse connections on container.port", "doctor"},
		"no health path":             {http.NotFoundHandler(), "/health returned HTTP 404, expected 200; /mcp does not exist on ", "load_balancer.health_check.path"},
	} {
		t.Run(name, func(t *testing.T) {
			host(t, dns, each.handler)
			want(t, run(t, saturday, file, "smoke"), 1, "eu-west-1  failed  ", each.cause, each.fix)
		})
	}
}

func TestSmokeUsesConfiguredPath(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-path", ", mcp: {path: /v1/quotes/}")
	host(t, dns, healthyHost("/v1/quotes/", streamable(tools("quote"), nil)))
	got := run(t, saturday, file, "smoke", "--json")
	want(t, got, 0)
	if at := smokeJSON(t, got).Regions[0].URL; at != "http://"+dns+"/v1/quotes/" {
		t.Error(at)
	}
}

func TestSmokeUsesHealthCheckMatcher(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-self", `, load_balancer: {health_check: {path: /mcp, matcher: "200,400,405,406"}}`)
	host(t, dns, mcpServer())
	want(t, run(t, saturday, file, "smoke"), 0, "eu-west-1  ok      400 in ", "1: quote")
}

func TestSmokeSupportsSSE(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-sse", ", mcp: {path: /sse}")
	server := tools("quote")
	host(t, dns, healthyHost("/sse", mcp.NewSSEHandler(func(*http.Request) *mcp.Server { return server }, nil)))
	got := run(t, saturday, file, "smoke", "--json")
	want(t, got, 0)
	if document := smokeJSON(t, got).Regions[0].MCP; document.Transport != "HTTP+SSE" || len(document.Tools) != 1 {
		t.Errorf("%+v", document)
	}
}

// TestSmokeAllowsHealthPathToRejectPublicName simulates a server that checks the host name. The load balancer's
// health check does not send the public name.
func TestSmokeAllowsHealthPathToRejectPublicName(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-host", "")
	mux := http.NewServeMux()
	mux.Handle("/health", respondWith(421))
	mux.Handle("/mcp", streamable(tools("quote"), nil))
	host(t, dns, mux)
	want(t, run(t, saturday, file, "smoke"), 0, "eu-west-1  ok      421 in ",
		"eu-west-1: /health returned HTTP 421 for the public host name; the load balancer's health check sends the task's IP address as Host, not this name")
	host(t, dns, respondWith(403))
	want(t, run(t, saturday, file, "smoke"), 1, "eu-west-1  failed  /mcp rejects requests for "+dns, "/health returned HTTP 403 for the public host name")
}

// TestSmokeWithoutHealthPath has a load balancer that only forwards the MCP path.
func TestSmokeWithoutHealthPath(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-paths", ", access: {paths: [/mcp]}")
	mux := http.NewServeMux()
	mux.Handle("/mcp", streamable(tools("quote"), nil))
	host(t, dns, mux)
	want(t, run(t, saturday, file, "smoke"), 0, "eu-west-1  ok      -       quotes 1.2.0 in ", "eu-west-1: /health was not requested, because it is not among access.paths")
}

func TestSmokeTruncatesLongToolList(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-many", "")
	var names []string
	for i := range 31 {
		names = append(names, fmt.Sprintf("tool%02d", i))
	}
	host(t, dns, healthyHost("/mcp", streamable(tools(names...), nil)))
	want(t, run(t, saturday, file, "smoke"), 0, "31: tool00, tool01, tool02, tool03 +27\n")
	got := run(t, saturday, file, "smoke", "--json")
	if all := smokeJSON(t, got).Regions[0].MCP.Tools; len(all) != 31 {
		t.Errorf("%v", all)
	}
}

func TestSmokeOfServerWithoutTools(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-none", "")
	server := mcp.NewServer(&mcp.Implementation{Name: "prompts", Version: "1"}, nil)
	server.AddPrompt(&mcp.Prompt{Name: "greet"}, func(context.Context, *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		return &mcp.GetPromptResult{}, nil
	})
	host(t, dns, healthyHost("/mcp", streamable(server, nil)))
	want(t, run(t, saturday, file, "smoke"), 0, "prompts 1 in ", " 0\n")
}

func TestSmokeReportsServerErrorVerbatim(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-error", "")
	server := tools("quote")
	server.AddReceivingMiddleware(func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, request mcp.Request) (mcp.Result, error) {
			if method == "tools/list" {
				return nil, &jsonrpc.Error{Code: -32000, Message: "the quota is used up"}
			}
			return next(ctx, method, request)
		}
	})
	host(t, dns, healthyHost("/mcp", streamable(server, nil)))
	want(t, run(t, saturday, file, "smoke"), 1, "eu-west-1  failed  /mcp: tools/list failed with JSON-RPC error -32000: the quota is used up")
}

// hangs does not respond until the client disconnects. A server detects that only after it has read the
// request body.
func hangs(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// TestSmokeTimeout simulates servers that hang at each message of the client.
func TestSmokeTimeout(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-late", "")
	quotes := streamable(tools("quote"), nil)
	// hangOn hangs if matches returns true for the request, and otherwise serves it.
	hangOn := func(matches func(method, body string) bool) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := readBody(t, r)
			if matches(r.Method, body) {
				hangs(w, r)
				return
			}
			quotes.ServeHTTP(w, r)
		})
	}
	for name, each := range map[string]struct {
		handler http.Handler
		status  int
		message string
	}{
		"everything":                {http.HandlerFunc(hangs), 1, "/health did not respond within 500ms; /mcp (initialize) did not respond within 500ms"},
		"initialize":                {healthyHost("/mcp", hangOn(func(_, body string) bool { return strings.Contains(body, `"initialize"`) })), 1, "failed  /mcp (initialize) did not respond within 500ms"},
		"notifications/initialized": {healthyHost("/mcp", hangOn(func(_, body string) bool { return strings.Contains(body, "notifications/initialized") })), 1, "failed  /mcp (initialize) did not respond within 500ms"},
		"tools/list":                {healthyHost("/mcp", hangOn(func(_, body string) bool { return strings.Contains(body, "tools/list") })), 1, "failed  /mcp (tools/list) did not respond within 500ms"},
		"everything after tools/list": {healthyHost("/mcp", hangOn(func(method, body string) bool {
			return strings.Contains(body, "tools/list") || strings.Contains(body, "notifications/cancelled") || method == http.MethodDelete
		})), 1, "failed  /mcp (tools/list) did not respond within 500ms"},
		"a body without end": {healthyHost("/mcp", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_ = http.NewResponseController(w).Flush()
			hangs(w, r)
		})), 1, "failed  /mcp (initialize) did not respond within 500ms"},
		"the stream of a server without POST": {healthyHost("/mcp", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				hangs(w, r)
				return
			}
			http.Error(w, "no", http.StatusMethodNotAllowed)
		})), 1, "failed  /mcp returned HTTP 405"},
	} {
		t.Run(name, func(t *testing.T) {
			host(t, dns, each.handler)
			start := time.Now()
			want(t, run(t, saturday, file, "smoke", "--timeout", "500ms"), each.status, each.message)
			if elapsed := time.Since(start); elapsed > 10*time.Second {
				t.Errorf("took %s", elapsed)
			}
		})
	}
}

// TestSmokeDoesNotWaitForOptionalStreams simulates a server that hangs on every request but POST.
func TestSmokeDoesNotWaitForOptionalStreams(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-stream", "")
	quotes := streamable(tools("quote"), nil)
	host(t, dns, healthyHost("/mcp", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			hangs(w, r) // the stream of the server's own messages, and the end of the session
			return
		}
		quotes.ServeHTTP(w, r)
	})))
	start := time.Now()
	want(t, run(t, saturday, file, "smoke", "--timeout", "5m"), 0, "1: quote")
	if elapsed := time.Since(start); elapsed > time.Minute {
		t.Errorf("took %s", elapsed)
	}
}

func TestSmokeOfNewLoadBalancerIsStarting(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("smoke-new", "{}", "  eu-north-1: {network: {cidr: 10.0.0.0/16}, dns: {enabled: true, zone: "+strings.TrimPrefix(unresolvedSuffix, ".")+", name: smoke-new}}\n"))
	seed(t, awsURL(t), file)
	now := time.Now()
	got := run(t, now.Add(2*time.Minute), file, "smoke")
	want(t, got, 1, "eu-north-1                              starting  the load balancer was created ", " ago; smoke-new-dev-eu-north-1-alb-1.eu-north-1.elb.amazonaws.com does not resolve: no such host",
		"smoke-new.eu-north-1.elb.amazonaws.com  starting  ", "wait a few minutes, then try again; a new load balancer takes time to become reachable")
	document := smokeJSON(t, run(t, now.Add(2*time.Minute), file, "smoke", "--json"))
	if document.OK || document.Regions[0].OK || document.Regions[0].Problems[0].Code != "starting" {
		t.Errorf("%+v", document)
	}
	want(t, run(t, now.Add(11*time.Minute), file, "smoke"), 1, "failed", "does not resolve: no such host", "doctor")
}

const token = "s3cret-token.of-the-test"

// bearerOnly requires the token and returns a challenge with resource metadata.
func bearerOnly(handler http.Handler) http.Handler {
	verify := func(_ context.Context, given string, _ *http.Request) (*auth.TokenInfo, error) {
		if given != token {
			return nil, auth.ErrInvalidToken
		}
		return &auth.TokenInfo{Expiration: time.Now().Add(time.Hour)}, nil
	}
	return auth.RequireBearerToken(verify, &auth.RequireBearerTokenOptions{ResourceMetadataURL: "http://quotes.example.com/.well-known/oauth-protected-resource"})(handler)
}

func TestSmokeOfServerThatRequiresTokenIsOK(t *testing.T) {
	t.Parallel()
	file, dns := smokeFleet(t, "smoke-oauth", "")
	host(t, dns, healthyHost("/mcp", bearerOnly(streamable(tools("quote"), nil))))
	want(t, run(t, saturday, file, "smoke"), 0, "eu-west-1  ok      200 in ", "requires a token, see http://quotes.example.com/.well-known/oauth-protected-resource")
	challenge := smokeJSON(t, run(t, saturday, file, "smoke", "--json")).Regions[0].Challenge
	if challenge == nil || challenge.Scheme != "Bearer" || challenge.Metadata != "http://quotes.example.com/.well-known/oauth-protected-resource" {
		t.Errorf("%+v", challenge)
	}
	host(t, dns, healthyHost("/mcp", respondWith(401, "WWW-Authenticate", `Basic realm="quotes"`)))
	want(t, run(t, saturday, file, "smoke"), 0, "requires a token (Basic)")
}

// smokeWith runs smoke with input on standard input and checks that the token is not printed.
func smokeWith(t *testing.T, file, input string, arguments ...string) result {
	t.Helper()
	got := runWith(t, strings.NewReader(input), saturday, file, append([]string{"smoke"}, arguments...)...)
	if strings.Contains(got.out+got.err, "s3cret") {
		t.Errorf("the token was printed:\n%v", got)
	}
	return got
}

func TestSmokeSendsTokenAndNeverPrintsIt(t *testing.T) {
	file, dns := smokeFleet(t, "smoke-token", "")
	host(t, dns, healthyHost("/mcp", bearerOnly(streamable(tools("quote", token), nil))))
	want(t, smokeWith(t, file, token+"\n", "--token-stdin"), 0, "2: quote, (the token)")
	want(t, smokeWith(t, file, "s3cret but wrong"[:6], "--token-stdin"), 1, "/mcp rejects the token (HTTP 401)")
	t.Setenv("MCPFLEET_TOKEN", token)
	want(t, smokeWith(t, file, ""), 0, "2: quote, (the token)")
	want(t, smokeWith(t, file, "", "--json"), 0, "(the token)")
}

func TestSmokeRejectsInvalidToken(t *testing.T) {
	file := fleetFile(t, fleetText("smoke-x", "{}", threeRegions))
	want(t, smokeWith(t, file, "", "--token-stdin"), 2, "--token-stdin: standard input is empty; no request was sent")
	want(t, smokeWith(t, file, "s3cret word\n", "--token-stdin"), 2, "--token-stdin: the token contains a space")
	want(t, smokeWith(t, file, strings.Repeat("s3cret", 3000), "--token-stdin"), 2, "is longer than 16 KiB")
	want(t, smokeWith(t, file, "", token), 2, "smoke takes no arguments")
	t.Setenv("MCPFLEET_TOKEN", "s3cret\r\nX: y")
	want(t, smokeWith(t, file, ""), 2, "MCPFLEET_TOKEN: the token contains a space, a line break")
}

// TestSmokeSendsTokenOnlyToFleet simulates servers that redirect or refer to a host outside the fleet.
func TestSmokeSendsTokenOnlyToFleet(t *testing.T) {
	file, dns := smokeFleet(t, "smoke-leak", "")
	requests := make(chan string, 100)
	host(t, "elsewhere.example.com", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r.Method + " " + r.Header.Get("Authorization")
		http.Error(w, "no", http.StatusTeapot)
	}))
	host(t, dns, healthyHost("/mcp", http.RedirectHandler("http://elsewhere.example.com/mcp", http.StatusTemporaryRedirect)))
	want(t, smokeWith(t, file, token, "--token-stdin"), 1, "/mcp redirects to http://elsewhere.example.com/mcp (HTTP 307)")
	if len(requests) > 0 {
		t.Errorf("the redirect was followed: %s", <-requests)
	}
	host(t, dns, healthyHost("/mcp", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			http.Error(w, "no", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprint(w, "event: endpoint\ndata: http://elsewhere.example.com/messages\n\n")
		_ = http.NewResponseController(w).Flush()
		hangs(w, r)
	})))
	want(t, smokeWith(t, file, token, "--token-stdin", "--timeout", "2s"), 1)
	if got := <-requests; got != "POST " {
		t.Errorf("the other host received %q", got)
	}
}

func TestSmokeHealthCheckHasNoToken(t *testing.T) {
	file, dns := smokeFleet(t, "smoke-health", "")
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			http.Error(w, "no", http.StatusBadRequest)
		}
	})
	mux.Handle("/mcp", bearerOnly(streamable(tools("quote"), nil)))
	host(t, dns, mux)
	want(t, smokeWith(t, file, token, "--token-stdin"), 0, "1: quote")
}

func TestTimeoutMustBePositive(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("smoke-y", "{}", threeRegions))
	for _, timeout := range []string{"0s", "-1s"} {
		want(t, run(t, saturday, file, "smoke", "--timeout", timeout), 2, "--timeout: "+timeout+" is not greater than zero; write 20s")
	}
}

// readBody reads a request's body and restores it.
func readBody(t *testing.T, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "" // the client disconnected
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}
