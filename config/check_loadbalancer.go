package config

import (
	"fmt"
	"net/http"
	"strings"
)

func checkLoadBalancer(c checker, region *Region) {
	lb := region.LoadBalancer
	if c.valid("load_balancer.port", "load_balancer.enabled") && lb.Enabled && lb.Port == 443 {
		c.warn("load_balancer.port", "clients expect TLS on port 443, but the listener speaks HTTP, so they cannot connect", "use 80")
	}
	check := lb.HealthCheck
	// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
	if c.valid("load_balancer.health_check.timeout", "load_balancer.health_check.interval") && check.Timeout >= check.Interval {
		c.reject("load_balancer.health_check.timeout",
			fmt.Sprintf("%d seconds is not shorter than the interval of %d", check.Timeout, check.Interval),
			"use a timeout shorter than interval")
	}
	if c.valid("load_balancer.health_check", "mcp.path") {
		checkHealthPath(c, region)
	}
}

// checkHealthPath warns if the health check requests the MCP endpoint, which rejects it. The load
// balancer's GET does not accept an event stream, so the server responds with 406 (Python and TypeScript
// SDKs) or 400 (Go SDK), or with 405 if it offers no stream at all.
//
// Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
func checkHealthPath(c checker, region *Region) {
	check := region.LoadBalancer.HealthCheck
	path, _, _ := strings.Cut(check.Path, "?")
	if !region.LoadBalancer.Enabled || path != region.MCP.Path || check.Accepts(http.StatusNotAcceptable) {
		return
	}
	c.warn("load_balancer.health_check.path",
		fmt.Sprintf("%s is the MCP endpoint, which responds to a plain GET with 406, 405 or 400, not with %s", path, check.Matcher),
		`use a path that responds with 200, such as /health, or set matcher: "200,400,405,406"`)
}
