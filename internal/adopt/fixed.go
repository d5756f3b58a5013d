package adopt

import (
	"slices"
	"strings"
)

// fixed are the arguments that have one value in a stack: AWS cannot change them in place, or changing them would change
// what clients see. A state without a value has the first.
//
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs
var fixed = map[string]map[string][]string{
	"aws_vpc": {
		"instance_tenancy": {"default"}, "enable_dns_support": {"true"}, "enable_dns_hostnames": {"true"}, "ipv6_cidr_block": {""},
	},
	"aws_lb": {
		"load_balancer_type": {"application"}, "ip_address_type": {"ipv4"}, "access_logs.enabled": {"false"}, "connection_logs.enabled": {"false"},
		"enable_http2": {"true"}, "client_keep_alive": {"3600"}, "preserve_host_header": {"false"}, "xff_header_processing_mode": {"append"},
		"desync_mitigation_mode": {"defensive"}, "enable_waf_fail_open": {"false"}, "enable_xff_client_port": {"false"},
		"enable_tls_version_and_cipher_suite_headers": {"false"}, "enable_zonal_shift": {"false"},
	},
	"aws_lb_target_group": {
		"target_type": {"ip"}, "protocol": {"HTTP"}, "protocol_version": {"HTTP1"}, "ip_address_type": {"ipv4"},
		"load_balancing_algorithm_type": {"round_robin"}, "slow_start": {"0"},
		"health_check.enabled": {"true"}, "health_check.protocol": {"HTTP"}, "health_check.port": {"traffic-port"},
		"stickiness.type": {"lb_cookie"},
	},
	"aws_lb_listener": {"protocol": {"HTTP"}, "default_action.type": {"forward"}},
	"aws_ecs_service": {
		"launch_type": {"FARGATE"}, "scheduling_strategy": {"REPLICA"}, "deployment_controller.type": {"ECS"}, "platform_version": {"", "LATEST"},
		"enable_execute_command": {"false"}, "alarms.enable": {"false"}, "network_configuration.assign_public_ip": {"true"},
	},
	"aws_ecs_task_definition": {
		"network_mode": {"awsvpc"}, "runtime_platform.operating_system_family": {"", "LINUX"}, "ipc_mode": {""}, "pid_mode": {""},
	},
	"aws_route53_record":            {"health_check_id": {""}},
	"aws_iam_role":                  {"path": {"/"}, "permissions_boundary": {""}},
	"aws_cloudwatch_log_group":      {"log_group_class": {"STANDARD"}},
	"aws_service_discovery_service": {"dns_config.routing_policy": {"MULTIVALUE"}, "dns_config.dns_records.type": {"A"}},
}

// none are the blocks that no resource of a stack has.
var none = map[string][]string{
	"aws_ecs_service":               {"service_connect_configuration", "volume_configuration", "placement_constraints", "ordered_placement_strategy", "capacity_provider_strategy", "vpc_lattice_configurations"},
	"aws_ecs_task_definition":       {"volume", "proxy_configuration", "placement_constraints", "inference_accelerator"},
	"aws_service_discovery_service": {"health_check_config"},
	"aws_lb":                        {"minimum_load_balancer_capacity", "ipam_pools"},
	"aws_lb_listener":               {"mutual_authentication"},
	"aws_secretsmanager_secret":     {"replica"},
}

// checkFixed adds a problem for each argument that a stack would change, but must not.
func (r *reader) checkFixed(of instance) {
	for _, path := range sortedKeys(fixed[of.kind]) {
		is, values := of.at(path), fixed[of.kind][path]
		if is != "" && !slices.Contains(values, is) {
			r.fail(of, "%s is %s, but %s in a stack", path, is, orNone(values[0]))
		}
	}
	for _, block := range none[of.kind] {
		if len(of.blocks(block)) > 0 {
			r.fail(of, "has %s, which adopt cannot map", block)
		}
	}
}

// at returns an attribute of the first block of each name before the last, as text.
func (a attributes) at(path string) string {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		a = a.block(name)
	}
	return a.text(names[len(names)-1])
}
