package orphans

import (
	"maps"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// dependencies maps data sources to other data sources that they, or what they find, refer to.
var dependencies = map[string][]string{
	"aws_vpc_security_group_rule": {"aws_vpc_security_group_rules"},
	taggedEndpoints:               {endpointInterfaces, endpointTables},
	accessPoint:                   {accessPoints},
	mountTarget:                   {mountTargets},
}

// The data sources of what belongs to a file system. Access points that were deleted are still listed for a while by the
// tagging API, and mount targets have no tags. Each mount target has a network interface.
const (
	accessPoint  = "aws_efs_access_point.existing"
	accessPoints = "aws_efs_access_points.existing"
	mountTarget  = "aws_network_interface.mount_targets"
	mountTargets = "aws_network_interfaces.mount_targets"
)

// The data sources of VPC endpoints. Endpoints that were deleted are still listed for a while by the tagging API, but
// they have no network interfaces, and no routes lead to them.
const (
	taggedEndpoints    = taggingAPI + ".endpoints"
	endpointInterfaces = "aws_network_interfaces.endpoints"
	endpointTables     = "aws_route_tables.endpoints"
)

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
	"aws_eips":            byTags,
	// EC2 lists NAT gateways for an hour after they were deleted.
	// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
	"aws_nat_gateways": func(q query) map[string]any {
		block := byTags(q)
		block["filter"] = map[string]any{"name": "state", "values": []string{"pending", "available"}}
		return block
	},
	taggedEndpoints: func(q query) map[string]any {
		block := byTags(q)
		return map[string]any{"for_each": block["for_each"], "resource_type_filters": []string{"ec2:vpc-endpoint"}, "tag_filter": tagFilter(block["tags"].(map[string]string))}
	},
	// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
	endpointInterfaces: ofEndpoints("description", "VPC Endpoint Interface "+itself),
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
	endpointTables: ofEndpoints("route.gateway-id", itself),
	accessPoints: func(query) map[string]any {
		return map[string]any{
			"for_each":       hcl.Expression(`toset([for resource in data.` + taggingAPI + `.existing.resource_tag_mapping_list : split("/", resource.resource_arn)[1] if strcontains(resource.resource_arn, ":file-system/") && length(` + fileSystemGroups + `) == 1])`),
			"file_system_id": itself,
		}
	},
	accessPoint: func(query) map[string]any {
		return map[string]any{
			"for_each":        hcl.Expression(`toset(flatten([for points in data.` + accessPoints + ` : try([for id in points.ids : id], [])]))`),
			"access_point_id": itself,
		}
	},
	mountTargets: func(query) map[string]any {
		return map[string]any{
			"for_each": hcl.Expression(`toset(` + fileSystemGroups + `)`),
			"filter":   map[string]any{"name": "group-id", "values": []string{itself}},
		}
	},
	mountTarget: func(query) map[string]any {
		return map[string]any{
			"for_each": hcl.Expression(`toset(flatten([for interfaces in data.` + mountTargets + ` : try([for id in interfaces.ids : id], [])]))`),
			"id":       itself,
		}
	},
	// List the rules of the existing groups, then read each. A group without rules has null instead of a list, over
	// which a for expression fails.
	"aws_vpc_security_group_rules": func(query) map[string]any {
		return map[string]any{
			"for_each": hcl.Expression(`toset(flatten([for group in data.aws_security_groups.existing : group.ids]))`),
			"filter":   map[string]any{"name": "group-id", "values": []string{itself}},
		}
	},
	"aws_vpc_security_group_rule": func(query) map[string]any {
		return map[string]any{
			"for_each":               hcl.Expression(`toset(flatten([for group in data.aws_vpc_security_group_rules.existing : try([for id in group.ids : id], [])]))`),
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
	// So are all functions of the region.
	"aws_lambda_functions": func(query) map[string]any { return map[string]any{} },
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
	block["lifecycle"] = map[string]any{"postcondition": hcl.Condition("length(self.arns) <= 1",
		`Several load balancers carry the tags of ${each.value}: ${join(", ", self.arns)}. Delete the one that is not this stack's, or take its tags away.`)}
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
	return map[string]any{"resource_type_filters": types, "tag_filter": tagFilter(q.tags)}
}

func tagFilter(tags map[string]string) (filters []any) {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		filters = append(filters, map[string]any{"key": key, "values": []string{tags[key]}})
	}
	return filters
}

// ofEndpoints looks up what belongs to each endpoint that the tagging API lists.
func ofEndpoints(filter, value string) func(query) map[string]any {
	return func(query) map[string]any {
		return map[string]any{
			"for_each": hcl.Expression(`toset(flatten([for endpoint in data.` + taggedEndpoints + ` : [for resource in endpoint.resource_tag_mapping_list : split("/", resource.resource_arn)[1]]]))`),
			"filter":   map[string]any{"name": filter, "values": []string{value}},
		}
	}
}
