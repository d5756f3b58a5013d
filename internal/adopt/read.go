package adopt

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (r *reader) readService(cluster instance) {
	names, s := r.region.Names, r.service
	r.must(s, "the name", s.text("name"), names.Service())
	r.imports("aws_ecs_service.main", cluster.text("name")+"/"+s.text("name"))
	r.region.settings.set("service",
		field{"desired_count", s.given("desired_count")},
		field{"health_check_grace_period", s.given("health_check_grace_period_seconds")},
		field{"availability_zone_rebalancing", s.text("availability_zone_rebalancing") == "ENABLED"},
		field{"deployment", []field{
			{"minimum_healthy_percent", s.given("deployment_minimum_healthy_percent")}, {"maximum_percent", s.given("deployment_maximum_percent")},
		}})
	r.differs("aws_ecs_service.main", "is updated in place: it runs the new revision, and a failed deployment is rolled back")
}

// knownFields are the fields of a container that adopt maps, and those that a stack sets by itself.
var knownFields = []string{
	"name", "image", "user", "workingDirectory", "entryPoint", "command", "portMappings", "environment", "secrets", "readonlyRootFilesystem", "stopTimeout",
	"linuxParameters", "healthCheck", "ulimits", "repositoryCredentials",
	"essential", "logConfiguration", "cpu", "memory", "memoryReservation",
}

func (r *reader) readTask() {
	t := r.task
	var containers []attributes
	if json.Unmarshal([]byte(t.text("container_definitions")), &containers) != nil || len(containers) == 0 {
		r.fail(t, "its container definitions cannot be read")
		return
	}
	if len(containers) > 1 {
		r.fail(t, "has %d containers; describe the others as container.sidecars yourself, after the region is adopted without them", len(containers))
	}
	r.unknown(containers[0], "the container", knownFields...)
	r.refuseContainer(containers[0])
	r.containerPort = containers[0].block("portMappings").number("containerPort")
	r.region.settings.set("container", r.container(containers[0])...)
	r.differs("aws_ecs_task_definition.main", "gets another revision, which drops all Linux capabilities and does not wait for its logs; the present one stays")
}

// unknown adds a problem for each field of the container that adopt cannot map.
func (r *reader) unknown(of attributes, what string, known ...string) {
	for _, name := range sortedKeys(of) {
		if !slices.Contains(known, name) && !isEmpty(of[name]) {
			r.fail(r.task, "%s has %s, which adopt cannot map", what, name)
		}
	}
}

func (r *reader) container(c attributes) []field {
	t, linux := r.task, c.object("linuxParameters")
	r.unknown(linux, "the container's linuxParameters", "capabilities", "initProcessEnabled", "tmpfs")
	r.unknown(linux.object("capabilities"), "the container's capabilities", "drop")
	fields := []field{
		{"image", c.text("image")}, {"pull_secret_arn", c.object("repositoryCredentials").text("credentialsParameter")},
		{"port", r.containerPort}, {"cpu", t.given("cpu")}, {"memory", t.given("memory")},
		{"architecture", strings.ToLower(t.block("runtime_platform").text("cpu_architecture"))},
		{"user", c.text("user")}, {"working_directory", c.text("workingDirectory")}, {"entrypoint", c.list("entryPoint")}, {"command", c.list("command")},
		{"init", linux.flag("initProcessEnabled")}, {"read_only", c.flag("readonlyRootFilesystem")}, {"tmp_size", r.tmpSize(linux)},
	}
	if user, _, _ := strings.Cut(c.text("user"), ":"); user == "root" || user == "0" {
		fields = append(fields, field{"allow_root", true})
	}
	if timeout := c.number("stopTimeout"); timeout > 0 {
		fields = append(fields, field{"stop_timeout", timeout})
	}
	if storage := t.block("ephemeral_storage").number("size_in_gib"); storage > 0 {
		fields = append(fields, field{"ephemeral_storage", storage})
	}
	for _, limit := range c.blocks("ulimits") {
		if limit.text("name") != "nofile" || limit.number("softLimit") != limit.number("hardLimit") {
			r.fail(t, "the container has the limit %s from %d to %d, which adopt cannot map", limit.text("name"), limit.number("softLimit"), limit.number("hardLimit"))
			continue
		}
		fields = append(fields, field{"ulimits", []field{{"nofile", limit.number("hardLimit")}}})
	}
	if check := c.object("healthCheck"); len(check) > 0 {
		fields = append(fields, r.containerCheck(check))
	}
	return append(fields, field{"environment", environment(c)}, field{"secrets", r.secrets(c)})
}

// tmpSize returns the size of /tmp in memory, 0 if it is not there.
func (r *reader) tmpSize(linux attributes) (size int) {
	for _, mount := range linux.blocks("tmpfs") {
		if mount.text("containerPath") != "/tmp" {
			r.fail(r.task, "the container has %s in memory, which adopt cannot map", mount.text("containerPath"))
			continue
		}
		size = mount.number("size")
	}
	return size
}

func (r *reader) containerCheck(check attributes) field {
	command := check.list("command")
	switch {
	case len(command) > 1 && command[0] == "CMD":
		command = command[1:]
	case len(command) == 2 && command[0] == "CMD-SHELL":
		command = []string{"/bin/sh", "-c", command[1]} // as ECS runs it
	default:
		r.fail(r.task, "the container's health check has the command %q, which adopt cannot map", command)
	}
	fields := []field{{"command", command}}
	for _, key := range []struct{ name, key string }{{"interval", "interval"}, {"timeout", "timeout"}, {"retries", "retries"}, {"startPeriod", "start_period"}} {
		if check.number(key.name) > 0 {
			fields = append(fields, field{key.key, check.number(key.name)})
		}
	}
	return field{"health_check", fields}
}

func environment(c attributes) map[string]string {
	variables := map[string]string{}
	for _, each := range c.blocks("environment") {
		variables[each.text("name")] = each.text("value")
	}
	return variables
}

// secrets returns the variables that come from the region's secret, with their keys.
func (r *reader) secrets(c attributes) map[string]string {
	secrets := map[string]string{}
	for _, each := range c.blocks("secrets") {
		key := r.secretKey(each.text("valueFrom"))
		if key == "" {
			r.fail(r.task, "the variable %s comes from %s, which is not a key of the secret %s; set container.external_secrets yourself after the region is adopted without it",
				each.text("name"), each.text("valueFrom"), r.region.Names.Secret())
			continue
		}
		secrets[each.text("name")] = key
	}
	return secrets
}

// isEmpty reports whether a JSON value says nothing.
func isEmpty(value any) bool {
	switch value := value.(type) {
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	case float64:
		return value == 0
	case string:
		return value == ""
	}
	return value == nil || value == false
}

func (r *reader) readNetwork() {
	vpc := r.one("aws_vpc")
	r.imports("aws_vpc.main", vpc.text("id"))
	var zones, blocks []string
	zoneOf := map[string]string{}
	subnets := r.take("aws_subnet")
	slices.SortFunc(subnets, func(a, b instance) int {
		return strings.Compare(a.text("availability_zone"), b.text("availability_zone"))
	})
	for _, subnet := range subnets {
		zone := strings.TrimPrefix(subnet.text("availability_zone"), r.region.Names.Region)
		if slices.Contains(zones, zone) {
			r.fail(subnet, "is the second subnet in zone %s; a stack has one public subnet for each zone", zone)
		}
		zones, blocks = append(zones, zone), append(blocks, subnet.text("cidr_block"))
		zoneOf[subnet.text("id")] = zone
		r.imports("aws_subnet.public_"+zone, subnet.text("id"))
	}
	for _, used := range r.service.block("network_configuration").list("subnets") {
		if zoneOf[used] == "" {
			r.fail(r.service, "the tasks are in %s, which is not in the state", used)
		}
	}
	gateway := r.one("aws_internet_gateway")
	r.imports("aws_internet_gateway.main", gateway.text("id"))
	table := r.one("aws_route_table")
	r.imports("aws_route_table.public", table.text("id"))
	r.take("aws_route") // it is in the table
	r.imports("aws_route.internet", table.text("id")+"_0.0.0.0/0")
	for _, each := range r.take("aws_route_table_association") {
		zone := zoneOf[each.text("subnet_id")]
		if zone == "" || each.text("route_table_id") != table.text("id") {
			r.fail(each, "associates another subnet or table than those of the stack")
			continue
		}
		r.imports("aws_route_table_association.public_"+zone, each.text("subnet_id")+"/"+table.text("id"))
		delete(zoneOf, each.text("subnet_id"))
	}
	for _, subnet := range subnets {
		if zoneOf[subnet.text("id")] != "" {
			r.fail(subnet, "is not associated with the table that leads to the internet, but the subnets of a stack are public")
		}
	}
	r.region.settings.set("network", field{"cidr", vpc.text("cidr_block")}, field{"zones", zones}, field{"subnets", blocks})
}

func (r *reader) readBalancer() {
	names := r.region.Names
	balancer, exists := r.maybe("aws_lb")
	if !exists {
		r.region.settings.set("load_balancer", field{"enabled", false})
		return
	}
	r.balancer = balancer
	name := names.LoadBalancer()
	if balancer.flag("internal") {
		name = names.InternalLoadBalancer()
	}
	r.must(balancer, "the name", balancer.text("name"), name)
	r.imports("aws_lb.main[0]", balancer.text("arn"))
	group := r.one("aws_lb_target_group")
	r.imports("aws_lb_target_group.main", group.text("arn"))
	listener := r.one("aws_lb_listener")
	r.must(listener, "the target group", listener.block("default_action").text("target_group_arn"), group.text("arn"))
	r.imports("aws_lb_listener.main[0]", listener.text("arn"))
	r.listenerPort = listener.number("port")
	check, sticky := group.block("health_check"), group.block("stickiness")
	fields := []field{
		{"port", r.listenerPort}, {"internal", balancer.flag("internal")}, {"https", false},
		{"deletion_protection", balancer.flag("enable_deletion_protection")},
		{"idle_timeout", balancer.given("idle_timeout")}, {"deregistration_delay", group.given("deregistration_delay")},
		{"drop_invalid_header_fields", balancer.flag("drop_invalid_header_fields")},
		{"health_check", []field{
			{"path", check.text("path")}, {"matcher", check.text("matcher")}, {"interval", check.given("interval")}, {"timeout", check.given("timeout")},
			{"healthy_threshold", check.given("healthy_threshold")}, {"unhealthy_threshold", check.given("unhealthy_threshold")},
		}},
	}
	if sticky.flag("enabled") {
		fields = append(fields, field{"stickiness", []field{{"enabled", true}, {"duration", sticky.given("cookie_duration")}}})
	}
	r.region.settings.set("load_balancer", fields...)
	r.differs("aws_lb_listener.main[0]", "gets tags; from now on one that replaces it is created before it is destroyed")
	r.keeps("aws_lb_target_group.main", "keeps its name and its port %s, which only new targets without a port would use", group.text("port"))
}

func (r *reader) readDiscovery() {
	names := r.region.Names
	namespace, exists := r.maybe("aws_service_discovery_private_dns_namespace")
	if !exists {
		r.region.settings.set("discovery", field{"enabled", false})
		return
	}
	service := r.one("aws_service_discovery_service")
	r.must(namespace, "the name", namespace.text("name"), names.Namespace())
	r.must(service, "the name", service.text("name"), names.DiscoveryService())
	r.imports("aws_service_discovery_private_dns_namespace.main", namespace.text("id")+":"+namespace.text("vpc"))
	r.imports("aws_service_discovery_service.main", service.text("id"))
	r.region.settings.set("discovery", field{"enabled", true}, field{"ttl", service.block("dns_config").block("dns_records").given("ttl")})
}

func (r *reader) readSecret() {
	secret, exists := r.maybe("aws_secretsmanager_secret")
	r.take("aws_secretsmanager_secret_version") // it stays in AWS, and no stack has one
	if !exists {
		return
	}
	r.must(secret, "the name", secret.text("name"), r.region.Names.Secret())
	if !strings.Contains(r.task.text("container_definitions"), secret.text("arn")) {
		r.fail(secret, "has no variable that comes from it, so a stack has no secret")
	}
	r.imports("aws_secretsmanager_secret.api_key", secret.text("arn"))
	fields := []field{{"recovery_days", secret.given("recovery_window_in_days")}}
	if key := secret.text("kms_key_id"); key != "" {
		fields = append(fields, field{"kms_key", key})
	}
	r.region.settings.set("secrets", fields...)
	r.keeps("aws_secretsmanager_secret.api_key", "keeps its value: no version of it is in the stack")
}

func (r *reader) readLogs() {
	group := r.one("aws_cloudwatch_log_group")
	r.must(group, "the name", group.text("name"), r.region.Names.LogGroup())
	r.imports("aws_cloudwatch_log_group.main", group.text("name"))
	fields := []field{{"retention_days", group.given("retention_in_days")}}
	if key := group.text("kms_key_id"); key != "" {
		fields = append(fields, field{"kms_key", key})
	}
	r.region.settings.set("logs", fields...)
}

// readRecords reads the latency record of the region's domain.
func (r *reader) readRecords() {
	records := r.take("aws_route53_record")
	if len(records) == 0 {
		return
	}
	record := r.first(records)
	name := strings.TrimSuffix(record.text("name"), ".")
	host, zone, found := strings.Cut(name, ".")
	if known := r.zones[record.text("zone_id")]; known != "" {
		zone = known
		host, found = strings.CutSuffix(name, "."+zone)
	}
	r.must(record, "the type", record.text("type"), "A")
	r.must(record, "the set identifier", record.text("set_identifier"), r.region.Names.Region)
	if !found || len(record.blocks("alias")) == 0 || len(record.blocks("latency_routing_policy")) == 0 {
		r.fail(record, "is not a latency record that is an alias of the load balancer")
		return
	}
	r.imports("aws_route53_record.main[0]", strings.Join([]string{record.text("zone_id"), name, "A", r.region.Names.Region}, "_"))
	r.region.settings.set("dns", field{"enabled", true}, field{"zone", zone}, field{"name", host})
}

func sortedKeys[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }

// ports formats the ports of a rule.
func ports(from, to int) string {
	if from == to {
		return strconv.Itoa(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}
