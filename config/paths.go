package config

import (
	"regexp"
	"slices"
	"strings"
)

// Quotas of listener rules. A rule for each group of paths, and one for all others, leave room for rules that
// Terraform does not manage.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const (
	maxPaths        = 100
	pathsPerRule    = 5
	wildcardsInPath = 1
)

// Forwards reports whether the load balancer forwards requests for a path to the tasks.
func (a Access) Forwards(path string) bool {
	return len(a.Paths) == 0 || slices.ContainsFunc(a.Paths, func(pattern string) bool { return matchesPath(pattern, path) })
}

// PathRules returns the paths grouped into listener rules, of which each can have only a few.
func (a Access) PathRules() [][]string { return slices.Collect(slices.Chunk(a.Paths, pathsPerRule)) }

// matchesPath reports whether a path matches a pattern, in which * matches any characters and ? exactly one.
// The comparison is case-sensitive.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
func matchesPath(pattern, path string) bool {
	expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile(`^` + expression + `$`).MatchString(path)
}
