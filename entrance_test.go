package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// TestListeners checks which listener forwards, and that the other one redirects.
func TestListeners(t *testing.T) {
	secure := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		main, https := stack.Resource("aws_lb_listener.main"), stack.Resource("aws_lb_listener.https")
		if !region.HTTPS() {
			if https != nil || (main != nil && actionOf(main)["type"] != "forward") {
				t.Errorf("without HTTPS the listeners are %v and %v", main, https)
			}
			return
		}
		secure++
		if actionOf(https)["type"] != "forward" || https["port"] != 443.0 || https["protocol"] != "HTTPS" || https["ssl_policy"] != region.LoadBalancer.HTTPS.Policy {
			t.Errorf("the HTTPS listener is %v", https)
		}
		want := map[string]any{"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}
		if difference := cmp.Diff(want, actionOf(main)["redirect"]); difference != "" || main["port"] != float64(region.LoadBalancer.Port) {
			t.Errorf("the HTTP listener redirects (- want, + got)\n%s", difference)
		}
		for _, output := range []string{"application_url", "custom_domain_url"} {
			if value := fmt.Sprint(stack.Outputs[output]["value"]); value != "${null}" && !strings.Contains(value, "https://") {
				t.Errorf("output %s is %s", output, value)
			}
		}
	})
	if secure < 5 {
		t.Errorf("only %d stacks have HTTPS", secure)
	}
}

func actionOf(listener tfjson.Block) map[string]any {
	actions, _ := listener["default_action"].([]any)
	if len(actions) != 1 {
		return nil
	}
	action, _ := actions[0].(map[string]any)
	return action
}

// TestCertificates checks that a listener only gets a certificate that is issued, and that each region has a
// validation record of its own.
func TestCertificates(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		certificate, listener := stack.Resource("aws_acm_certificate.main"), stack.Resource("aws_lb_listener.https")
		domains := region.CertificateDomains()
		if len(domains) == 0 {
			if certificate != nil || (listener != nil && listener["certificate_arn"] != region.LoadBalancer.HTTPS.CertificateARN) {
				t.Errorf("the certificate is %v, and the listener's %v", certificate, listener["certificate_arn"])
			}
			return
		}
		if listener["certificate_arn"] != "${aws_acm_certificate_validation.main.certificate_arn}" {
			t.Errorf("the listener does not wait for the certificate: %v", listener["certificate_arn"])
		}
		others, set := certificate["subject_alternative_names"].([]any)
		if !set {
			t.Error("subject_alternative_names is not set, so that the provider would keep names that are removed")
		}
		names := append([]any{certificate["domain_name"]}, others...)
		if got, want := fmt.Sprint(names...), fmt.Sprint(anys(domains)...); got != want {
			t.Errorf("the certificate is for %s, want %s", got, want)
		}
		record := stack.Resource("aws_route53_record.certificate")
		if record["set_identifier"] != region.Name || record["weighted_routing_policy"] == nil || record["allow_overwrite"] != true || record["count"] != nil {
			t.Errorf("the validation record is %v", record)
		}
	})
}

func anys(texts []string) (list []any) {
	for _, text := range texts {
		list = append(list, text)
	}
	return list
}

// TestClientsReachEveryListener checks that each block in access.cidrs may connect to each port, and nothing
// else may.
func TestClientsReachEveryListener(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		var got, want []string
		for _, rule := range stack.Resources["aws_vpc_security_group_ingress_rule"] {
			if rule.Text("security_group_id") == "${aws_security_group.alb.id}" {
				for _, client := range clientsOf(t, rule) {
					got = append(got, fmt.Sprint(client, " ", rule["from_port"], " ", rule["to_port"]))
				}
			}
		}
		if region.LoadBalancer.Enabled {
			for _, port := range region.ListenerPorts() {
				for _, block := range region.Access.CIDRs {
					want = append(want, fmt.Sprint(block, " ", port, " ", port))
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("(- want, + got)\n%s", difference)
		}
	})
}

// clientsOf returns the blocks of a rule, or of each rule of its for_each.
func clientsOf(t *testing.T, rule tfjson.Block) (blocks []string) {
	t.Helper()
	list, counted := strings.CutPrefix(rule.Text("for_each"), "${toset(")
	if !counted {
		return []string{rule.Text("cidr_ipv4") + rule.Text("cidr_ipv6")}
	}
	if err := json.Unmarshal([]byte(strings.TrimSuffix(list, ")}")), &blocks); err != nil {
		t.Fatal(err)
	}
	return blocks
}

// TestServiceWaitsForTheEntrance checks that no task is attached before all listeners, rules and the web ACL
// exist.
func TestServiceWaitsForTheEntrance(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		dependencies := fmt.Sprint(stack.Resource("aws_ecs_service.main")["depends_on"])
		var needed []string
		for name := range stack.Resources["aws_lb_listener"] {
			needed = append(needed, "aws_lb_listener."+name)
		}
		if region.WAF.Enabled {
			needed = append(needed, "aws_wafv2_web_acl_association.main")
		}
		if len(region.Access.Paths) > 0 {
			needed = append(needed, "aws_lb_listener_rule.other_paths")
		}
		for _, address := range needed {
			if !strings.Contains(dependencies, address) {
				t.Errorf("the service does not depend on %s: %s", address, dependencies)
			}
		}
	})
}

// TestPathRules checks that the listener that forwards has a rule for every listed path, and rejects all others.
func TestPathRules(t *testing.T) {
	restricted := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		paths, others := stack.Resource("aws_lb_listener_rule.paths"), stack.Resource("aws_lb_listener_rule.other_paths")
		if len(region.Access.Paths) == 0 {
			if paths != nil || others != nil {
				t.Error("there are rules without access.paths")
			}
			return
		}
		restricted++
		for _, path := range region.Access.Paths {
			if !strings.Contains(paths.Text("for_each"), `"`+path+`"`) {
				t.Errorf("%s is not forwarded: %s", path, paths.Text("for_each"))
			}
		}
		forwarding := "${one(aws_lb_listener.main[*].arn)}"
		if region.HTTPS() {
			forwarding = "${one(aws_lb_listener.https[*].arn)}"
		}
		if paths["listener_arn"] != forwarding || others["listener_arn"] != forwarding {
			t.Errorf("the rules belong to %v and %v", paths["listener_arn"], others["listener_arn"])
		}
		response := others["action"].([]any)[0].(map[string]any)["fixed_response"].(map[string]any)
		if response["status_code"] != "404" || fmt.Sprint(others["condition"]) != "[map[path_pattern:map[values:[*]]]]" {
			t.Errorf("other paths: %v", others)
		}
	})
	if restricted < 2 {
		t.Errorf("only %d stacks have access.paths", restricted)
	}
}

// TestWebACL checks that the web ACL lets large bodies through, and blocks the rest of what its rules find.
func TestWebACL(t *testing.T) {
	found := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		acl := stack.Resource("aws_wafv2_web_acl.main")
		if region.WAF.Enabled != (acl != nil) {
			t.Fatalf("the web ACL is %v", acl)
		}
		if acl == nil {
			return
		}
		found++
		if acl["count"] != nil || stack.Resource("aws_wafv2_web_acl_association.main")["count"] == nil {
			t.Error("the web ACL must stay while the load balancer is destroyed, without its association")
		}
		text := tfText(t, acl["rule"])
		for _, want := range []string{
			`"rule_action_override":[{"action_to_use":{"count":{}},"name":"SizeRestrictions_BODY"}]`, `"name":"AWSManagedRulesKnownBadInputsRuleSet"`,
			fmt.Sprintf(`"evaluation_window_sec":300,"limit":%d`, region.WAF.RateLimit),
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in\n%s", want, text)
			}
		}
	})
	if found < 2 {
		t.Errorf("only %d stacks have a web ACL", found)
	}
}
