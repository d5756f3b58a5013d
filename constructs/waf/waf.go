// Package waf creates the web ACL of a region and associates it with the load balancer. The web ACL stays while
// the load balancer is destroyed, and its rate limit starts anew with the next association.
package waf

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webacl"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webaclassociation"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Association is an address for depends_on of the service, so that no request reaches a task unfiltered.
const Association = "aws_wafv2_web_acl_association.main"

// rateWindow is the time over which requests are counted, in seconds.
const rateWindow = 300

// Config configures the web ACL.
type Config struct {
	Name string
	// RateLimit is the number of requests that an address may send in 5 minutes.
	RateLimit int
	// Count is an HCL expression for the count of the association: 1 or 0.
	Count           string
	LoadBalancerARN string
}

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV2_AWS_76", Address: "aws_lb.main", Reason: "The known bad inputs include Log4j. The check also wants the list of anonymous addresses, which has the hosting providers where agents run."},
	{Check: "CKV2_AWS_31", Address: "aws_wafv2_web_acl.main", Reason: "Logs of every request are billed and hold what clients send. Metrics and sampled requests are on."},
}

// New creates the web ACL and its association.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	acl := wafv2webacl.NewWafv2WebAcl(scope, new("web_acl"), &wafv2webacl.Wafv2WebAclConfig{
		Name:             &cfg.Name,
		Scope:            new("REGIONAL"),
		DefaultAction:    &wafv2webacl.Wafv2WebAclDefaultAction{Allow: &wafv2webacl.Wafv2WebAclDefaultActionAllow{}},
		VisibilityConfig: &wafv2webacl.Wafv2WebAclVisibilityConfig{CloudwatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: &cfg.Name},
		Rule: []*wafv2webacl.Wafv2WebAclRule{
			rateRule(cfg),
			managedRule(cfg, 2, "common", map[string]any{
				"name": "AWSManagedRulesCommonRuleSet", "vendor_name": "AWS",
				// The rule blocks bodies above 8 KB. Calls of MCP tools are larger, so it only counts them.
				// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
				"rule_action_override": []any{map[string]any{"name": "SizeRestrictions_BODY", "action_to_use": map[string]any{"count": map[string]any{}}}},
			}),
			managedRule(cfg, 3, "known-bad-inputs", map[string]any{"name": "AWSManagedRulesKnownBadInputsRuleSet", "vendor_name": "AWS"}),
		},
		Tags: pointer.NameTag(cfg.Name),
	})
	acl.OverrideLogicalId(new("main"))
	association := wafv2webaclassociation.NewWafv2WebAclAssociation(scope, new("association"), &wafv2webaclassociation.Wafv2WebAclAssociationConfigA{
		ResourceArn: &cfg.LoadBalancerARN,
		WebAclArn:   new(hcl.Attribute("aws_wafv2_web_acl.main", "arn")),
		// The service is detached before the association is destroyed, as for the listeners.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	association.OverrideLogicalId(new("main"))
	association.AddOverride(new("count"), hcl.Expression(cfg.Count))
}

// rateRule blocks an address while it exceeds the limit. It comes first, so that the addresses that it blocks
// cannot probe the other rules.
func rateRule(cfg Config) *wafv2webacl.Wafv2WebAclRule {
	rule := newRule(cfg, 1, "rate-limit", "rate_based_statement", map[string]any{
		"limit": cfg.RateLimit, "aggregate_key_type": "IP", "evaluation_window_sec": rateWindow,
	})
	rule.Action = &wafv2webacl.Wafv2WebAclRuleAction{Block: &wafv2webacl.Wafv2WebAclRuleActionBlock{}}
	return rule
}

func managedRule(cfg Config, priority int, name string, group map[string]any) *wafv2webacl.Wafv2WebAclRule {
	rule := newRule(cfg, priority, name, "managed_rule_group_statement", group)
	rule.OverrideAction = &wafv2webacl.Wafv2WebAclRuleOverrideAction{None: &wafv2webacl.Wafv2WebAclRuleOverrideActionNone{}}
	return rule
}

func newRule(cfg Config, priority int, name, kind string, statement map[string]any) *wafv2webacl.Wafv2WebAclRule {
	return &wafv2webacl.Wafv2WebAclRule{
		Name:             &name,
		Priority:         new(float64(priority)),
		Statement:        map[string]any{kind: statement},
		VisibilityConfig: &wafv2webacl.Wafv2WebAclRuleVisibilityConfig{CloudwatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: new(cfg.Name + "-" + name)},
	}
}
