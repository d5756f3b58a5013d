package ops

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/cdtait/mcpfleet/internal/version"
)

// Transports of MCP, as the protocol calls them.
const (
	streamableHTTP = "streamable HTTP"
	httpWithSSE    = "HTTP+SSE"
)

// probeMCP opens a session and lists the tools. It answers with a challenge where the server is well
// but wants a token that it was not given.
func probeMCP(ctx context.Context, target probed) (*SmokeMCP, *Challenge, *Problem) {
	origin, err := url.Parse(target.base)
	if err != nil {
		return nil, nil, &Problem{NotMCP, err.Error(), Fix{}}
	}
	mail := &courier{ctx: ctx, origin: origin, token: target.options.Token}
	began := time.Now()
	session, transport, err := connect(ctx, target, mail)
	if err != nil {
		return conclude(ctx, target, mail, "initialize", err)
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
			return conclude(ctx, target, mail, "tools/list", err)
		}
		found.Tools = append(found.Tools, target.printable(tool.Name))
	}
	found.Milliseconds = time.Since(began).Milliseconds()
	return found, nil, nil
}

// connect opens a session over streamable HTTP or, where the server takes no such message, over the
// transport of 2024-11-05.
//
// Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#backwards-compatibility
func connect(ctx context.Context, target probed, mail *courier) (*mcp.ClientSession, string, error) {
	client := mcp.NewClient(&mcp.Implementation{Name: "mcpfleet", Version: version.String()}, nil)
	endpoint := target.base + target.path
	session, err := client.Connect(ctx, &mcp.StreamableClientTransport{
		Endpoint: endpoint, HTTPClient: &http.Client{Transport: pushless{mail}, CheckRedirect: stay}, MaxRetries: -1,
	}, nil)
	if err == nil {
		return session, streamableHTTP, nil
	}
	refused, _ := mail.heard()
	if refused == nil || !mayBeOlder[refused.status] {
		return nil, "", err
	}
	session, olderErr := client.Connect(ctx, &mcp.SSEClientTransport{
		Endpoint: endpoint, HTTPClient: &http.Client{Transport: mail, CheckRedirect: stay},
	}, nil)
	if olderErr == nil {
		return session, httpWithSSE, nil
	}
	return nil, "", err
}

// mayBeOlder are what a server of 2024-11-05 answers to a message at the path of its stream.
var mayBeOlder = map[int]bool{http.StatusBadRequest: true, http.StatusNotFound: true, http.StatusMethodNotAllowed: true}

// conclude says why a call failed: by the answer of the server if there was one, by the time that was
// up, by what kept the request from arriving, by JSON-RPC's own word, and only then as no MCP.
func conclude(ctx context.Context, target probed, mail *courier, call string, err error) (*SmokeMCP, *Challenge, *Problem) {
	refused, broken := mail.heard()
	answered, isAnswer := errors.AsType[*jsonrpc.Error](err)
	switch {
	case refused != nil && refused.status == http.StatusUnauthorized && target.options.Token == "" && refused.challenge() != nil:
		return nil, refused.challenge(), nil
	case refused != nil:
		return nil, nil, refused.explain(target)
	case ctx.Err() != nil:
		return nil, nil, target.unanswered(ctx, target.path+" ("+call+")")
	case broken != nil:
		return nil, nil, unreached(broken)
	case isAnswer:
		return nil, nil, &Problem{MCPError, fmt.Sprintf("%s: %s fails with JSON-RPC error %d: %s", target.path, call, answered.Code, target.printable(answered.Message)),
			Fix{Verb: VerbLogs, Arguments: []string{"--since", "1h"}}}
	}
	return nil, nil, &Problem{NotMCP, target.path + " is no MCP server: " + target.printable(err.Error()), advice("write the path where the server answers MCP as mcp.path")}
}
