package loadbalancer

import (
	"strconv"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lblistenerrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

const (
	paths      = "aws_lb_listener_rule.paths"
	otherPaths = "aws_lb_listener_rule.other_paths"
	// lowest is the priority that AWS evaluates last.
	lowest = 50000
)

// PathRuleName returns the Name tag of the rule that forwards a group of paths, by its number.
func PathRuleName(loadBalancer, number string) string { return loadBalancer + "-paths-" + number }

// OtherPathsName returns the Name tag of the rule that rejects all other paths.
func OtherPathsName(loadBalancer string) string { return loadBalancer + "-other-paths" }

// StandbyRuleName returns the Name tag of the rule that leads to what answers while the tasks are asleep.
func StandbyRuleName(loadBalancer string) string { return loadBalancer + "-standby" }

// newRules creates a rule that forwards each group of paths, and one that rejects all others. The listener
// itself keeps forwarding to the target group, so that the service never loses its load balancer while the rules
// change. The rule that rejects comes last and goes first, so that a listed path is always forwarded.
func newRules(scope constructs.Construct, cfg Config, listener, targetGroupARN string) {
	groups := map[string][]string{}
	for i, group := range cfg.Paths {
		groups[strconv.Itoa(i+1)] = group
	}
	forward := newRule(scope, "paths", listener, PathRuleName(cfg.Name, "${each.key}"), &lblistenerrule.LbListenerRuleAction{Type: new("forward"), TargetGroupArn: &targetGroupARN})
	forward.AddOverride(new("for_each"), hcl.Expression("{for number, paths in "+hcl.Document(groups)+" : number => paths if length("+listener+") > 0}"))
	priority := "tonumber(each.key)"
	if cfg.FirstRule > 0 {
		priority += " + " + strconv.Itoa(cfg.FirstRule)
	}
	forward.AddOverride(new("priority"), hcl.Expression(priority))
	forward.AddOverride(new("condition"), []any{map[string]any{"path_pattern": map[string]any{"values": hcl.Expression("each.value")}}})

	reject := newRule(scope, "other_paths", listener, OtherPathsName(cfg.Name), &lblistenerrule.LbListenerRuleAction{
		Type:          new("fixed-response"),
		FixedResponse: &lblistenerrule.LbListenerRuleActionFixedResponse{ContentType: new("text/plain"), MessageBody: new("Not found"), StatusCode: new("404")},
	})
	reject.SetPriority(new(float64(lowest)))
	reject.AddOverride(new("condition"), []any{map[string]any{"path_pattern": map[string]any{"values": []string{"*"}}}})
	reject.AddOverride(new("count"), hcl.Expression(cfg.Count))
	reject.AddOverride(new("depends_on"), []string{paths})
}

func newRule(scope constructs.Construct, address, listener, name string, action *lblistenerrule.LbListenerRuleAction) lblistenerrule.LbListenerRule {
	rule := lblistenerrule.NewLbListenerRule(scope, new("rule_"+address), &lblistenerrule.LbListenerRuleConfig{
		ListenerArn: new(hcl.OneOrNull(listener, "arn")),
		Action:      []*lblistenerrule.LbListenerRuleAction{action},
		Condition:   []*lblistenerrule.LbListenerRuleCondition{},
		Tags:        pointer.NameTag(name),
		// Turning HTTPS on or off moves the rules to another listener. There they come first, so that no
		// listener forwards all paths. It also keeps them until the service is detached.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	rule.OverrideLogicalId(&address)
	return rule
}
