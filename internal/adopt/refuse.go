package adopt

import (
	"slices"
	"strings"
)

// refuse adds a problem for what would cut traffic, widen access or take permissions away if it were left out: references
// of the service, the tasks and the rules to what is not in the state.
func (r *reader) refuse() {
	r.refuseService()
	r.refuseRules()
	r.refuseRoutes()
	r.refuseRoles()
	for _, service := range r.byKind["aws_service_discovery_service"] {
		if len(service.blocks("health_check_custom_config")) != 1 || len(service.block("dns_config").blocks("dns_records")) != 1 {
			r.fail(service, "has other health checks or records than that of a stack, which cannot be changed in place")
		}
	}
}

// has reports whether a resource of a type has an attribute with a value.
func (r *reader) has(kind, attribute, value string) bool {
	return slices.ContainsFunc(r.byKind[kind], func(each instance) bool { return each.text(attribute) == value })
}

func (r *reader) refuseService() {
	balancers := r.service.blocks("load_balancer")
	if len(balancers) > 1 || len(balancers) != len(r.byKind["aws_lb"]) {
		r.fail(r.service, "has %d target groups, and the state %d load balancers; a region has one of each, or none", len(balancers), len(r.byKind["aws_lb"]))
	}
	for _, each := range balancers {
		if !r.has("aws_lb_target_group", "arn", each.text("target_group_arn")) {
			r.fail(r.service, "its target group %s is not in the state", each.text("target_group_arn"))
		}
	}
	registries := r.service.blocks("service_registries")
	if len(registries) != len(r.byKind["aws_service_discovery_service"]) || len(registries) != len(r.byKind["aws_service_discovery_private_dns_namespace"]) {
		r.fail(r.service, "has %d service registries, and the state not as many discovery services and namespaces", len(registries))
	}
	for _, each := range registries {
		if !r.has("aws_service_discovery_service", "arn", each.text("registry_arn")) {
			r.fail(r.service, "its registry %s is not in the state", each.text("registry_arn"))
		}
	}
	for _, id := range r.groups() {
		if !r.has("aws_security_group", "id", id) {
			r.fail(r.service, "the security group %s of its tasks or of the load balancer is not in the state", id)
		}
	}
}

// groups returns the IDs of the security groups of the tasks and of the load balancer.
func (r *reader) groups() []string {
	ids := r.service.block("network_configuration").list("security_groups")
	for _, balancer := range r.byKind["aws_lb"] {
		ids = append(ids, balancer.list("security_groups")...)
	}
	return ids
}

// refuseRules refuses rules of other groups.
func (r *reader) refuseRules() {
	own := r.groups()
	for _, kind := range ruleKinds {
		for _, each := range r.byKind[kind] {
			if !slices.Contains(own, each.text("security_group_id")) {
				r.fail(each, "is a rule of another security group")
			}
		}
	}
}

// refuseRoutes refuses routes other than that to the internet gateway.
func (r *reader) refuseRoutes() {
	seen := false
	check := func(of instance, destination, gateway string) {
		if destination != "0.0.0.0/0" || !r.has("aws_internet_gateway", "id", gateway) {
			r.fail(of, "has a route to %s that a stack does not have", orNone(destination))
			return
		}
		seen = true
	}
	for _, route := range r.byKind["aws_route"] {
		check(route, route.text("destination_cidr_block"), route.text("gateway_id"))
	}
	for _, table := range r.byKind["aws_route_table"] {
		for _, route := range table.blocks("route") {
			check(table, route.text("cidr_block"), route.text("gateway_id"))
		}
	}
	for _, table := range r.byKind["aws_route_table"] {
		if !seen {
			r.fail(table, "has no route to the internet gateway")
		}
	}
}

// refuseRoles refuses tasks whose roles are not in the state, or whose task role has what a new one would lack.
func (r *reader) refuseRoles() {
	execution, task := r.task.text("execution_role_arn"), r.task.text("task_role_arn")
	if execution == task && task != "" {
		r.fail(r.task, "has one role for both purposes; a stack has two")
	}
	for _, arn := range []string{execution, task} {
		if arn != "" && !r.has("aws_iam_role", "arn", arn) {
			r.fail(r.task, "its role %s is not in the state", arn)
		}
	}
	for _, role := range r.byKind["aws_iam_role"] {
		if role.text("arn") != task {
			continue
		}
		if len(role.blocks("inline_policy")) > 0 {
			r.fail(role, "has inline policies; set task_role.statements to what the server needs of them, and remove them first")
		}
		for _, arn := range role.list("managed_policy_arns") {
			if !r.has("aws_iam_role_policy_attachment", "policy_arn", arn) {
				r.fail(role, "has the managed policy %s, which is not an aws_iam_role_policy_attachment of the state", arn)
			}
		}
	}
}

// refuseContainer refuses ports and logs that a stack would lead elsewhere.
func (r *reader) refuseContainer(c attributes) {
	mappings := c.blocks("portMappings")
	if len(mappings) != 1 {
		r.fail(r.task, "the container has %d port mappings; a stack has one", len(mappings))
	}
	for _, balancer := range r.service.blocks("load_balancer") {
		if port := balancer.text("container_port"); port != c.block("portMappings").text("containerPort") {
			r.fail(r.service, "the load balancer connects to port %s, which is not the container's", port)
		}
	}
	logs := c.object("logConfiguration")
	if driver := logs.text("logDriver"); len(logs) > 0 && (driver != "awslogs" || logs.object("options").text("awslogs-group") != r.region.Names.LogGroup()) {
		r.fail(r.task, "its logs go elsewhere than to %s", r.region.Names.LogGroup())
	}
}

// secretKey returns the key of the region's secret that a reference in a task definition is to, in its current version; ""
// if it is to something else.
func (r *reader) secretKey(reference string) string {
	for _, secret := range r.byKind["aws_secretsmanager_secret"] {
		rest, found := strings.CutPrefix(reference, secret.text("arn")+":")
		if key, version, _ := strings.Cut(rest, ":"); found && strings.Trim(version, ":") == "" {
			return key
		}
	}
	return ""
}
