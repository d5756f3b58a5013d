package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// MCP servers read their HTTP settings from environment variables. The names end alike:
// FASTMCP_STATELESS_HTTP and FASTMCP_TRANSPORT (FastMCP), STATELESS and TRANSPORT, MCP_STATELESS_HTTP and
// MCP_TRANSPORT, and the same behind a product name (CB_MCP_STATELESS_HTTP).
//
// Sources: https://gofastmcp.com/more/settings,
// https://docs.spring.io/spring-ai/reference/api/mcp/mcp-stateless-server-boot-starter-docs.html
var (
	statelessVariable = regexp.MustCompile(`^([A-Z0-9_]+_)?STATELESS(_HTTP|_MODE)?$`)
	transportVariable = regexp.MustCompile(`^([A-Z0-9_]+_)?TRANSPORT(_TYPE|_MODE)?$`)
)

// springProtocol is the environment variable for Spring's property spring.ai.mcp.server.protocol.
const springProtocol = "SPRING_AI_MCP_SERVER_PROTOCOL"

// truthy lists the values that servers read as true. It is pydantic's list, which FastMCP uses.
//
// Source: https://docs.pydantic.dev/latest/api/standard_library_types/#booleans
var truthy = []string{"1", "t", "true", "y", "yes", "on"}

// checkSessions warns if clients would lose their session on every second request: the SDKs keep sessions
// in the memory of one task unless they are configured to be stateless. It does not warn if stickiness is
// enabled, although that helps only clients that keep cookies: the documentation of the key says so.
//
// Sources: https://github.com/modelcontextprotocol/python-sdk (stateless_http is False by default),
// https://github.com/punkpeye/mcp-remote/issues/168 (two tasks behind an ALB, and a client without cookies)
func checkSessions(c checker, region *Region) {
	tasks := region.Service.TaskRange()
	if tasks.Max < 2 || !region.LoadBalancer.Enabled || region.LoadBalancer.Stickiness.Enabled {
		return
	}
	if !c.valid("container.environment", "service.desired_count", "service.autoscaling", "load_balancer.enabled", "load_balancer.stickiness") {
		return
	}
	const (
		oneTask           = `or run one task; load_balancer.stickiness helps only clients that keep cookies, and most MCP clients do not`
		statefulMessage   = "the server keeps sessions but runs as %s without stickiness, so a client loses its session whenever another task gets its request"
		undeclaredMessage = "does not declare the server stateless; if it keeps sessions, running %s without stickiness loses them whenever another task gets a request"
		statefulAdvice    = `set %s: "true", ` + oneTask
		undeclaredAdvice  = `set the variable that makes your server stateless, such as FASTMCP_STATELESS_HTTP: "true", or STATELESS: "true" if it keeps no sessions, ` + oneTask
	)
	environment := region.Container.Environment
	variable, stateless := statelessSetting(environment)
	switch {
	case stateless:
	case variable != "":
		c.warn("container.environment."+variable, fmt.Sprintf(statefulMessage, tasks.Describe()), fmt.Sprintf(statefulAdvice, variable))
	default:
		c.warn(transportPath(environment), fmt.Sprintf(undeclaredMessage, tasks.Describe()), undeclaredAdvice)
	}
}

// statelessSetting returns the variable that configures whether the server is stateless, and its value. If
// two variables disagree, the stateless one wins, to avoid a false warning.
func statelessSetting(environment map[string]string) (variable string, stateless bool) {
	if strings.EqualFold(environment[springProtocol], "STATELESS") {
		return springProtocol, true
	}
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		if !statelessVariable.MatchString(name) {
			continue
		}
		if slices.Contains(truthy, strings.ToLower(environment[name])) {
			return name, true
		}
		variable = name
	}
	return variable, false
}

// transportPath returns the path for a warning about an environment that sets no such variable: the
// transport if it is set, because the transport keeps the sessions, otherwise the environment.
func transportPath(environment map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		if transportVariable.MatchString(name) {
			return "container.environment." + name
		}
	}
	return "container.environment"
}
