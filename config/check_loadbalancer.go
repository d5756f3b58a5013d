package config

import (
	"fmt"
	"net/http"
	"strings"
)

func checkLoadBalancer(c checker, region *Region) {
	lb := region.LoadBalancer
	if c.sound("load_balancer.port", "load_balancer.enabled") && lb.Enabled && lb.Port == 443 {
		c.warn("load_balancer.port", "443 is where clients expect TLS, but the listener speaks HTTP, so they fail", "write 80")
	}
	check := lb.HealthCheck
	// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
	if c.sound("load_balancer.health_check.timeout", "load_balancer.health_check.interval") && check.Timeout >= check.Interval {
		c.refuse("load_balancer.health_check.timeout",
			fmt.Sprintf("%d seconds is not shorter than the interval of %d", check.Timeout, check.Interval),
			"write a timeout below interval")
	}
	if c.sound("load_balancer.health_check", "mcp.path") {
		checkHealthPath(c, region)
	}
}

// checkHealthPath warns of a health check that asks an MCP server as no client does. The load
// balancer sends a GET without an Accept of its own, and a server has to refuse what does not accept
// an event stream (406 of the Python and TypeScript SDKs, 400 of Go's), or every GET where it has no
// stream to offer (405).
//
// Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
func checkHealthPath(c checker, region *Region) {
	check := region.LoadBalancer.HealthCheck
	path, _, _ := strings.Cut(check.Path, "?")
	if !region.LoadBalancer.Enabled || path != region.MCP.Path || check.Accepts(http.StatusNotAcceptable) {
		return
	}
	c.warn("load_balancer.health_check.path",
		fmt.Sprintf("%s is where the server answers MCP, and there a plain GET is answered with 406, 405 or 400, not with %s", path, check.Matcher),
		`name a path that answers it with 200, such as /health, or write matcher: "200,400,405,406"`)
}
