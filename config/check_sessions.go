package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Servers read how to serve from variables of their own. What these have in common is the last word:
// FASTMCP_STATELESS_HTTP and FASTMCP_TRANSPORT of FastMCP, STATELESS and TRANSPORT, MCP_STATELESS_HTTP
// and MCP_TRANSPORT, and the same behind a product's name (CB_MCP_STATELESS_HTTP).
//
// Sources: https://gofastmcp.com/more/settings,
// https://docs.spring.io/spring-ai/reference/api/mcp/mcp-stateless-server-boot-starter-docs.html
var (
	statelessVariable = regexp.MustCompile(`^([A-Z0-9_]+_)?STATELESS(_HTTP|_MODE)?$`)
	transportVariable = regexp.MustCompile(`^([A-Z0-9_]+_)?TRANSPORT(_TYPE|_MODE)?$`)
)

// springProtocol is spring.ai.mcp.server.protocol, as the environment spells it.
const springProtocol = "SPRING_AI_MCP_SERVER_PROTOCOL"

// yes are what servers read as true: pydantic, which FastMCP reads its settings with, takes them all.
//
// Source: https://docs.pydantic.dev/latest/api/standard_library_types/#booleans
var yes = []string{"1", "t", "true", "y", "yes", "on"}

// checkSessions warns of a server whose clients would lose their session at every second request: the
// SDKs keep sessions in the memory of one task unless they are told to be stateless. Stickiness is
// taken as an answer, although it is one only for clients that keep cookies: who has turned it on has
// read so.
//
// Sources: https://github.com/modelcontextprotocol/python-sdk (stateless_http is False by default),
// https://github.com/punkpeye/mcp-remote/issues/168 (two tasks behind an ALB, and a client without cookies)
func checkSessions(c checker, region *Region) {
	if region.Service.DesiredCount < 2 || !region.LoadBalancer.Enabled || region.LoadBalancer.Stickiness.Enabled {
		return
	}
	if !c.sound("container.environment", "service.desired_count", "load_balancer.enabled", "load_balancer.stickiness") {
		return
	}
	const (
		atOnce     = `or desired_count: 1; load_balancer.stickiness helps only clients that keep cookies, and most MCP clients do not`
		toldSo     = "a server that keeps sessions runs as %d tasks without stickiness, and clients lose theirs with every request that another task gets"
		notToldSo  = "does not say that the server is stateless; unless it is, it runs as %d tasks without stickiness, and clients lose their sessions with every request that another task gets"
		writeTrue  = `write %s: "true", ` + atOnce
		writeWhich = `write the variable by which your server is told, such as FASTMCP_STATELESS_HTTP: "true", or STATELESS: "true" where it keeps none anyway; ` + atOnce
	)
	environment := region.Container.Environment
	told, stateless := toldStateless(environment)
	switch {
	case stateless:
	case told != "":
		c.warn("container.environment."+told, fmt.Sprintf(toldSo, region.Service.DesiredCount), fmt.Sprintf(writeTrue, told))
	default:
		c.warn(sayingNothing(environment), fmt.Sprintf(notToldSo, region.Service.DesiredCount), writeWhich)
	}
}

// toldStateless is the variable that says whether the server is stateless, and what it says. Where
// two disagree, the one that says so wins: a warning should not cry wolf.
func toldStateless(environment map[string]string) (variable string, stateless bool) {
	if strings.EqualFold(environment[springProtocol], "STATELESS") {
		return springProtocol, true
	}
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		if !statelessVariable.MatchString(name) {
			continue
		}
		if slices.Contains(yes, strings.ToLower(environment[name])) {
			return name, true
		}
		variable = name
	}
	return variable, false
}

// sayingNothing is where to point at in an environment that does not say: at the transport, where it
// is named, as that is what keeps sessions.
func sayingNothing(environment map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		if transportVariable.MatchString(name) {
			return "container.environment." + name
		}
	}
	return "container.environment"
}
