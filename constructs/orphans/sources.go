package orphans

import (
	"maps"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// dependencies maps data sources to another data source that they refer to.
var dependencies = map[string]string{"aws_vpc_security_group_rule": "aws_vpc_security_group_rules"}

// query is what a data source looks up.
type query struct {
	// names are the names to look up, by resource key.
	names map[string]string
	// kinds are the types of these resources.
	kinds map[string]bool
	// tags are the tags of all resources of the stack.
	tags map[string]string
}

// sources return the arguments of the data sources.
var sources = map[string]func(query) map[string]any{
	"aws_lbs":             oneLoadBalancer,
	"aws_vpcs":            byTags,
	"aws_subnets":         byTags,
	"aws_security_groups": byTags,
	"aws_route_tables":    byTags,
	// List the rules of the existing groups, then read each.
	"aws_vpc_security_group_rules": func(query) map[string]any {
		return map[string]any{
			"for_each": hcl.Expression(`toset(flatten([for group in data.aws_security_groups.existing : group.ids]))`),
			"filter":   map[string]any{"name": "group-id", "values": []string{itself}},
		}
	},
	"aws_vpc_security_group_rule": func(query) map[string]any {
		return map[string]any{
			"for_each":               hcl.Expression(`toset(flatten([for group in data.aws_vpc_security_group_rules.existing : try(tolist(group.ids), [])]))`),
			"security_group_rule_id": itself,
		}
	},
	"aws_cloudwatch_log_groups": func(q query) map[string]any {
		return map[string]any{"for_each": q.names, "log_group_name_prefix": itself}
	},
	// The provider lists all roles of the account, so one data source looks up all names.
	"aws_iam_roles": func(q query) map[string]any {
		return map[string]any{"name_regex": "^(" + strings.Join(slices.Sorted(maps.Values(q.names)), "|") + ")$"}
	},
	"aws_secretsmanager_secrets": func(q query) map[string]any {
		return map[string]any{"for_each": q.names, "filter": map[string]any{"name": "name", "values": []string{itself}}}
	},
	"aws_secretsmanager_secret_versions": func(query) map[string]any {
		return map[string]any{"for_each": hcl.Expression(`toset(flatten([for secret in data.aws_secretsmanager_secrets.existing : tolist(secret.arns)]))`), "secret_id": itself}
	},
	"aws_route_table": func(query) map[string]any {
		return map[string]any{"for_each": hcl.Expression(`toset(flatten([for table in data.aws_route_tables.existing : table.ids]))`), "route_table_id": itself}
	},
	taggingAPI: taggedResources,
}

func byTags(q query) map[string]any {
	tags := maps.Clone(q.tags)
	tags["Name"] = itself
	return map[string]any{"for_each": q.names, "tags": tags}
}

// oneLoadBalancer fails the plan if several load balancers have the stack's tags, because importing the wrong
// one would be worse.
func oneLoadBalancer(q query) map[string]any {
	block := byTags(q)
	block["lifecycle"] = map[string]any{"postcondition": map[string]any{
		"condition":     hcl.Expression("length(self.arns) <= 1"),
		"error_message": `Several load balancers carry the tags of ${each.value}: ${join(", ", self.arns)}. Delete the one that is not this stack's, or take its tags away.`,
	}}
	return block
}

// taggedTypes are the types that every stack looks up with the tagging API.
var taggedTypes = []string{"ec2:internet-gateway", "ecs:cluster", "ecs:service", "elasticloadbalancing:targetgroup", "servicediscovery:namespace", "servicediscovery:service"}

func taggedResources(q query) map[string]any {
	types := taggedTypes
	for _, kind := range slices.Sorted(maps.Keys(q.kinds)) {
		if filter := tagFilters[kind]; filter != "" {
			types = append(slices.Clip(types), filter)
		}
	}
	var filters []any
	for _, key := range slices.Sorted(maps.Keys(q.tags)) {
		filters = append(filters, map[string]any{"key": key, "values": []string{q.tags[key]}})
	}
	return map[string]any{"resource_type_filters": types, "tag_filter": filters}
}
