package config

import (
	"strings"
	"testing"
)

func TestWarnsOfServersThatLoseSessions(t *testing.T) {
	const (
		stateful   = ": the server keeps sessions but runs as 2 tasks without stickiness"
		undeclared = ": does not declare the server stateless; if it keeps sessions, running 2 tasks without stickiness"
		at         = "defaults.container.environment"
	)
	for name, each := range map[string]struct{ text, want string }{
		"no environment":             {minimal, "regions.yaml:4:14: " + at + undeclared},
		"FastMCP over HTTP":          {inContainer("environment: {TRANSPORT: http}"), at + ".TRANSPORT" + undeclared},
		"streamable HTTP":            {inContainer("environment: {TRANSPORT: streamable-http}"), at + ".TRANSPORT" + undeclared},
		"legacy SSE server":          {inContainer("environment: {MCP_TRANSPORT: sse}"), at + ".MCP_TRANSPORT" + undeclared},
		"FastMCP's own setting":      {inContainer("environment: {FASTMCP_TRANSPORT: http}"), at + ".FASTMCP_TRANSPORT" + undeclared},
		"other variables":            {inContainer("environment: {LOG_LEVEL: debug}"), at + undeclared},
		"STATELESS is false":         {inContainer(`environment: {STATELESS: "false"}`), at + ".STATELESS" + stateful},
		"STATELESS is empty":         {inContainer(`environment: {STATELESS: ""}`), at + ".STATELESS" + stateful},
		"FastMCP is not stateless":   {inContainer(`environment: {FASTMCP_STATELESS_HTTP: "0", TRANSPORT: http}`), at + ".FASTMCP_STATELESS_HTTP" + stateful},
		"product name":               {inContainer(`environment: {CB_MCP_STATELESS_HTTP: "no"}`), at + ".CB_MCP_STATELESS_HTTP" + stateful},
		"Spring with sessions":       {inContainer("environment: {SPRING_AI_MCP_SERVER_PROTOCOL: STREAMABLE}"), at + undeclared},
		"part of another word":       {inContainer(`environment: {STATELESSNESS: "true"}`), at + undeclared},
		"count overridden in region": {strings.Replace(inContainer(`environment: {A: "1"}`), "10.0.0.0/16}", "10.0.0.0/16}, service: {desired_count: 3}", 1), "running 3 tasks without stickiness"},
	} {
		t.Run(name, func(t *testing.T) {
			_, warnings := mustParse(t, each.text)
			if len(warnings) != 1 || !strings.Contains(warnings.Error(), each.want) {
				t.Fatalf("want one warning with %q, got\n%v", each.want, warnings)
			}
			if advice := warnings[0].Advice; !strings.Contains(advice, "or run one task; load_balancer.stickiness helps only clients that keep cookies") {
				t.Errorf("the advice is %q", advice)
			}
		})
	}
}

func TestDoesNotWarnIfSessionsAreSafe(t *testing.T) {
	stateful := inContainer("environment: {TRANSPORT: http}")
	in := func(region string) string {
		return strings.Replace(stateful, "10.0.0.0/16}", "10.0.0.0/16}, "+region, 1)
	}
	for name, text := range map[string]string{
		"STATELESS":              inContainer(`environment: {STATELESS: "true", TRANSPORT: streamable-http}`),
		"STATELESS is On":        inContainer("environment: {STATELESS: On}"),
		"FastMCP":                inContainer(`environment: {FASTMCP_STATELESS_HTTP: "1", FASTMCP_TRANSPORT: http}`),
		"STATELESS_MODE":         inContainer(`environment: {QUILT_MCP_STATELESS_MODE: "true"}`),
		"product name":           inContainer(`environment: {HINDSIGHT_API_MCP_STATELESS: "true"}`),
		"two variables disagree": inContainer(`environment: {STATELESS: "true", A_STATELESS: "false"}`),
		"Spring":                 inContainer("environment: {SPRING_AI_MCP_SERVER_PROTOCOL: STATELESS}"),
		"one task":               in("service: {desired_count: 1}"),
		"no tasks":               in("service: {desired_count: 0}"),
		"stickiness":             in("load_balancer: {stickiness: {enabled: true}}"),
		"no load balancer":       in("load_balancer: {enabled: false}"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, warnings := mustParse(t, text); len(warnings) != 0 {
				t.Errorf("warnings:\n%v", warnings)
			}
		})
	}
}

func TestSessionWarningIsReportedOnce(t *testing.T) {
	_, warnings := mustParse(t, minimal+"  us-east-1: {network: {cidr: 10.1.0.0/16}}\n")
	if len(warnings) != 1 {
		t.Errorf("got\n%v", warnings)
	}
}
