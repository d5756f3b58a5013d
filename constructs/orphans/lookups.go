package orphans

// lookup is how a resource of some type is found in AWS.
type lookup struct {
	// source is the data source that is asked, a key of sources.
	source string
	// found is an HCL expression: a list of what there is. {key} stands for the resource's name in
	// Terraform, {name} for the one in AWS.
	found string
	// id is what Terraform imports, an expression over each.value.
	id string
}

const (
	itself   = "${each.value}"
	lastPart = `${reverse(split("/", each.value))[0]}`
	vpcIDs   = `data.aws_vpcs.existing["main"].ids`
)

// lookups are by the type of the resource. Filters that take the beginning of a name are narrowed to the
// whole of it; an ARN of Secrets Manager adds six characters. Some data sources return null for an empty
// list, hence try. The ids are those that each resource's page names under "Import":
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs
var lookups = map[string]lookup{
	"aws_lb":                            {"aws_lbs", `data.aws_lbs.existing["{key}"].arns`, itself},
	"aws_cloudwatch_log_group":          {"aws_cloudwatch_log_groups", `[for name in data.aws_cloudwatch_log_groups.existing["{key}"].log_group_names : name if name == "{name}"]`, itself},
	"aws_iam_role":                      {"aws_iam_roles", `[for name in data.aws_iam_roles.existing.names : name if name == "{name}"]`, itself},
	"aws_secretsmanager_secret":         {"aws_secretsmanager_secrets", `[for arn in data.aws_secretsmanager_secrets.existing["{key}"].arns : arn if can(regex(":secret:{name}-[0-9A-Za-z]{6}$", arn))]`, itself},
	"aws_secretsmanager_secret_version": {"aws_secretsmanager_secret_versions", `flatten([for secret in data.aws_secretsmanager_secret_versions.existing : try([for version in secret.versions : "${secret.secret_id}|${version.version_id}" if secret.name == "{name}" && contains(version.version_stages, "placeholder")], [])])`, itself},

	"aws_vpc":                             {"aws_vpcs", only("aws_vpcs"), itself},
	"aws_subnet":                          {"aws_subnets", only("aws_subnets"), itself},
	"aws_security_group":                  {"aws_security_groups", only("aws_security_groups"), itself},
	"aws_vpc_security_group_ingress_rule": {"aws_vpc_security_group_rule", rule("!rule.is_egress"), itself},
	"aws_vpc_security_group_egress_rule":  {"aws_vpc_security_group_rule", rule("rule.is_egress"), itself},
	"aws_route_table":                     {"aws_route_tables", only("aws_route_tables"), itself},
	"aws_route":                           {"aws_route_table", `flatten([for table in data.aws_route_table.existing : [for route in table.routes : "${table.route_table_id}_{name}" if contains([route.cidr_block, route.ipv6_cidr_block], "{name}")]])`, itself},
	"aws_route_table_association":         {"aws_route_table", `flatten([for table in data.aws_route_table.existing : [for association in table.associations : "${association.subnet_id}/${table.route_table_id}" if contains(data.aws_subnets.existing["{key}"].ids, association.subnet_id)]])`, itself},

	"aws_internet_gateway":                        {tagged, tags(":internet-gateway/", vpcIDs), lastPart},
	"aws_lb_target_group":                         {tagged, tags(":targetgroup/", `data.aws_security_groups.existing["alb"].ids`), itself},
	"aws_ecs_cluster":                             {tagged, tags(":cluster/", vpcIDs), lastPart},
	"aws_ecs_service":                             {tagged, tags(":ecs:", vpcIDs), `${join("/", slice(split("/", each.value), 1, 3))}`},
	"aws_service_discovery_private_dns_namespace": {tagged, tags(":namespace/", vpcIDs), lastPart + ":${one(" + vpcIDs + ")}"},
	"aws_service_discovery_service":               {tagged, tags(":servicediscovery:", vpcIDs), lastPart},
}

// rule is the rule of a security group that has some direction and {name}, a condition over it. The
// provider gives a rule its tags after it has made it, so that they tell nothing.
func rule(direction string) string {
	return "[for rule in data.aws_vpc_security_group_rule.existing : rule.security_group_rule_id if " + direction + " && {name}]"
}

// only is the one id that a data source has found. Several are ambiguous, and nothing is imported: a
// security group that is being replaced exists twice for a while, and the state knows both.
func only(source string) string {
	ids := "data." + source + `.existing["{key}"].ids`
	return "try(length(" + ids + "), 0) == 1 ? " + ids + " : []"
}

// tagged is the Resource Groups Tagging API, for types of which no data source may find nothing. It can
// list a thing for a while after it was deleted, so whatever it finds counts only while another
// resource exists that is looked up exactly and goes together with it.
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
const tagged = "aws_resourcegroupstaggingapi_resources"

func tags(kind, while string) string {
	return `[for resource in data.` + tagged + `.existing.resource_tag_mapping_list : resource.resource_arn if strcontains(resource.resource_arn, "` + kind +
		`") && lookup(resource.tags, "Name", "") == "{name}" && length(` + while + `) == 1]`
}
