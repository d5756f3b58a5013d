package adopt

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
)

const originalState = "testdata/original-state.json"

// changedState returns the state of a region as others write it by hand, with texts replaced.
func changedState(t *testing.T, replaced ...string) *State {
	t.Helper()
	text, err := os.ReadFile(originalState)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(replaced...).Replace(string(text))
	if len(replaced) > 0 && changed == string(text) {
		t.Fatalf("%q changes nothing", replaced)
	}
	state, err := ReadState([]byte(changed))
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// with adds a managed resource to a state.
func (s *State) with(kind, name string, values attributes) *State {
	s.Resources = append(s.Resources, Resource{Mode: "managed", Type: kind, Name: name, Instances: []Instance{{Attributes: values}}})
	return s
}

func regionOf(t *testing.T, state *State, leave ...string) *Region {
	t.Helper()
	region, err := RegionOf(state, leave)
	if err != nil {
		t.Fatal(err)
	}
	return region
}

func TestRegionOfAStateOfOthers(t *testing.T) {
	region := regionOf(t, changedState(t))
	fleet, err := FleetFile([]*Region{region})
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/regions.yaml", fleet)
	adoption, err := region.Adoption()
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/adoption.json", adoption)
	var differences bytes.Buffer
	encoder := json.NewEncoder(&differences)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(region.Differences); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/differences.json", differences.Bytes())
}

// TestFleetFileOfTwoRegions has the settings that both have as defaults.
func TestFleetFileOfTwoRegions(t *testing.T) {
	second := changedState(t, "eu-west-1", "eu-west-2", "172.31.", "172.30.", "fmp-mcp-server:latest", "fmp-mcp-server:2.0")
	fleet, err := FleetFile([]*Region{regionOf(t, changedState(t)), regionOf(t, second)})
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/two-regions.yaml", fleet)
	other := regionOf(t, changedState(t, `"dev"`, `"prod"`, "-dev-", "-prod-"))
	if _, err := FleetFile([]*Region{regionOf(t, second), other}); err == nil || !strings.Contains(err.Error(), "belong to two fleets") {
		t.Errorf("got %v", err)
	}
}

// TestUnmappable changes one thing of the state at a time.
func TestUnmappable(t *testing.T) {
	for name, each := range map[string]struct {
		state *State
		want  string
	}{
		"another resource":      {changedState(t).with("aws_sqs_queue", "jobs", attributes{}), "aws_sqs_queue.jobs: has no place in a stack"},
		"two services":          {changedState(t).with("aws_ecs_service", "other", attributes{}), "aws_ecs_service.other: is one too many: a region has one aws_ecs_service"},
		"another name":          {changedState(t, `"name": "fmp-mcp-dev-eu-west-1-service"`, `"name": "mcp"`), "aws_ecs_service.main: the name is mcp, but fmp-mcp-dev-eu-west-1-service in a stack"},
		"another load balancer": {changedState(t, `"name": "fmp-mcp-dev-eu-west-1-alb"`, `"name": "public"`), "aws_lb.main: the name is public, but fmp-mcp-dev-eu-west-1-alb in a stack"},
		"EC2 instances":         {changedState(t, `"launch_type": "FARGATE"`, `"launch_type": "EC2"`), "aws_ecs_service.main: launch_type is EC2, but FARGATE in a stack"},
		"HTTPS": {changedState(t, `"port": 80,
      "protocol": "HTTP"`, `"port": 443,
      "protocol": "HTTPS"`), "aws_lb_listener.main: protocol is HTTPS, but HTTP in a stack"},
		"GPUs":                {changedState(t, `\"essential\":true`, `\"essential\":true,\"resourceRequirements\":[{\"type\":\"GPU\"}]`), "aws_ecs_task_definition.main: the container has resourceRequirements, which adopt cannot map"},
		"an added capability": {changedState(t, `\"essential\":true`, `\"essential\":true,\"linuxParameters\":{\"capabilities\":{\"add\":[\"SYS_PTRACE\"]}}`), "the container's capabilities has add, which adopt cannot map"},
		"another limit":       {changedState(t, `\"essential\":true`, `\"essential\":true,\"ulimits\":[{\"name\":\"core\",\"softLimit\":0,\"hardLimit\":1}]`), "the container has the limit core from 0 to 1"},
		"a sidecar":           {changedState(t, `"[{\"environment\"`, `"[{\"name\":\"first\",\"image\":\"x\"},{\"environment\"`), "aws_ecs_task_definition.main: has 2 containers"},
		"another secret":      {changedState(t, `fmp-mcp-dev-eu-west-1-api-key-XoZxxU:API_KEY`, `shared-AbCdEf:API_KEY`), "the variable FMP_API_KEY comes from arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared-AbCdEf:API_KEY::, which is not a key of the secret fmp-mcp-dev-eu-west-1-api-key"},
		"a role with a path":  {changedState(t, `"path": "/"`, `"path": "/mcp/"`), "aws_iam_role.ecs_task_role: path is /mcp/, but / in a stack"},
		"access logs": {changedState(t, `"access_logs": [
       {
        "bucket": "",
        "enabled": false`, `"access_logs": [
       {
        "bucket": "logs",
        "enabled": true`), "aws_lb.main: access_logs.enabled is true, but false in a stack"},
		"Service Connect":       {changedState(t, `"service_connect_configuration": []`, `"service_connect_configuration": [{"enabled": true}]`), "aws_ecs_service.main: has service_connect_configuration, which adopt cannot map"},
		"a wider rule":          {changedState(t, `"from_port": 8001`, `"from_port": 8000`), "aws_security_group.ecs_tasks: its ingress rule for sg-603946a517e440f57 has other ports"},
		"a narrower egress":     {changedState(t, `"protocol": "-1"`, `"protocol": "tcp"`), "aws_security_group.ecs_tasks: its egress rule for 0.0.0.0/0 has other ports or protocols"},
		"reserved capacity":     {changedState(t, `"minimum_load_balancer_capacity": []`, `"minimum_load_balancer_capacity": [{"capacity_units": 100}]`), "aws_lb.main: has minimum_load_balancer_capacity"},
		"open to a prefix list": {withClients(t, attributes{"prefix_list_ids": []any{"pl-1"}}), "aws_lb.main: no rule of its security group admits an IPv4 block to port 80"},
		"another target group": {changedState(t, `"elb_name": "",
        "target_group_arn": "arn`, `"elb_name": "",
        "target_group_arn": "other`), "aws_ecs_service.main: its target group other"},
		"another port":           {changedState(t, `\"containerPort\":8001`, `\"containerPort\":9090`), "the load balancer connects to port 8001, which is not the container's"},
		"two ports":              {changedState(t, `\"portMappings\":[`, `\"portMappings\":[{\"containerPort\":9090},`), "the container has 2 port mappings"},
		"logs elsewhere":         {changedState(t, `\"logDriver\":\"awslogs\"`, `\"logDriver\":\"splunk\"`), "its logs go elsewhere"},
		"one role for both":      {changedState(t, `"task_role_arn": "arn:aws:iam::123456789012:role/fmp-mcp-dev-eu-west-1-ecs-task-role"`, `"task_role_arn": "arn:aws:iam::123456789012:role/other"`), "its role arn:aws:iam::123456789012:role/other is not in the state"},
		"another table's route":  {changedState(t).with("aws_route", "peer", attributes{"destination_cidr_block": "10.0.0.0/8"}), "aws_route.peer: has a route to 10.0.0.0/8 that a stack does not have"},
		"another group's rule":   {changedState(t).with("aws_security_group_rule", "db", attributes{"security_group_id": "sg-db"}), "aws_security_group_rule.db: is a rule of another security group"},
		"no health checks":       {changedState(t, `"health_check_custom_config"`, `"ignored"`), "has other health checks or records"},
		"a shared group":         {changedState(t, "sg-603946a517e440f57", "sg-32193e21237bad60e"), "aws_ecs_service.main: its tasks and the load balancer share the security group"},
		"a private subnet":       {changedState(t, `"subnet_id": "subnet-f74e617fd04c12679"`, `"subnet_id": "subnet-other"`), "aws_subnet.public_a: is not associated with the table that leads to the internet"},
		"no tags":                {changedState(t, `"Project"`, `"project"`), "aws_ecs_cluster.main: has no tags Project and Environment"},
		"another tag of a group": {changedState(t, `"Name": "fmp-mcp-dev-eu-west-1-alb-sg"`, `"Name": "alb"`), "aws_security_group.alb: the tag Name is alb, but fmp-mcp-dev-eu-west-1-alb-sg in a stack"},
		"two subnets in a zone":  {changedState(t, `"availability_zone": "eu-west-1b"`, `"availability_zone": "eu-west-1a"`), "is the second subnet in zone a"},
		"another role":           {changedState(t).with("aws_iam_role", "ci", attributes{"arn": "arn:aws:iam::1:role/ci"}), "aws_iam_role.ci: is not a role of the tasks"},
		"an inline policy":       {changedState(t).with("aws_iam_role_policy", "s3", attributes{"role": "fmp-mcp-dev-eu-west-1-ecs-task-role", "name": "s3"}), "aws_iam_role_policy.s3: is an inline policy; set task_role.statements"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := RegionOf(each.state, nil)
			if _, ok := errors.AsType[Unmappable](err); !ok || !strings.Contains(err.Error(), each.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// group returns the attributes of a security group.
func (s *State) group(t *testing.T, name string) attributes {
	t.Helper()
	for _, resource := range s.Resources {
		if resource.Type == "aws_security_group" && resource.Name == name {
			return resource.Instances[0].Attributes
		}
	}
	t.Fatalf("no group %s", name)
	return nil
}

// withClients returns a state whose load balancer has one rule for the listener's port, with these peers.
func withClients(t *testing.T, peers attributes) *State {
	t.Helper()
	state := changedState(t)
	block := map[string]any{"protocol": "tcp", "from_port": 80.0, "to_port": 80.0}
	for name, value := range peers {
		block[name] = value
	}
	state.group(t, "alb")["ingress"] = []any{block}
	return state
}

func TestLeave(t *testing.T) {
	state := changedState(t).with("aws_sqs_queue", "jobs", attributes{})
	region := regionOf(t, state, "aws_sqs_queue.jobs")
	if len(region.Imports) != len(regionOf(t, changedState(t)).Imports) {
		t.Errorf("imports %v", region.Imports)
	}
	checkFleetFile(t, region, "    # - aws_sqs_queue.jobs is left as it is\n")
}

// checkFleetFile fails the test unless the fleet file of a region has each part.
func checkFleetFile(t *testing.T, region *Region, parts ...string) {
	t.Helper()
	fleet, err := FleetFile([]*Region{region})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if !strings.Contains(string(fleet), part) {
			t.Errorf("%q is not in\n%s", part, fleet)
		}
	}
}

// checkImports fails the test unless a region imports an ID to each address.
func checkImports(t *testing.T, region *Region, ids map[string]string) {
	t.Helper()
	for address, id := range ids {
		if !slices.Contains(region.Imports, config.Import{To: address, ID: id}) {
			t.Errorf("%s is not imported to %s, but %v", id, address, region.Imports)
		}
	}
}

func TestRestrictedClients(t *testing.T) {
	checkFleetFile(t, regionOf(t, withClients(t, attributes{"cidr_blocks": []any{"198.51.100.0/24", "10.0.0.0/8"}})),
		"  access:\n    cidrs: [10.0.0.0/8, 198.51.100.0/24]\n")
	open := regionOf(t, withClients(t, attributes{"cidr_blocks": []any{"10.0.0.0/8", "0.0.0.0/0"}}))
	if fleet, err := FleetFile([]*Region{open}); err != nil || strings.Contains(string(fleet), "cidrs") {
		t.Errorf("got %s, %v", fleet, err)
	}
}

// TestRulesThatAreResources are imported by their IDs, so the group needs no tags to find them by. In a state that was not
// refreshed, the group does not have them.
func TestRulesThatAreResources(t *testing.T) {
	state := changedState(t)
	alb, tasks := state.group(t, "alb"), state.group(t, "ecs_tasks")
	for _, group := range []attributes{alb, tasks} {
		group["ingress"], group["egress"], group["tags"], group["tags_all"] = nil, nil, nil, nil
	}
	of := func(group attributes, id, peer string, port float64) attributes {
		kind := "cidr_ipv4"
		if strings.HasPrefix(peer, "sg-") {
			kind = "referenced_security_group_id"
		}
		protocol := map[bool]string{true: "-1", false: "tcp"}[port == 0]
		return attributes{"security_group_id": group.text("id"), "security_group_rule_id": id, "ip_protocol": protocol, kind: peer, "from_port": port, "to_port": port}
	}
	const ingress, egress = "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"
	state.with(ingress, "clients", of(alb, "sgr-1", "198.51.100.0/24", 80)).with(ingress, "ssh", of(tasks, "sgr-2", "10.0.0.0/8", 22)).
		with(ingress, "alb", of(tasks, "sgr-3", alb.text("id"), 8001)).with(egress, "all", of(tasks, "sgr-4", "0.0.0.0/0", 0)).
		with(egress, "tasks", of(alb, "sgr-5", tasks.text("id"), 8001))
	region := regionOf(t, state)
	checkImports(t, region, map[string]string{
		ingress + `.alb_clients["198.51.100.0/24"]`: "sgr-1", ingress + ".ecs_tasks_alb": "sgr-3", egress + ".ecs_tasks_internet": "sgr-4", egress + ".alb_tasks": "sgr-5",
	})
	checkFleetFile(t, region, "its rule for tcp 22 from 10.0.0.0/8 stays")

	// A state that was refreshed has the rule in the group, too.
	tasks["ingress"] = []any{map[string]any{"protocol": "tcp", "from_port": 22.0, "to_port": 22.0, "cidr_blocks": []any{"10.0.0.0/8"}}}
	if again := regionOf(t, state); len(again.Differences) != len(region.Differences) {
		t.Errorf("got %+v, want %+v", again.Differences, region.Differences)
	}
}

func TestDomain(t *testing.T) {
	region := regionOf(t, changedState(t, `"fmp.cdtait.cloud"`, `"a.fmp.cdtait.cloud"`))
	checkFleetFile(t, region, "  dns:\n    enabled: true\n    zone: cdtait.cloud\n    name: a.fmp\n")
	checkImports(t, region, map[string]string{"aws_route53_record.main[0]": "0K5Y9NHSFK9NBW0RNE9V3W_a.fmp.cdtait.cloud_A_eu-west-1"})
}

func TestContainerSettings(t *testing.T) {
	settings := `\"essential\":true,\"user\":\"0:0\",\"stopTimeout\":60,\"entryPoint\":[\"/server\"],\"linuxParameters\":{\"initProcessEnabled\":true,\"tmpfs\":[{\"containerPath\":\"/tmp\",\"size\":128}]},` +
		`\"ulimits\":[{\"name\":\"nofile\",\"softLimit\":4096,\"hardLimit\":4096}],\"healthCheck\":{\"command\":[\"CMD-SHELL\",\"curl -f localhost\"],\"interval\":15,\"startPeriod\":60}`
	checkFleetFile(t, regionOf(t, changedState(t, `\"essential\":true`, settings)),
		"    user: \"0:0\"\n", "    allow_root: true\n", "    stop_timeout: 60\n", "    entrypoint: [/server]\n", "    init: true\n", "    tmp_size: 128\n", "      nofile: 4096\n",
		"      command: [/bin/sh, -c, curl -f localhost]\n      interval: 15\n      start_period: 60\n")
}

func TestStatesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "is not a Terraform state",
		"[]":                 "is not a Terraform state",
		`{"version": 3}`:     "has version 3 of the state format, not 4",
		`{"version": 4}`:     "contains no resources",
		`{"version": "four"`: "is not a Terraform state",
	} {
		if _, err := ReadState([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// FuzzRegionOf checks that no state panics: another configuration may have anything in it.
func FuzzRegionOf(f *testing.F) {
	text, err := os.ReadFile(originalState)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"version": 4, "resources": [{"mode": "managed", "type": "aws_ecs_service", "name": "a", "instances": [{"attributes": {"network_configuration": [1]}}]}]}`))
	f.Fuzz(func(_ *testing.T, text []byte) {
		state, err := ReadState(text)
		if err != nil {
			return
		}
		region, err := RegionOf(state, nil)
		if err == nil {
			_, _ = FleetFile([]*Region{region})
		}
	})
}
