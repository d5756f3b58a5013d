package config

import (
	"fmt"
	"slices"
	"strings"
)

// checkPaths validates the paths that the load balancer forwards.
func checkPaths(c checker, region *Region) {
	paths := region.Access.Paths
	if !c.isSet("access.paths") || !c.valid("access.paths", "load_balancer.enabled", "mcp.path") {
		return
	}
	switch {
	case !region.LoadBalancer.Enabled:
		c.warn("access.paths", "has no effect, because the region has no load balancer", "remove paths")
		region.Access.Paths = nil
		return
	case len(paths) == 0:
		c.reject("access.paths", "is empty, so no request would reach the tasks", "list the paths to forward, or remove paths to forward all")
		return
	}
	for i, pattern := range paths {
		path := fmt.Sprintf("access.paths[%d]", i)
		switch {
		case slices.Contains(paths[:i], pattern):
			c.reject(path, pattern+" is listed twice", "list each path once")
		case strings.Count(pattern, "*")+strings.Count(pattern, "?") > wildcardsInPath:
			c.reject(path, pattern+" has several wildcards", "use one * or ?, in as many paths as needed")
		case i >= maxPaths:
			c.reject(path, fmt.Sprintf("is path %d, but a load balancer can have rules for %d", i+1, maxPaths), "combine paths with *")
			return
		}
	}
	if c.valid("access.paths") && !region.Access.Forwards(region.MCP.Path) {
		c.reject("access.paths", "does not include mcp.path, "+region.MCP.Path+", so no client could reach the server", "add "+region.MCP.Path)
	}
}
