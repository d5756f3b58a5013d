package orphans

// lookup is how to find resources of a type in AWS.
type lookup struct {
	// source is the data source to use, a key of sources.
	source string
	// found is an HCL expression that returns a list of matches. {key} is replaced by Resource.key, {name} by
	// Resource.Name, and {related} by the IDs of what exists as long as the stack.
	found string
	// id is an HCL expression for the import ID, in terms of each.value. {vpc} is replaced by the VPC's ID.
	id string
}

const (
	itself   = "${each.value}"
	lastPart = `${reverse(split("/", each.value))[0]}`
	// vpcIDs are the IDs of the stack's VPC, and taskGroups those of its tasks' security group.
	vpcIDs     = `data.aws_vpcs.existing["main"].ids`
	taskGroups = `data.aws_security_groups.existing["ecs_tasks"].ids`
	// flowLogGroups are the names of the flow log's log group, which is created before and destroyed after it.
	flowLogGroups = `[for name in data.aws_cloudwatch_log_groups.existing["flow_logs"].log_group_names : name if endswith(name, "/{name}")]`
	// fileSystemGroups are the IDs of the mount targets' security group, which is created before the file system and
	// destroyed after it.
	fileSystemGroups = `data.aws_security_groups.existing["efs"].ids`
	// mountTargetID is the ID of the mount target that a network interface belongs to, from its description.
	// https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
	mountTargetID = `regex("fsmt-[0-9a-f]+", interface.description)`
	// loadBalancers are the ARNs of the stack's load balancers, at most one.
	loadBalancers = `data.aws_lbs.existing["main"].arns`
)

// lookups are the lookups by resource type. Some data sources filter by name prefix, so the expressions
// compare the full name; Secrets Manager appends six characters to the name in an ARN. Some data sources
// return null instead of an empty list, hence try. For import IDs see the section "Import" of each resource's
// page:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs
var lookups = map[string]lookup{
	"aws_lb":                            {"aws_lbs", `data.aws_lbs.existing["{key}"].arns`, itself},
	"aws_cloudwatch_log_group":          {"aws_cloudwatch_log_groups", `[for name in data.aws_cloudwatch_log_groups.existing["{key}"].log_group_names : name if name == "{name}"]`, itself},
	"aws_iam_role":                      {"aws_iam_roles", `[for name in data.aws_iam_roles.existing.names : name if name == "{name}"]`, itself},
	"aws_lambda_function":               {"aws_lambda_functions", `[for name in data.aws_lambda_functions.existing.function_names : name if name == "{name}"]`, itself},
	"aws_secretsmanager_secret":         {"aws_secretsmanager_secrets", `[for arn in data.aws_secretsmanager_secrets.existing["{key}"].arns : arn if can(regex(":secret:{name}-[0-9A-Za-z]{6}$", arn))]`, itself},
	"aws_secretsmanager_secret_version": {"aws_secretsmanager_secret_versions", `flatten([for secret in data.aws_secretsmanager_secret_versions.existing : try([for version in secret.versions : "${secret.secret_id}|${version.version_id}" if secret.name == "{name}" && contains(version.version_stages, "placeholder")], [])])`, itself},

	"aws_vpc":                             {"aws_vpcs", only("aws_vpcs"), itself},
	"aws_subnet":                          {"aws_subnets", only("aws_subnets"), itself},
	"aws_security_group":                  {"aws_security_groups", only("aws_security_groups"), itself},
	"aws_vpc_security_group_ingress_rule": {"aws_vpc_security_group_rule", rule("!rule.is_egress"), itself},
	"aws_vpc_security_group_egress_rule":  {"aws_vpc_security_group_rule", rule("rule.is_egress"), itself},
	"aws_route_table":                     {"aws_route_tables", only("aws_route_tables"), itself},
	"aws_route":                           {"aws_route_table", `flatten([for table in data.aws_route_table.existing : [for route in table.routes : "${table.route_table_id}_{name}" if contains([route.cidr_block, route.ipv6_cidr_block], "{name}")]{if table}])`, itself},
	"aws_route_table_association":         {"aws_route_table", `flatten([for table in data.aws_route_table.existing : [for association in table.associations : "${association.subnet_id}/${table.route_table_id}" if contains(data.aws_subnets.existing["{key}"].ids, association.subnet_id)]])`, itself},

	"aws_eip":          {"aws_eips", `try(length(data.aws_eips.existing["{key}"].allocation_ids), 0) == 1 ? data.aws_eips.existing["{key}"].allocation_ids : []`, itself},
	"aws_nat_gateway":  {"aws_nat_gateways", only("aws_nat_gateways"), itself},
	"aws_vpc_endpoint": {taggedEndpoints, `[for resource in data.` + taggedEndpoints + `["{key}"].resource_tag_mapping_list : split("/", resource.resource_arn)[1] if length(concat(` + ofEndpoint(endpointInterfaces) + `, ` + ofEndpoint(endpointTables) + `)) > 0]`, itself},

	"aws_efs_file_system":  {taggingAPI, tagged(":file-system/", fileSystemGroups), lastPart},
	"aws_efs_access_point": {accessPoint, `try(one([for point in data.` + accessPoint + ` : point.id if lookup(point.tags, "Name", "") == "{name}"]), null)[*]`, itself},
	"aws_efs_mount_target": {mountTarget, `[for interface in data.` + mountTarget + ` : interface.availability_zone if can(` + mountTargetID + `) && {name}]`, `${one([for interface in data.` + mountTarget + ` : ` + mountTargetID + ` if interface.availability_zone == each.value])}`},

	"aws_flow_log":                                {taggingAPI, tagged(":vpc-flow-log/", flowLogGroups), lastPart},
	"aws_internet_gateway":                        {taggingAPI, tagged(":internet-gateway/", "{related}"), lastPart},
	"aws_lb_target_group":                         {taggingAPI, tagged(":targetgroup/", `data.aws_security_groups.existing["alb"].ids`), itself},
	"aws_lb_listener_rule":                        {taggingAPI, ofLoadBalancer(tagged(":listener-rule/", loadBalancers)), itself},
	"aws_wafv2_web_acl":                           {taggingAPI, tagged(":regional/webacl/", "{related}"), `${split("/", each.value)[3]}/${split("/", each.value)[2]}/REGIONAL`},
	"aws_s3_bucket":                               {taggingAPI, tagged(":s3:", "{related}"), `${split(":::", each.value)[1]}`},
	"aws_ecs_cluster":                             {taggingAPI, tagged(":cluster/", "{related}"), lastPart},
	"aws_ecs_service":                             {taggingAPI, tagged(":ecs:", "{related}"), `${join("/", slice(split("/", each.value), 1, 3))}`},
	"aws_service_discovery_private_dns_namespace": {taggingAPI, tagged(":namespace/", "{related}"), lastPart + ":{vpc}"},
	"aws_service_discovery_service":               {taggingAPI, tagged(":servicediscovery:", "{related}"), lastPart},
}

// ofEndpoint returns the IDs that a data source found for an endpoint.
func ofEndpoint(source string) string {
	return "try([for id in data." + source + `[split("/", resource.resource_arn)[1]].ids : id], [])`
}

// rule finds a security group rule by direction and by {name}, a condition. Rules cannot be found by tags,
// because the provider only adds them after it has created the rule.
func rule(direction string) string {
	return "[for rule in data.aws_vpc_security_group_rule.existing : rule.security_group_rule_id if " + direction + " && {name}]"
}

// only returns the ID that a data source found, if there is exactly one. More than one is ambiguous: a
// security group exists twice while it is being replaced, and the state has both.
func only(source string) string {
	ids := "data." + source + `.existing["{key}"].ids`
	return "try(length(" + ids + "), 0) == 1 ? " + ids + " : []"
}

// taggingAPI finds resources whose own data source fails if there are none. The Resource Groups Tagging API
// still lists resources for a while after they were deleted, so a match only counts while a related resource
// exists, which is looked up by its own data source.
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
const taggingAPI = "aws_resourcegroupstaggingapi_resources"

// tagFilters are the types that the tagging API returns, if they differ from taggedTypes.
var tagFilters = map[string]string{
	"aws_efs_file_system":  "elasticfilesystem:file-system",
	"aws_flow_log":         "ec2:vpc-flow-log",
	"aws_lb_listener_rule": "elasticloadbalancing",
	"aws_wafv2_web_acl":    "wafv2",
	"aws_s3_bucket":        "s3",
}

// ofLoadBalancer restricts listener rules to those of the stack's load balancer. Those of one that was destroyed
// are gone.
func ofLoadBalancer(found string) string {
	return "[for rule in " + found + " : rule if anytrue([for arn in " + loadBalancers + ` : startswith(rule, replace(arn, ":loadbalancer/", ":listener-rule/"))])]`
}

func tagged(kind, related string) string {
	return `[for resource in data.` + taggingAPI + `.existing.resource_tag_mapping_list : resource.resource_arn if strcontains(resource.resource_arn, "` + kind +
		`") && lookup(resource.tags, "Name", "") == "{name}" && length(` + related + `) == 1]`
}
