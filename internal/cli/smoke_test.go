package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/cdtait/mcpfleet/internal/ops"
)

// mcpServer is a small real one.
func mcpServer() http.Handler {
	server := mcp.NewServer(&mcp.Implementation{Name: "quotes", Version: "1.2.0"}, nil)
	type input struct {
		Symbol string `json:"symbol"`
	}
	mcp.AddTool(server, &mcp.Tool{Name: "quote", Description: "The price of a share"},
		func(context.Context, *mcp.CallToolRequest, input) (*mcp.CallToolResult, any, error) {
			return &mcp.CallToolResult{}, nil, nil
		})
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	mux.Handle("/mcp", mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, &mcp.StreamableHTTPOptions{Stateless: true}))
	return mux
}

// refusing is a server that is healthy and answers /mcp with a status.
func refusing(status int) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/mcp", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) })
	return mux
}

func TestSmokeTalksToEveryRegionAndToTheDomain(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("smoke-a", "{}", `  eu-west-1: {network: {cidr: 10.0.0.0/16}, dns: {enabled: true, zone: example.com, name: smoke-a}}
  us-east-1: {network: {cidr: 10.1.0.0/16}, weekend: {enabled: true}}
`))
	made := seed(t, url, file)
	host(t, made["eu-west-1"].LoadBalancerDNS, mcpServer())
	host(t, "smoke-a.example.com", mcpServer())
	got := run(t, tuesday, file, "smoke", "--json")
	want(t, got, 0)
	var results []ops.Smoke
	if err := json.Unmarshal([]byte(got.out), &results); err != nil {
		t.Fatal(err)
	}
	if results[0].MCP == nil || results[0].MCP.Server != "quotes" || len(results[0].MCP.Tools) != 1 || results[0].Health.Status != 200 {
		t.Errorf("%+v", results[0])
	}
	want(t, run(t, tuesday, file, "smoke"), 0, "us-east-1            skipped  asleep, wakes Sat 06:00", "smoke-a.example.com  well", "1: quote")
}

func TestSmokeNamesTheCause(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("smoke-b", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	dns := seed(t, url, file)["eu-west-1"].LoadBalancerDNS
	for status, cause := range map[int]string{
		421: "/health answers, but /mcp refuses the host " + dns + " (HTTP 421): its protection against DNS rebinding does not know the public name",
		401: "wants authorization",
		403: "forbids",
		404: "there is nothing at /mcp",
		500: "/mcp answers HTTP 500",
		200: "/mcp is no MCP server",
	} {
		host(t, dns, refusing(status))
		want(t, run(t, saturday, file, "smoke"), 1, "eu-west-1  failed  ", cause)
	}
	host(t, dns, http.NotFoundHandler())
	want(t, run(t, saturday, file, "smoke"), 1, "/health answers HTTP 404, not 200")
}
