package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// TestTaskSubnets checks that tasks have public addresses in mode public alone, and that no route leads from the
// subnets of others to the internet gateway.
func TestTaskSubnets(t *testing.T) {
	private := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		kind := map[bool]string{true: "public", false: "private"}[region.Network.Mode == "public"]
		network := blockOf(stack.Resource("aws_ecs_service.main")["network_configuration"])
		if public := network["assign_public_ip"]; public != (kind == "public") {
			t.Errorf("assign_public_ip is %v in mode %s", public, region.Network.Mode)
		}
		var want []any
		for _, subnet := range region.Subnets {
			want = append(want, "${aws_subnet."+kind+"_"+subnet.Zone+".id}")
		}
		for _, subnet := range region.Network.Existing.TaskSubnets {
			want = append(want, subnet)
		}
		if difference := cmp.Diff(want, network["subnets"]); difference != "" {
			t.Errorf("subnets of the tasks (- want, + got)\n%s", difference)
		}
		if balancer := stack.Resource("aws_lb.main"); balancer != nil && strings.Contains(tfText(t, balancer["subnets"]), "private") {
			t.Errorf("the load balancer is in %v", balancer["subnets"])
		}
		if kind == "public" {
			return
		}
		private++
		for _, subnet := range region.Subnets {
			if stack.Resource("aws_subnet.private_" + subnet.Zone)["map_public_ip_on_launch"] != nil {
				t.Errorf("subnet %s gives public addresses", subnet.Zone)
			}
			association := stack.Resource("aws_route_table_association.private_" + subnet.Zone)
			if association.Text("subnet_id") != "${aws_subnet.private_"+subnet.Zone+".id}" {
				t.Errorf("zone %s: %v", subnet.Zone, association)
			}
			for name, route := range stack.Resources["aws_route"] {
				if route["route_table_id"] == association["route_table_id"] && route["gateway_id"] != nil {
					t.Errorf("%s leads from a private subnet to %v", name, route["gateway_id"])
				}
			}
		}
	})
	if private < 3 {
		t.Errorf("only %d stacks have private tasks", private)
	}
}

// blockOf returns a nested block, nil if there is none.
func blockOf(value any) tfjson.Block {
	block, _ := value.(map[string]any)
	return block
}

// billedByTheHour are the types in private networks that must not outlive the load balancer in destroy mode.
var billedByTheHour = []string{"aws_eip", "aws_nat_gateway", "aws_vpc_endpoint"}

// TestEgress checks the number of ways out of private subnets, that they come and go with the load balancer, and that
// Terraform destroys them after the service has changed.
func TestEgress(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		for kind, want := range map[string]int{
			"aws_nat_gateway": len(region.NATZones()), "aws_eip": len(region.NATZones()), "aws_vpc_endpoint": len(region.InterfaceEndpoints()),
		} {
			counted := maps.Clone(stack.Resources[kind])
			maps.DeleteFunc(counted, func(_ string, resource tfjson.Block) bool { return resource["vpc_endpoint_type"] == "Gateway" })
			if len(counted) != want {
				t.Errorf("%d of %s, want %d", len(counted), kind, want)
			}
			for name, resource := range counted {
				if resource.Text("count") != "${local.load_balancer ? 1 : 0}" {
					t.Errorf("%s.%s has the count %v", kind, name, resource["count"])
				}
			}
		}
		kinds := append(slices.Clone(billedByTheHour), "aws_subnet", "aws_route_table", "aws_route_table_association", "aws_route")
		for _, kind := range kinds {
			for name, resource := range stack.Resources[kind] {
				ofPrivate := slices.Contains(billedByTheHour, kind) || strings.HasPrefix(name, "private") || strings.HasPrefix(name, "endpoints")
				if lifecycle := blockOf(resource["lifecycle"]); ofPrivate && lifecycle["create_before_destroy"] != true {
					t.Errorf("%s.%s has the lifecycle %v", kind, name, lifecycle)
				}
			}
		}
		needed := tfText(t, stack.Resource("aws_ecs_service.main")["depends_on"])
		for name := range stack.Resources["aws_vpc_endpoint"] {
			if !strings.Contains(needed, `"aws_vpc_endpoint.`+name+`"`) {
				t.Errorf("the service starts without endpoint %s", name)
			}
		}
		for _, subnet := range region.PrivateSubnets {
			if len(region.NATZones()) > 0 && !strings.Contains(needed, `"aws_route.private_`+subnet.Zone+`"`) {
				t.Errorf("the service starts without the route of zone %s", subnet.Zone)
			}
		}
	})
}

// TestEndpointsAreClosedToAllButTasks checks the rules of their group, and that their policies allow nothing but what
// ECS does for the tasks.
func TestEndpointsAreClosedToAllButTasks(t *testing.T) {
	stack := stackOf(t, "examples/endpoints.yaml", "dev-eu-west-1")
	const group = "${aws_security_group.endpoints.id}"
	var rules []string
	for _, kind := range []string{"aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"} {
		for name, rule := range stack.Resources[kind] {
			if rule.Text("security_group_id") != group {
				continue
			}
			rules = append(rules, name)
			if rule.Text("referenced_security_group_id") != "${aws_security_group.ecs_tasks.id}" || rule["from_port"] != 443.0 || rule["to_port"] != 443.0 || rule["ip_protocol"] != "tcp" {
				t.Errorf("%s is %v", name, rule)
			}
		}
	}
	if !slices.Equal(rules, []string{"endpoints_tasks"}) {
		t.Errorf("the rules are %v", rules)
	}
	allowed := map[string]string{
		"s3":             "s3:GetObject on arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
		"ecr_api":        "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer on arn:aws:ecr:eu-west-1:123456789012:repository/fmp-mcp-server; ecr:GetAuthorizationToken on *",
		"logs":           "logs:CreateLogStream logs:PutLogEvents on reference:*",
		"secretsmanager": "secretsmanager:GetSecretValue on reference",
	}
	allowed["ecr_dkr"] = allowed["ecr_api"]
	for name, endpoint := range stack.Resources["aws_vpc_endpoint"] {
		if got := allowedBy(t, endpoint.Text("policy")); got != allowed[name] {
			t.Errorf("%s allows %s, want %s", name, got, allowed[name])
		}
		if endpoint["vpc_endpoint_type"] == "Gateway" {
			continue
		}
		if endpoint["private_dns_enabled"] != true || tfText(t, endpoint["security_group_ids"]) != `["`+group+`"]` {
			t.Errorf("%s: %v", name, endpoint)
		}
	}
	if len(stack.Resources["aws_vpc_endpoint"]) != len(allowed) {
		t.Errorf("the endpoints are %v", slices.Sorted(maps.Keys(stack.Resources["aws_vpc_endpoint"])))
	}
}

// allowedBy summarizes a policy. References are replaced by the word.
func allowedBy(t *testing.T, policy string) string {
	t.Helper()
	var document struct {
		Statement []struct {
			Effect, Principal string
			Action, Resource  []string
		}
	}
	text, err := tfjson.Resolve(policy, "reference")
	if err != nil || json.Unmarshal([]byte(text), &document) != nil {
		t.Fatalf("%v: %s", err, policy)
	}
	var all []string
	for _, statement := range document.Statement {
		if statement.Effect != "Allow" || statement.Principal != "*" {
			t.Errorf("got %+v", statement)
		}
		all = append(all, strings.Join(statement.Action, " ")+" on "+strings.Join(statement.Resource, " "))
	}
	return strings.Join(all, "; ")
}

// TestNetworkOutputs checks the lists that others read: null in the modes that do not have them.
func TestNetworkOutputs(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		if got := stack.Outputs["private_subnet_ids"]["value"]; (got == "${null}") != !region.CreatesEgress() {
			t.Errorf("private_subnet_ids is %v in mode %s", got, region.Network.Mode)
		}
		want := "${null}"
		if zones := region.NATZones(); len(zones) > 0 {
			want = "${concat(aws_eip.nat_" + strings.Join(zones, "[*].public_ip, aws_eip.nat_") + "[*].public_ip)}"
		}
		if got := stack.Outputs["nat_public_ips"]["value"]; got != want {
			t.Errorf("nat_public_ips is %v, want %s", got, want)
		}
	})
}
