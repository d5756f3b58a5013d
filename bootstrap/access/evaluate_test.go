package access

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// request is an AWS API request.
type request struct {
	action, resource string
	// context are the condition keys and their values.
	context map[string]string
}

// in adds aws:RequestedRegion, which every request has.
func (r request) in(region string) request {
	context := map[string]string{"aws:RequestedRegion": region}
	for key, value := range r.context {
		context[key] = value
	}
	r.context = context
	return r
}

// allowed evaluates the policies of a role: an explicit deny wins, and the default is an implicit deny. It
// only implements what these policies use, and treats conditions on absent keys as false.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func allowed(t *testing.T, fleet Fleet, role string, call request) bool {
	t.Helper()
	return allowedBy(t, Policies(fleet), role, call)
}

// checkOnlyWith checks whether the roles of a fleet may do something, and that those of the fleet without a feature may not.
func checkOnlyWith(t *testing.T, fleet, without Fleet, name string, call request, plan, apply bool) {
	t.Helper()
	for role, want := range map[string]bool{Plan: plan, Apply: apply} {
		if got := allowed(t, fleet, role, call); got != want {
			t.Errorf("%s: the %s role may: %t, want %t", name, role, got, want)
		}
		if allowed(t, without, role, call) {
			t.Errorf("%s: without the feature, the %s role may too", name, role)
		}
	}
}

// allowedBy is allowed for policies that were computed before.
func allowedBy(t *testing.T, policies []Policy, role string, call request) bool {
	t.Helper()
	result := false
	for _, policy := range policies {
		if !slices.Contains(policy.Roles, role) {
			continue
		}
		for _, statement := range policy.Document.Statement {
			if !matchesRequest(t, statement, call) {
				continue
			}
			if statement.Effect == "Deny" {
				return false
			}
			result = true
		}
	}
	return result
}

func matchesRequest(t *testing.T, s awspolicy.Statement, call request) bool {
	t.Helper()
	if len(s.NotAction) > 0 && slices.ContainsFunc(s.NotAction, func(each string) bool { return matches(each, call.action) }) {
		return false
	}
	if len(s.Action) > 0 && !slices.Contains(s.Action, call.action) {
		return false
	}
	if !slices.ContainsFunc(s.Resource, func(each hcl.Reference) bool { return matches(string(each), call.resource) }) {
		return false
	}
	for operator, keys := range s.Condition {
		for key, condition := range keys {
			values := condition.([]hcl.Reference)
			value, present := call.context[key]
			like := func(each hcl.Reference) bool { return matches(string(each), value) }
			switch operator {
			case "StringEquals", "ArnEquals", "ForAnyValue:StringEquals", "ForAllValues:StringEquals", "Bool":
				if !present || !slices.Contains(values, hcl.Reference(value)) {
					return false
				}
			case "StringNotEquals":
				if present && slices.Contains(values, hcl.Reference(value)) {
					return false
				}
			case "Null":
				if present == (values[0] == "true") {
					return false
				}
			case "ArnLike", "StringLike", "ForAllValues:StringLike":
				if !present || !slices.ContainsFunc(values, like) {
					return false
				}
			default:
				t.Fatalf("unsupported operator %s", operator)
			}
		}
	}
	return true
}

func matches(pattern, text string) bool {
	expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
	return regexp.MustCompile("^" + expression + "$").MatchString(text)
}

func TestMatches(t *testing.T) {
	for pattern, texts := range map[string][2]string{
		"*":       {"anything", ""},
		"a/b-*":   {"a/b-c/d", "a/b"},
		"a*-role": {"a-b-role", "a-b-roles"},
		"a.b":     {"a.b", "acb"},
	} {
		if !matches(pattern, texts[0]) || (texts[1] != "" && matches(pattern, texts[1])) {
			t.Errorf("%s: %q", pattern, texts)
		}
	}
}
