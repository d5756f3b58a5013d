package access

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

const (
	executionRole = "arn:aws:iam::" + account + ":role/research-prod-eu-west-1-ecs-task-execution-role"
	taskRole      = "arn:aws:iam::" + account + ":role/research-prod-eu-west-1-ecs-task-role"
	boundaryARN   = "arn:aws:iam::" + account + ":policy/research-boundary"
	toolsARN      = "arn:aws:iam::" + account + ":policy/research-tools"
	administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
)

// onRole returns a request that changes a role. The boundary is the one that the role has or, for a request that sets
// one, will have.
func onRole(action, role, boundary string) request {
	context := map[string]string{}
	if boundary != "" {
		context["iam:PermissionsBoundary"] = boundary
	}
	return request{action, role, context}
}

func attaching(policy, role, boundary string) request {
	call := onRole("iam:AttachRolePolicy", role, boundary)
	call.context["iam:PolicyARN"] = policy
	return call
}

// TestBoundaryKeepsTheApplyRoleFromWideningItself has the ways by which the apply role could otherwise give tasks, and
// so itself, more than the boundary allows.
func TestBoundaryKeepsTheApplyRoleFromWideningItself(t *testing.T) {
	fleet := fleetOf(t, "../../examples/task-role.yaml")
	policies := Policies(fleet)
	for _, each := range []struct {
		name string
		want bool
		call request
	}{
		{"create a role with the boundary", true, onRole("iam:CreateRole", taskRole, boundaryARN)},
		{"but not without one", false, onRole("iam:CreateRole", taskRole, "")},
		{"nor with another", false, onRole("iam:CreateRole", taskRole, administrator)},
		{"nor an execution role without one", false, onRole("iam:CreateRole", executionRole, "")},
		{"write the policy of a role with the boundary", true, onRole("iam:PutRolePolicy", taskRole, boundaryARN)},
		{"but not of one without", false, onRole("iam:PutRolePolicy", taskRole, "")},
		{"nor of an execution role without one", false, onRole("iam:PutRolePolicy", executionRole, "")},
		{"delete a policy of a role without boundary", true, onRole("iam:DeleteRolePolicy", taskRole, "")},
		{"attach a policy of the fleet file", true, attaching(toolsARN, taskRole, boundaryARN)},
		{"but not to a role without boundary", false, attaching(toolsARN, taskRole, "")},
		{"nor another policy", false, attaching(administrator, taskRole, boundaryARN)},
		{"nor any to the execution role", false, attaching(toolsARN, executionRole, boundaryARN)},
		{"detach a policy", true, onRole("iam:DetachRolePolicy", taskRole, boundaryARN)},
		{"set the boundary of a role that has none yet", true, onRole("iam:PutRolePermissionsBoundary", taskRole, boundaryARN)},
		{"but no other boundary", false, onRole("iam:PutRolePermissionsBoundary", taskRole, administrator)},
		{"nor create a role for flow logs without it", false, onRole("iam:CreateRole", "arn:aws:iam::"+account+":role/research-prod-eu-west-1-flow-logs-role", "")},
		{"nor take the boundary away", false, onRole("iam:DeleteRolePermissionsBoundary", taskRole, boundaryARN)},
		{"nor change the boundary itself", false, request{"iam:CreatePolicyVersion", boundaryARN, nil}},
		{"nor a managed policy", false, request{"iam:CreatePolicyVersion", toolsARN, nil}},
		{"nor pass another role to tasks", false, request{"iam:PassRole", "arn:aws:iam::" + account + ":role/administrator", map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
	} {
		t.Run(each.name, func(t *testing.T) {
			call := each.call.in("us-east-1")
			if got := allowedBy(t, policies, Apply, call); got != each.want {
				t.Errorf("the apply role: %v, want %v", got, each.want)
			}
			if allowedBy(t, policies, Plan, call) {
				t.Error("the plan role may do it")
			}
		})
	}
}

// TestBoundaryIsRequiredOnlyIfEveryRegionHasOne: the roles of all regions have a pattern in common.
func TestBoundaryIsRequiredOnlyIfEveryRegionHasOne(t *testing.T) {
	const head, bounded = "project: research\nenvironment: prod\ndefaults:\n  container: {image: a/b}\n", "task_role: {permissions_boundary: \"arn:aws:iam::{account}:policy/research-boundary\"}"
	const ireland, virginia = "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n", "  us-east-1: {network: {cidr: 10.1.0.0/16}, " + bounded + "}\n"
	for name, each := range map[string]struct {
		text     string
		required bool
	}{
		"none": {head + "regions:\n" + ireland, false},
		"some": {head + "regions:\n" + ireland + virginia, false},
		"all":  {head + "  " + bounded + "\nregions:\n" + ireland + virginia, true},
	} {
		t.Run(name, func(t *testing.T) {
			loaded, _, err := config.Parse("regions.yaml", []byte(each.text))
			if err != nil {
				t.Fatal(err)
			}
			policies := Policies(NewFleet(loaded, account))
			for _, call := range []request{
				onRole("iam:CreateRole", taskRole, ""), onRole("iam:PutRolePolicy", executionRole, ""), onRole("iam:DeleteRolePermissionsBoundary", taskRole, boundaryARN),
			} {
				if allowedBy(t, policies, Apply, call.in("us-east-1")) == each.required {
					t.Errorf("%s is allowed: %v", call.action, !each.required)
				}
			}
			if !allowedBy(t, policies, Apply, onRole("iam:CreateRole", taskRole, boundaryARN).in("us-east-1")) {
				t.Error("the apply role may not create a role with the boundary")
			}
			if allowedBy(t, policies, Apply, attaching(administrator, taskRole, boundaryARN).in("us-east-1")) {
				t.Error("the apply role may attach a policy that the fleet file does not list")
			}
		})
	}
}

var jsonBlock = regexp.MustCompile("(?ms)^```json\n(.*?)^```")

// TestBoundaryInGuideFitsTheExample: with the guide's boundary, the tasks of the example start and the server may do
// what the example's statements allow.
func TestBoundaryInGuideFitsTheExample(t *testing.T) {
	text, err := os.ReadFile("../../help/security.md")
	if err != nil {
		t.Fatal(err)
	}
	var boundary awspolicy.Document
	_, section, _ := bytes.Cut(text, []byte("### A permissions boundary"))
	if found := jsonBlock.FindSubmatch(section); found == nil || json.Unmarshal(found[1], &boundary) != nil {
		t.Fatal("the guide has no policy")
	}
	policies := []Policy{{Name: "boundary", Roles: []string{Apply}, Document: boundary}}
	const at, object = ":eu-west-1:" + account + ":", "arn:aws:s3:::acme-research-eu-west-1/a"
	for _, each := range []struct {
		action, resource string
		want             bool
	}{
		{"logs:PutLogEvents", "arn:aws:logs" + at + "log-group:/ecs/research-prod-eu-west-1-task:log-stream:ecs/a/b", true},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager" + at + "secret:research-prod-eu-west-1-api-key-AbCdEf", true},
		{"ecr:GetAuthorizationToken", "*", true},
		{"s3:GetObject", object, true},
		{"dynamodb:Query", "arn:aws:dynamodb" + at + "table/research-papers", true},
		{"s3:PutObject", object, false},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager" + at + "secret:other-AbCdEf", false},
		{"iam:CreateUser", "arn:aws:iam::" + account + ":user/eve", false},
	} {
		if got := allowedBy(t, policies, Apply, request{each.action, each.resource, nil}); got != each.want {
			t.Errorf("%s on %s: %v, want %v", each.action, each.resource, got, each.want)
		}
	}
}
