package standin

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
)

const account = "123456789012"

// forceNew are the attributes whose change replaces the resource. Source: ForceNew in the provider's resource
// schemas,
// https://github.com/hashicorp/terraform-provider-aws/tree/v5.99.1/internal/service
var forceNew = map[string]string{
	"aws_vpc":                                            "cidr_block",
	"aws_subnet":                                         "vpc_id cidr_block availability_zone",
	"aws_route_table":                                    "vpc_id",
	"aws_route":                                          "route_table_id destination_cidr_block destination_ipv6_cidr_block",
	"aws_route_table_association":                        "subnet_id",
	"aws_security_group":                                 "name name_prefix description vpc_id",
	"aws_vpc_security_group_ingress_rule":                "security_group_id",
	"aws_vpc_security_group_egress_rule":                 "security_group_id",
	"aws_lb":                                             "name internal load_balancer_type",
	"aws_lb_target_group":                                "name port protocol vpc_id target_type",
	"aws_lb_listener":                                    "load_balancer_arn",
	"aws_ecs_cluster":                                    "name",
	"aws_ecs_cluster_capacity_providers":                 "cluster_name",
	"aws_ecs_service":                                    "name cluster launch_type capacity_provider_strategy",
	"aws_ecs_task_definition":                            "family container_definitions cpu memory network_mode execution_role_arn task_role_arn requires_compatibilities runtime_platform ephemeral_storage volume",
	"aws_efs_file_system":                                "availability_zone_name creation_token encrypted kms_key_id performance_mode",
	"aws_efs_file_system_policy":                         "file_system_id",
	"aws_efs_backup_policy":                              "file_system_id",
	"aws_efs_access_point":                               "file_system_id posix_user root_directory",
	"aws_efs_mount_target":                               "file_system_id ip_address subnet_id",
	"aws_iam_role":                                       "name name_prefix path",
	"aws_iam_role_policy":                                "name role",
	"aws_secretsmanager_secret":                          "name",
	"aws_secretsmanager_secret_version":                  "secret_id secret_string_wo_version",
	"aws_cloudwatch_log_group":                           "name",
	"aws_service_discovery_private_dns_namespace":        "name vpc",
	"aws_service_discovery_service":                      "name health_check_custom_config",
	"aws_route53_record":                                 "zone_id name type set_identifier",
	"aws_appautoscaling_target":                          "resource_id scalable_dimension service_namespace",
	"aws_appautoscaling_policy":                          "name resource_id scalable_dimension service_namespace",
	"aws_appautoscaling_scheduled_action":                "name resource_id scalable_dimension service_namespace",
	"aws_iam_openid_connect_provider":                    "url",
	"aws_iam_policy":                                     "name path description",
	"aws_iam_role_policy_attachment":                     "role policy_arn",
	"aws_s3_bucket":                                      "bucket",
	"aws_s3_bucket_lifecycle_configuration":              "bucket",
	"aws_s3_bucket_ownership_controls":                   "bucket",
	"aws_s3_bucket_public_access_block":                  "bucket",
	"aws_s3_bucket_server_side_encryption_configuration": "bucket",
	"aws_s3_bucket_policy":                               "bucket",
	"aws_s3_bucket_versioning":                           "bucket",
	"aws_api_gateway_deployment":                         "rest_api_id triggers",
	"aws_api_gateway_stage":                              "rest_api_id stage_name",
	"aws_api_gateway_method_settings":                    "rest_api_id stage_name method_path",
	"aws_api_gateway_domain_name":                        "domain_name",
	"aws_route53_health_check":                           "type",
	"aws_flow_log":                                       "deliver_cross_account_role eni_id iam_role_arn log_destination log_destination_type log_format log_group_name max_aggregation_interval subnet_id traffic_type transit_gateway_attachment_id transit_gateway_id vpc_id",
	"aws_acm_certificate":                                "domain_name subject_alternative_names validation_method key_algorithm certificate_authority_arn",
	"aws_acm_certificate_validation":                     "certificate_arn validation_record_fqdns",
	"aws_eip":                                            "domain public_ipv4_pool network_border_group address customer_owned_ipv4_pool ipam_pool_id",
	"aws_nat_gateway":                                    "allocation_id connectivity_type private_ip subnet_id",
	"aws_vpc_endpoint":                                   "vpc_id service_name vpc_endpoint_type service_region",
	"aws_lb_listener_rule":                               "listener_arn",
	"aws_wafv2_web_acl":                                  "name name_prefix scope",
	"aws_cloudwatch_metric_alarm":                        "alarm_name",
	"aws_cloudwatch_dashboard":                           "dashboard_name",
	"aws_cloudwatch_event_rule":                          "name name_prefix event_bus_name",
	"aws_cloudwatch_event_target":                        "rule event_bus_name target_id",
	"aws_sns_topic":                                      "name name_prefix fifo_topic",
	"aws_sns_topic_policy":                               "arn",
	"aws_sns_topic_subscription":                         "topic_arn protocol endpoint",
	"aws_kms_key":                                        "customer_master_key_spec key_usage multi_region xks_key_id custom_key_store_id",
	"aws_budgets_budget":                                 "account_id name name_prefix",
	"aws_wafv2_web_acl_association":                      "resource_arn web_acl_arn",
	"aws_codebuild_project":                              "name",
	"aws_scheduler_schedule":                             "group_name name name_prefix",
	"aws_scheduler_schedule_group":                       "name name_prefix",
	"aws_sqs_queue":                                      "fifo_queue name name_prefix",
	"aws_lambda_function":                                "function_name package_type",
	"aws_lambda_permission":                              "action function_name principal source_account source_arn statement_id statement_id_prefix",
	"aws_lb_target_group_attachment":                     "availability_zone port target_group_arn target_id",
	"aws_ssm_parameter":                                  "name",
}

// optionalComputed are the optional arguments that the provider computes if they are not set, in addition to
// id and tags_all.
var optionalComputed = map[string]string{
	"aws_vpc":                   "ipv6_cidr_block",
	"aws_security_group":        "name",
	"aws_ecs_service":           "launch_type triggers",
	"aws_appautoscaling_target": "role_arn",
	"aws_iam_role":              "path",

	"aws_cloudwatch_metric_alarm": "evaluate_low_sample_count_percentiles",
	"aws_cloudwatch_event_target": "target_id",
	"aws_budgets_budget":          "name time_period_start",
	"aws_lambda_permission":       "statement_id statement_id_prefix",
	"aws_ssm_parameter":           "arn",
	"aws_efs_file_system":         "availability_zone_name creation_token encrypted kms_key_id performance_mode",
	"aws_efs_mount_target":        "ip_address security_groups",
}

func listed(table map[string]string, kind, name string) bool {
	for _, each := range strings.Fields(table[kind]) {
		if each == name {
			return true
		}
	}
	return false
}

// exports are templates for the computed attributes that others refer to. {…} stands for another attribute,
// or for the region, the account, or unique hex digits.
var exports = map[string]map[string]string{
	"aws_vpc":                             {"id": "vpc-{hex}", "arn": "arn:aws:ec2:{region}:{account}:vpc/{id}", "ipv6_cidr_block": "2001:db8::/56"},
	"aws_internet_gateway":                {"id": "igw-{hex}", "arn": "arn:aws:ec2:{region}:{account}:internet-gateway/{id}"},
	"aws_subnet":                          {"id": "subnet-{hex}", "arn": "arn:aws:ec2:{region}:{account}:subnet/{id}"},
	"aws_route_table":                     {"id": "rtb-{hex}", "arn": "arn:aws:ec2:{region}:{account}:route-table/{id}"},
	"aws_route":                           {"id": "r-{route_table_id}{destination_cidr_block}{destination_ipv6_cidr_block}"},
	"aws_route_table_association":         {"id": "rtbassoc-{hex}"},
	"aws_eip":                             {"id": "eipalloc-{hex}", "allocation_id": "{id}", "arn": "arn:aws:ec2:{region}:{account}:elastic-ip/{id}", "public_ip": "198.51.100.1"},
	"aws_nat_gateway":                     {"id": "nat-{hex}"},
	"aws_vpc_endpoint":                    {"id": "vpce-{hex}", "arn": "arn:aws:ec2:{region}:{account}:vpc-endpoint/{id}"},
	"aws_security_group":                  {"id": "sg-{hex}", "name": "{name_prefix}{hex}", "arn": "arn:aws:ec2:{region}:{account}:security-group/{id}"},
	"aws_vpc_security_group_ingress_rule": {"id": "sgr-{hex}", "security_group_rule_id": "{id}", "arn": "arn:aws:ec2:{region}:{account}:security-group-rule/{id}"},
	"aws_vpc_security_group_egress_rule":  {"id": "sgr-{hex}", "security_group_rule_id": "{id}", "arn": "arn:aws:ec2:{region}:{account}:security-group-rule/{id}"},
	"aws_lb": {
		"id": "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{hex}", "arn": "{id}", "arn_suffix": "app/{name}/{hex}",
		"dns_name": "{name}-{hex}.{region}.elb.amazonaws.com", "zone_id": "Z{hex}",
	},
	"aws_lb_target_group":                         {"id": "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex}", "arn": "{id}", "arn_suffix": "targetgroup/{name}/{hex}"},
	"aws_lb_listener":                             {"id": "arn:aws:elasticloadbalancing:{region}:{account}:listener/app/{hex}", "arn": "{id}"},
	"aws_ecs_cluster":                             {"id": "arn:aws:ecs:{region}:{account}:cluster/{name}", "arn": "{id}"},
	"aws_ecs_cluster_capacity_providers":          {"id": "{cluster_name}"},
	"aws_ecs_service":                             {"id": "arn:aws:ecs:{region}:{account}:service/{name}", "arn": "{id}"},
	"aws_ecs_task_definition":                     {"id": "{family}", "arn": "arn:aws:ecs:{region}:{account}:task-definition/{family}:{hex}", "arn_without_revision": "arn:aws:ecs:{region}:{account}:task-definition/{family}"},
	"aws_efs_file_system":                         {"id": "fs-{hex}", "arn": "arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}"},
	"aws_efs_file_system_policy":                  {"id": "{file_system_id}"},
	"aws_efs_backup_policy":                       {"id": "{file_system_id}"},
	"aws_efs_access_point":                        {"id": "fsap-{hex}", "arn": "arn:aws:elasticfilesystem:{region}:{account}:access-point/{id}"},
	"aws_efs_mount_target":                        {"id": "fsmt-{hex}"},
	"aws_iam_role":                                {"id": "{name}", "arn": "arn:aws:iam::{account}:role{path}{name}", "path": "/", "unique_id": "AROA{hex}"},
	"aws_iam_role_policy":                         {"id": "{role}:{name}"},
	"aws_secretsmanager_secret":                   {"id": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{hex}", "arn": "{id}"},
	"aws_secretsmanager_secret_version":           {"id": "{secret_id}|{hex}", "arn": "{secret_id}", "version_id": "{hex}"},
	"aws_cloudwatch_log_group":                    {"id": "{name}", "arn": "arn:aws:logs:{region}:{account}:log-group:{name}"},
	"aws_service_discovery_private_dns_namespace": {"id": "ns-{hex}", "arn": "arn:aws:servicediscovery:{region}:{account}:namespace/{id}", "hosted_zone": "Z{hex}"},
	"aws_service_discovery_service":               {"id": "srv-{hex}", "arn": "arn:aws:servicediscovery:{region}:{account}:service/{id}"},
	"aws_route53_record":                          {"id": "{zone_id}_{name}_{type}_{set_identifier}", "fqdn": "{name}"},
	"aws_appautoscaling_target":                   {"id": "{resource_id}", "arn": "arn:aws:application-autoscaling:{region}:{account}:scalable-target/{hex}", "role_arn": "arn:aws:iam::{account}:role/aws-service-role/ecs"},
	"aws_appautoscaling_policy":                   {"id": "{resource_id}/{name}", "arn": "arn:aws:autoscaling:{region}:{account}:scalingPolicy:{hex}:policyName/{name}"},
	"aws_appautoscaling_scheduled_action":         {"id": "{resource_id}-{name}", "arn": "arn:aws:autoscaling:{region}:{account}:scheduledAction:{name}"},
	"data.aws_caller_identity":                    {"id": "{account}", "account_id": "{account}", "arn": "arn:aws:iam::{account}:user/stand-in", "user_id": "AIDA{hex}"},
	// Every subnet is in the VPC of the examples, and in a zone of its own.
	"data.aws_vpc":          {"cidr_block": "10.0.0.0/16", "enable_dns_support": "true", "enable_dns_hostnames": "true"},
	"data.aws_subnet":       {"vpc_id": "vpc-0123456789abcdef0", "availability_zone": "{region}{id}"},
	"data.aws_route53_zone": {"id": "Z{hex}", "zone_id": "Z{hex}", "arn": "arn:aws:route53:::hostedzone/Z{hex}"},

	"aws_iam_openid_connect_provider":                    {"id": "arn:aws:iam::{account}:oidc-provider/{url}", "arn": "{id}"},
	"aws_iam_policy":                                     {"id": "arn:aws:iam::{account}:policy{path}{name}", "arn": "{id}"},
	"aws_iam_role_policy_attachment":                     {"id": "{role}-{policy_arn}"},
	"aws_s3_bucket":                                      {"id": "{bucket}", "arn": "arn:aws:s3:::{bucket}"},
	"aws_s3_bucket_lifecycle_configuration":              {"id": "{bucket}"},
	"aws_s3_bucket_ownership_controls":                   {"id": "{bucket}"},
	"aws_s3_bucket_policy":                               {"id": "{bucket}"},
	"aws_s3_bucket_public_access_block":                  {"id": "{bucket}"},
	"aws_s3_bucket_server_side_encryption_configuration": {"id": "{bucket}"},
	"aws_s3_bucket_versioning":                           {"id": "{bucket}"},

	"aws_api_gateway_rest_api":    {"id": "{hex}", "arn": "arn:aws:apigateway:{region}::/restapis/{id}"},
	"aws_api_gateway_deployment":  {"id": "{hex}"},
	"aws_api_gateway_stage":       {"id": "ags-{rest_api_id}-{stage_name}", "arn": "arn:aws:apigateway:{region}::/restapis/{rest_api_id}/stages/{stage_name}"},
	"aws_api_gateway_domain_name": {"id": "{domain_name}", "regional_domain_name": "d-{hex}.execute-api.{region}.amazonaws.com", "regional_zone_id": "Z{hex}"},
	"aws_route53_health_check":    {"id": "{hex}", "arn": "arn:aws:route53:::healthcheck/{id}"},

	"aws_flow_log":                   {"id": "fl-{hex}", "arn": "arn:aws:ec2:{region}:{account}:vpc-flow-log/{id}", "log_format": "default"},
	"aws_acm_certificate":            {"id": "arn:aws:acm:{region}:{account}:certificate/{hex}", "arn": "{id}", "status": "ISSUED", "type": "AMAZON_ISSUED"},
	"aws_acm_certificate_validation": {"id": "{hex}"},
	"aws_lb_listener_rule":           {"id": "arn:aws:elasticloadbalancing:{region}:{account}:listener-rule/app/{hex}", "arn": "{id}"},
	"aws_wafv2_web_acl":              {"id": "{hex}", "arn": "arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{id}"},
	"aws_wafv2_web_acl_association":  {"id": "{web_acl_arn},{resource_arn}"},

	"aws_cloudwatch_metric_alarm":    {"id": "{alarm_name}", "arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{alarm_name}"},
	"aws_cloudwatch_dashboard":       {"id": "{dashboard_name}", "dashboard_arn": "arn:aws:cloudwatch::{account}:dashboard/{dashboard_name}"},
	"aws_cloudwatch_event_rule":      {"id": "{name}", "arn": "arn:aws:events:{region}:{account}:rule/{name}"},
	"aws_cloudwatch_event_target":    {"id": "{rule}-{hex}", "target_id": "terraform-{hex}"},
	"aws_sns_topic":                  {"id": "arn:aws:sns:{region}:{account}:{name}", "arn": "{id}", "owner": "{account}"},
	"aws_sns_topic_policy":           {"id": "{arn}", "owner": "{account}"},
	"aws_sns_topic_subscription":     {"id": "{topic_arn}:{hex}", "arn": "{id}", "owner_id": "{account}"},
	"aws_kms_key":                    {"id": "{hex}", "key_id": "{id}", "arn": "arn:aws:kms:{region}:{account}:key/{id}"},
	"aws_codebuild_project":          {"id": "arn:aws:codebuild:{region}:{account}:project/{name}", "arn": "{id}"},
	"aws_scheduler_schedule":         {"id": "{group_name}/{name}", "arn": "arn:aws:scheduler:{region}:{account}:schedule/{id}"},
	"aws_scheduler_schedule_group":   {"id": "{name}", "arn": "arn:aws:scheduler:{region}:{account}:schedule-group/{name}"},
	"aws_sqs_queue":                  {"id": "https://sqs.{region}.amazonaws.com/{account}/{name}", "url": "{id}", "arn": "arn:aws:sqs:{region}:{account}:{name}"},
	"aws_lambda_function":            {"id": "{function_name}", "arn": "arn:aws:lambda:{region}:{account}:function:{function_name}"},
	"aws_lambda_permission":          {"id": "{statement_id_prefix}{hex}", "statement_id": "{id}"},
	"aws_lb_target_group_attachment": {"id": "{target_group_arn}-{hex}"},
	"aws_ssm_parameter":              {"id": "{name}", "arn": "arn:aws:ssm:{region}:{account}:parameter/{name}"},
	"aws_budgets_budget":             {"id": "{account}:{name_prefix}{hex}", "name": "{name_prefix}{hex}", "arn": "arn:aws:budgets::{account}:budget/{name}"},
}

// objectLists return the computed lists of objects that others refer to. All others are empty.
var objectLists = map[string]func(object) []map[string]string{
	"aws_acm_certificate.domain_validation_options": validationOptions,
}

// validationOptions returns the records that validate the domains of a certificate.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func validationOptions(certificate object) (options []map[string]string) {
	domains := map[string]bool{certificate.text("domain_name"): true}
	names, _ := plain(certificate["subject_alternative_names"]).([]any)
	for _, name := range names {
		domains[name.(string)] = true
	}
	for domain := range domains {
		record := strings.TrimPrefix(domain, "*.")
		options = append(options, map[string]string{
			"domain_name":           domain,
			"resource_record_name":  "_" + digits(record) + "." + record + ".",
			"resource_record_type":  "CNAME",
			"resource_record_value": "_" + digits(record, "value") + ".acm-validations.aws.",
		})
	}
	return options
}

// untyped are the blocks that the bindings do not describe, because they can contain themselves, by interface
// and name. They have what the stacks use.
// https://registry.terraform.io/providers/hashicorp/aws/5.99.1/docs/resources/wafv2_web_acl#statement-block
var untyped = map[string]Block{
	"Wafv2WebAclRule.statement": block("statement", Schema{Blocks: []Block{
		block("managed_rule_group_statement", Schema{
			Attributes: []Attribute{required("name", "string"), required("vendor_name", "string"), optional("version", "string")},
			Blocks: []Block{{Name: "rule_action_override", Nesting: "list", Schema: Schema{
				Attributes: []Attribute{required("name", "string")},
				Blocks: []Block{block("action_to_use", Schema{Blocks: []Block{
					block("allow", Schema{}), block("block", Schema{}), block("captcha", Schema{}), block("challenge", Schema{}), block("count", Schema{}),
				}})},
			}}},
		}),
		block("rate_based_statement", Schema{
			Attributes: []Attribute{required("limit", "number"), optional("aggregate_key_type", "string"), optional("evaluation_window_sec", "number")},
		}),
	}}),
}

// block returns a block that may exist once.
func block(name string, schema Schema) Block {
	return Block{Name: name, Nesting: "list", One: true, Schema: schema}
}

func required(name, kind string) Attribute { return Attribute{Name: name, Type: kind, Required: true} }
func optional(name, kind string) Attribute { return Attribute{Name: name, Type: kind, Optional: true} }

// export returns the value of a computed attribute. ok is false if there is no template for it.
func export(kind, attribute string, with func(string) string) (value string, ok bool) {
	template, ok := exports[kind][attribute]
	for {
		before, rest, found := strings.Cut(template, "{")
		if !found {
			return template, ok
		}
		name, after, _ := strings.Cut(rest, "}")
		inner := with(name)
		if inner == "" {
			inner, _ = export(kind, name, with)
		}
		template = before + inner + after
	}
}

// digits returns 17 hex digits: a hash of the keys, for data sources that must return the same each time, or
// random digits without keys.
func digits(keys ...string) string {
	if len(keys) == 0 {
		keys = []string{rand.Text()}
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(keys, " "))))[:17]
}
