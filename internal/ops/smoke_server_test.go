package ops

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// mcpHandler is a small MCP server with one tool, over streamable HTTP.
func mcpHandler() http.Handler {
	server := mcp.NewServer(&mcp.Implementation{Name: "quotes", Version: "1.2.0"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "quote"}, func(context.Context, *mcp.CallToolRequest, struct{}) (*mcp.CallToolResult, any, error) {
		return &mcp.CallToolResult{}, nil, nil
	})
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, &mcp.StreamableHTTPOptions{Stateless: true})
}

// status responds to everything with a status and headers, which alternate between name and value.
func status(code int, headers ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for pair := range slices.Chunk(headers, 2) {
			w.Header().Set(pair[0], pair[1])
		}
		w.WriteHeader(code)
	})
}

// hang responds only when the client has gone, which the server notices once it has read the body.
func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// smoke tests a server behind the region's load balancer: its name is the server's address.
func smoke(t *testing.T, health, mcpPath http.Handler, options SmokeOptions) Smoke {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/health", health)
	mux.Handle("/mcp", mcpPath)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	aws := map[string]response{"DescribeLoadBalancers": body(strings.Replace(balancer("active", ""), balancerDNS, address.Hostname(), 1))}
	region := newFakeAWS(t, aws).region(fmt.Sprintf("  load_balancer: {internal: true, port: %s}\n  access: {cidrs: [203.0.113.0/24]}", address.Port()), saturday)
	if options.Timeout == 0 {
		options.Timeout = 10 * time.Second
	}
	return region.Smoke(t.Context(), options)
}

func TestSmokeTalksToAServer(t *testing.T) {
	result := smoke(t, status(http.StatusOK), mcpHandler(), SmokeOptions{})
	if len(result.Problems) > 0 || result.Health == nil || result.Health.Status != http.StatusOK || result.MCP == nil {
		t.Fatalf("got %+v", result)
	}
	if result.MCP.Server != "quotes" || !slices.Equal(result.MCP.Tools, []string{"quote"}) || !strings.HasSuffix(result.URL, "/mcp") {
		t.Errorf("got %+v at %s", result.MCP, result.URL)
	}
}

func TestSmokeSaysWhyAServerDoesNotTalk(t *testing.T) {
	for name, each := range map[string]struct {
		health, mcp http.Handler
		options     SmokeOptions
		want        []Code
		text        string
	}{
		"health check fails":     {status(http.StatusNotFound), mcpHandler(), SmokeOptions{}, []Code{HealthWrong}, "404"},
		"no such path":           {status(http.StatusOK), status(http.StatusNotFound), SmokeOptions{}, []Code{PathUnknown}, "/mcp"},
		"forbidden":              {status(http.StatusOK), status(http.StatusForbidden), SmokeOptions{}, []Code{Forbidden}, "403"},
		"another host":           {status(http.StatusOK), status(http.StatusMisdirectedRequest), SmokeOptions{}, []Code{HostRefused}, "421"},
		"a server error":         {status(http.StatusOK), status(http.StatusInternalServerError), SmokeOptions{}, []Code{ServerError}, "500"},
		"a redirect":             {status(http.StatusOK), status(http.StatusTemporaryRedirect, "Location", "/mcp/"), SmokeOptions{}, []Code{Redirected}, "/mcp/"},
		"no MCP":                 {status(http.StatusOK), status(http.StatusOK, "Content-Type", "text/html"), SmokeOptions{}, []Code{NotMCP}, ""},
		"a token, of which kind": {status(http.StatusOK), status(http.StatusUnauthorized), SmokeOptions{}, []Code{TokenWanted}, "401"},
		"a refused token":        {status(http.StatusOK), status(http.StatusUnauthorized), SmokeOptions{Token: "s3cr3t"}, []Code{TokenRefused}, "401"},
		"no task": {status(http.StatusServiceUnavailable, "Server", "awselb/2.0"), status(http.StatusServiceUnavailable, "Server", "awselb/2.0"),
			SmokeOptions{}, []Code{NoHealthyTarget}, "503"},
		"nothing in time": {status(http.StatusOK), http.HandlerFunc(hang),
			SmokeOptions{Timeout: 300 * time.Millisecond}, []Code{TimedOut}, "300ms; the load balancer is internal, so it can only be reached from the VPC or a connected network; the load balancer only accepts connections from 203.0.113.0/24 (access.cidrs)"},
	} {
		t.Run(name, func(t *testing.T) {
			result := smoke(t, each.health, each.mcp, each.options)
			if !slices.Equal(codes(result.Problems), each.want) || !strings.Contains(result.Problems[0].Message, each.text) {
				t.Fatalf("got %+v", result.Problems)
			}
			if strings.Contains(fmt.Sprint(result), "s3cr3t") {
				t.Errorf("the token is shown: %+v", result)
			}
		})
	}
}

func TestSmokeAcceptsAServerThatAsksForAToken(t *testing.T) {
	const metadata = "https://example.com/.well-known/oauth-protected-resource"
	result := smoke(t, status(http.StatusOK), status(http.StatusUnauthorized, "WWW-Authenticate", `Bearer resource_metadata="`+metadata+`"`), SmokeOptions{})
	if len(result.Problems) > 0 || result.Challenge == nil || *result.Challenge != (Challenge{"Bearer", metadata}) {
		t.Errorf("got %+v", result)
	}
}

// TestTheTokenGoesToTheMCPPathAlone, and not along a redirect to another host.
func TestTheTokenGoesToTheMCPPathAlone(t *testing.T) {
	leaked := func(where string) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				t.Errorf("%s got the token", where)
			}
		})
	}
	other := httptest.NewServer(leaked("another host"))
	t.Cleanup(other.Close)
	redirect := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cr3t" {
			t.Error("the MCP path did not get the token")
		}
		http.Redirect(w, r, other.URL+"/mcp", http.StatusTemporaryRedirect)
	})
	if result := smoke(t, leaked("the health check"), redirect, SmokeOptions{Token: "s3cr3t"}); !slices.Equal(codes(result.Problems), []Code{Redirected}) {
		t.Errorf("got %+v", result.Problems)
	}
}

func TestSmokeSkipsWhatNeedNotAnswer(t *testing.T) {
	for name, each := range map[string]struct {
		settings string
		at       time.Time
	}{
		"asleep":           {weekendMode, tuesday},
		"no load balancer": {"  load_balancer: {enabled: false}", saturday},
	} {
		t.Run(name, func(t *testing.T) {
			result := newFakeAWS(t, nil).region(each.settings, each.at).Smoke(t.Context(), SmokeOptions{Timeout: time.Second})
			if result.Skipped == "" || len(result.Problems) > 0 {
				t.Errorf("got %+v", result)
			}
		})
	}
}
