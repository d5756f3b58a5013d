package config

import (
	"strings"
	"testing"
)

func TestServersThatLoseTheirSessionsAreWarnedOf(t *testing.T) {
	const (
		told    = ": a server that keeps sessions runs as 2 tasks without stickiness"
		nothing = ": does not say that the server is stateless; unless it is, it runs as 2 tasks without stickiness"
		at      = "defaults.container.environment"
	)
	for name, each := range map[string]struct{ text, want string }{
		"nothing is said":           {minimal, "regions.yaml:4:14: " + at + nothing},
		"FastMCP over HTTP":         {inContainer("environment: {TRANSPORT: http}"), at + ".TRANSPORT" + nothing},
		"streamable HTTP":           {inContainer("environment: {TRANSPORT: streamable-http}"), at + ".TRANSPORT" + nothing},
		"a legacy server":           {inContainer("environment: {MCP_TRANSPORT: sse}"), at + ".MCP_TRANSPORT" + nothing},
		"FastMCP's own setting":     {inContainer("environment: {FASTMCP_TRANSPORT: http}"), at + ".FASTMCP_TRANSPORT" + nothing},
		"other variables":           {inContainer("environment: {LOG_LEVEL: debug}"), at + nothing},
		"STATELESS is false":        {inContainer(`environment: {STATELESS: "false"}`), at + ".STATELESS" + told},
		"STATELESS is empty":        {inContainer(`environment: {STATELESS: ""}`), at + ".STATELESS" + told},
		"FastMCP is not stateless":  {inContainer(`environment: {FASTMCP_STATELESS_HTTP: "0", TRANSPORT: http}`), at + ".FASTMCP_STATELESS_HTTP" + told},
		"a product's own name":      {inContainer(`environment: {CB_MCP_STATELESS_HTTP: "no"}`), at + ".CB_MCP_STATELESS_HTTP" + told},
		"Spring that keeps them":    {inContainer("environment: {SPRING_AI_MCP_SERVER_PROTOCOL: STREAMABLE}"), at + nothing},
		"a word within another":     {inContainer(`environment: {STATELESSNESS: "true"}`), at + nothing},
		"a region of its own count": {strings.Replace(inContainer(`environment: {A: "1"}`), "10.0.0.0/16}", "10.0.0.0/16}, service: {desired_count: 3}", 1), "runs as 3 tasks without stickiness"},
	} {
		t.Run(name, func(t *testing.T) {
			_, warnings := fleetOf(t, each.text)
			if len(warnings) != 1 || !strings.Contains(warnings.Error(), each.want) {
				t.Fatalf("want one warning with %q, got\n%v", each.want, warnings)
			}
			if advice := warnings[0].Advice; !strings.Contains(advice, "or desired_count: 1; load_balancer.stickiness helps only clients that keep cookies") {
				t.Errorf("the advice is %q", advice)
			}
		})
	}
}

func TestServersThatKeepTheirSessionsAreNotWarnedOf(t *testing.T) {
	kept := inContainer("environment: {TRANSPORT: http}")
	in := func(region string) string {
		return strings.Replace(kept, "10.0.0.0/16}", "10.0.0.0/16}, "+region, 1)
	}
	for name, text := range map[string]string{
		"STATELESS":              inContainer(`environment: {STATELESS: "true", TRANSPORT: streamable-http}`),
		"STATELESS, another way": inContainer("environment: {STATELESS: On}"),
		"FastMCP":                inContainer(`environment: {FASTMCP_STATELESS_HTTP: "1", FASTMCP_TRANSPORT: http}`),
		"a mode":                 inContainer(`environment: {QUILT_MCP_STATELESS_MODE: "true"}`),
		"another's name for it":  inContainer(`environment: {HINDSIGHT_API_MCP_STATELESS: "true"}`),
		"two that disagree":      inContainer(`environment: {STATELESS: "true", A_STATELESS: "false"}`),
		"Spring":                 inContainer("environment: {SPRING_AI_MCP_SERVER_PROTOCOL: STATELESS}"),
		"one task":               in("service: {desired_count: 1}"),
		"no task":                in("service: {desired_count: 0}"),
		"stickiness":             in("load_balancer: {stickiness: {enabled: true}}"),
		"no load balancer":       in("load_balancer: {enabled: false}"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, warnings := fleetOf(t, text); len(warnings) != 0 {
				t.Errorf("warnings:\n%v", warnings)
			}
		})
	}
}

func TestWarningsOfSessionsAreSaidOnce(t *testing.T) {
	_, warnings := fleetOf(t, minimal+"  us-east-1: {network: {cidr: 10.1.0.0/16}}\n")
	if len(warnings) != 1 {
		t.Errorf("got\n%v", warnings)
	}
}
