package ops

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/cdtait/mcpfleet/internal/version"
)

// MCP transports, as the protocol names them.
const (
	streamableHTTP = "streamable HTTP"
	httpWithSSE    = "HTTP+SSE"
)

// probeMCP opens a session and lists the tools. It returns a challenge if the server works but requires a
// token and none was given.
func probeMCP(ctx context.Context, target smokeTarget) (*SmokeMCP, *Challenge, *Problem) {
	recorder := &recordingTransport{ctx: ctx, transport: target.transport, token: target.options.Token}
	began := time.Now()
	session, transport, err := connect(ctx, target, recorder)
	if err != nil {
		return explainFailure(ctx, target, recorder, "initialize", err)
	}
	defer func() { _ = session.Close() }()
	found := &SmokeMCP{Transport: transport, Tools: []string{}}
	if about := session.InitializeResult(); about != nil {
		found.Protocol = target.printable(about.ProtocolVersion)
		if about.ServerInfo != nil {
			found.Server, found.Version = target.printable(about.ServerInfo.Name), target.printable(about.ServerInfo.Version)
		}
		if about.Capabilities == nil || about.Capabilities.Tools == nil {
			found.Milliseconds = time.Since(began).Milliseconds()
			return found, nil, nil // resources or prompts only
		}
	}
	for tool, err := range session.Tools(ctx, nil) {
		if err != nil {
			return explainFailure(ctx, target, recorder, "tools/list", err)
		}
		found.Tools = append(found.Tools, target.printable(tool.Name))
	}
	found.Milliseconds = time.Since(began).Milliseconds()
	return found, nil, nil
}

// connect opens a session over streamable HTTP, or over the transport of 2024-11-05 if the server rejects the
// former.
//
// Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#backwards-compatibility
func connect(ctx context.Context, target smokeTarget, recorder *recordingTransport) (*mcp.ClientSession, string, error) {
	client := mcp.NewClient(&mcp.Implementation{Name: "mcpfleet", Version: version.String()}, nil)
	endpoint := target.base + target.path
	session, err := client.Connect(ctx, &mcp.StreamableClientTransport{
		Endpoint: endpoint, HTTPClient: &http.Client{Transport: withoutEventStream{recorder}, CheckRedirect: noRedirect}, MaxRetries: -1,
	}, nil)
	if err == nil {
		return session, streamableHTTP, nil
	}
	rejected, _ := recorder.lastFailure()
	if rejected == nil || !legacyStatuses[rejected.status] {
		return nil, "", err
	}
	session, legacyErr := client.Connect(ctx, &mcp.SSEClientTransport{
		Endpoint: endpoint, HTTPClient: &http.Client{Transport: recorder, CheckRedirect: noRedirect},
	}, nil)
	if legacyErr == nil {
		return session, httpWithSSE, nil
	}
	return nil, "", err
}

// legacyStatuses are the responses of a 2024-11-05 server to a POST to its stream's path.
var legacyStatuses = map[int]bool{http.StatusBadRequest: true, http.StatusNotFound: true, http.StatusMethodNotAllowed: true}

// explainFailure explains why a call failed. It considers, in this order: an HTTP error response, a timeout,
// a connection failure, a JSON-RPC error, and a server that does not speak MCP.
func explainFailure(ctx context.Context, target smokeTarget, recorder *recordingTransport, call string, err error) (*SmokeMCP, *Challenge, *Problem) {
	rejected, broken := recorder.lastFailure()
	rpcError, isRPCError := errors.AsType[*jsonrpc.Error](err)
	switch {
	case rejected != nil && rejected.status == http.StatusUnauthorized && target.options.Token == "" && rejected.challenge() != nil:
		return nil, rejected.challenge(), nil
	case rejected != nil:
		return nil, nil, rejected.explain(target)
	case ctx.Err() != nil:
		return nil, nil, target.interruptedOrTimedOut(ctx, target.path+" ("+call+")")
	case broken != nil:
		return nil, nil, target.unreachable(broken)
	case isRPCError:
		return nil, nil, &Problem{MCPError, fmt.Sprintf("%s: %s failed with JSON-RPC error %d: %s", target.path, call, rpcError.Code, target.printable(rpcError.Message)),
			Fix{Verb: VerbLogs, Arguments: []string{"--since", "1h"}}}
	}
	return nil, nil, &Problem{NotMCP, target.path + " is not an MCP endpoint: " + target.printable(err.Error()), advice("set mcp.path to the path of the server's MCP endpoint")}
}
