package orphans

import (
	"maps"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// dependencies maps data sources to another data source that they refer to.
var dependencies = map[string]string{"aws_vpc_security_group_rule": "aws_vpc_security_group_rules"}

// sources return the arguments of the data sources. names are the names to look up, by resource key.
var sources = map[string]func(names, tags map[string]string) map[string]any{
	"aws_lbs":             loadBalancers,
	"aws_vpcs":            byTags,
	"aws_subnets":         byTags,
	"aws_security_groups": byTags,
	"aws_route_tables":    byTags,
	// List the rules of the existing groups, then read each.
	"aws_vpc_security_group_rules": func(_, _ map[string]string) map[string]any {
		return map[string]any{
			"for_each": hcl.Expression(`toset(flatten([for group in data.aws_security_groups.existing : group.ids]))`),
			"filter":   map[string]any{"name": "group-id", "values": []string{itself}},
		}
	},
	"aws_vpc_security_group_rule": func(_, _ map[string]string) map[string]any {
		return map[string]any{
			"for_each":               hcl.Expression(`toset(flatten([for group in data.aws_vpc_security_group_rules.existing : try(tolist(group.ids), [])]))`),
			"security_group_rule_id": itself,
		}
	},
	"aws_cloudwatch_log_groups": func(names, _ map[string]string) map[string]any {
		return map[string]any{"for_each": names, "log_group_name_prefix": itself}
	},
	// The provider lists all roles of the account, so one data source looks up all names.
	"aws_iam_roles": func(names, _ map[string]string) map[string]any {
		return map[string]any{"name_regex": "^(" + strings.Join(slices.Sorted(maps.Values(names)), "|") + ")$"}
	},
	"aws_secretsmanager_secrets": func(names, _ map[string]string) map[string]any {
		return map[string]any{"for_each": names, "filter": map[string]any{"name": "name", "values": []string{itself}}}
	},
	"aws_secretsmanager_secret_versions": func(_, _ map[string]string) map[string]any {
		return map[string]any{"for_each": hcl.Expression(`toset(flatten([for secret in data.aws_secretsmanager_secrets.existing : tolist(secret.arns)]))`), "secret_id": itself}
	},
	"aws_route_table": func(_, _ map[string]string) map[string]any {
		return map[string]any{"for_each": hcl.Expression(`toset(flatten([for table in data.aws_route_tables.existing : table.ids]))`), "route_table_id": itself}
	},
	taggingAPI: taggedResources,
}

func byTags(names, tags map[string]string) map[string]any {
	tags = maps.Clone(tags)
	tags["Name"] = itself
	return map[string]any{"for_each": names, "tags": tags}
}

// loadBalancers fails the plan if several load balancers have the stack's tags, because importing the wrong
// one would be worse.
func loadBalancers(names, tags map[string]string) map[string]any {
	block := byTags(names, tags)
	block["lifecycle"] = map[string]any{"postcondition": map[string]any{
		"condition":     hcl.Expression("length(self.arns) <= 1"),
		"error_message": `Several load balancers carry the tags of ${each.value}: ${join(", ", self.arns)}. Delete the one that is not this stack's, or take its tags away.`,
	}}
	return block
}

func taggedResources(_, tags map[string]string) map[string]any {
	var filters []any
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		filters = append(filters, map[string]any{"key": key, "values": []string{tags[key]}})
	}
	return map[string]any{
		"resource_type_filters": []string{"ec2:internet-gateway", "ecs:cluster", "ecs:service", "elasticloadbalancing:targetgroup", "servicediscovery:namespace", "servicediscovery:service"},
		"tag_filter":            filters,
	}
}
