package checkovtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

func failing(findings ...finding) report {
	var r report
	r.Results.Failed = findings
	return r
}

func TestCompare(t *testing.T) {
	subnet := checkov.Accepted{Check: "CKV_1", Address: "aws_subnet.public_*", Reason: "because"}
	inTwoStacks := failing(
		finding{"CKV_1", "Ensure a", "/prod/b.json", "aws_subnet.public_b"},
		finding{"CKV_1", "Ensure a", "/dev/a.json", "aws_subnet.public_b"},
	)
	cases := map[string]struct {
		report   report
		accepted []checkov.Accepted
		want     []string
	}{
		"no failures":      {failing(), nil, nil},
		"accepted failure": {inTwoStacks, []checkov.Accepted{subnet}, nil},
		"unaccepted failure": {inTwoStacks, nil,
			[]string{"aws_subnet.public_b fails CKV_1: Ensure a (in dev/a, one of 2 stacks); fix it, or accept it in the construct with a reason"}},
		"accepted for another resource": {failing(finding{"CKV_1", "Ensure a", "/a.json", "aws_vpc.main"}), []checkov.Accepted{subnet}, []string{
			"aws_vpc.main fails CKV_1: Ensure a (in a, one of 1 stacks); fix it, or accept it in the construct with a reason",
			"CKV_1 is accepted for aws_subnet.public_*, but does not fail in any stack; remove the entry",
		}},
		"another check accepted": {failing(finding{"CKV_2", "Ensure b", "/a.json", "aws_subnet.public_a"}), []checkov.Accepted{subnet}, []string{
			"aws_subnet.public_a fails CKV_2: Ensure b (in a, one of 1 stacks); fix it, or accept it in the construct with a reason",
			"CKV_1 is accepted for aws_subnet.public_*, but does not fail in any stack; remove the entry",
		}},
		"no reason": {inTwoStacks, []checkov.Accepted{{Check: "CKV_1", Address: "aws_subnet.public_b"}},
			[]string{"CKV_1 is accepted for aws_subnet.public_b without a reason"}},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			if difference := cmp.Diff(each.want, each.report.compare(each.accepted)); difference != "" {
				t.Errorf("(- want, + got)\n%s", difference)
			}
		})
	}
}

func TestUnread(t *testing.T) {
	stacks := map[string]*tfjson.Stack{"dev/a": {Resources: map[string]map[string]tfjson.Block{
		"aws_vpc":        {"main": {}},
		"aws_iam_policy": {"read": {}},
	}}}
	var complete report
	complete.Summary.Resources = 2
	complete.Results.Passed = []finding{{"CKV_AWS_355", "Ensure c", "/dev/a.json", "aws_iam_policy.read"}}
	var partial report
	partial.Summary.Resources = 1
	partial.Results.Passed = []finding{{"CKV_1", "Ensure a", "/dev/a.json", "aws_vpc.main"}}
	cases := map[string]struct {
		report report
		stacks map[string]*tfjson.Stack
		want   []string
	}{
		"complete": {complete, stacks, nil},
		"document skipped": {partial, stacks, []string{
			"dev/a: CKV_AWS_355 did not run for aws_iam_policy.read; checkov did not read its document",
			"checkov read 1 of 2 resources",
		}},
		"everything skipped": {report{}, stacks, []string{
			"dev/a: no check passed; checkov did not read the stack",
			"dev/a: CKV_AWS_355 did not run for aws_iam_policy.read; checkov did not read its document",
			"checkov read 0 of 2 resources",
		}},
		"no stacks": {report{}, nil, []string{"checkov read 0 of 0 resources"}},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			if difference := cmp.Diff(each.want, each.report.unread(each.stacks)); difference != "" {
				t.Errorf("(- want, + got)\n%s", difference)
			}
		})
	}
}

func TestPlanIncludesOptionalResourcesAndBlocks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dev", "a.json")
	stack := &tfjson.Stack{Resources: map[string]map[string]tfjson.Block{"aws_ecs_service": {"main": {
		"//":      map[string]any{"metadata": "CDKTF's"},
		"count":   "${local.load_balancer ? 1 : 0}",
		"dynamic": map[string]any{"load_balancer": map[string]any{"for_each": "${[1]}", "content": map[string]any{"container_port": 8001}}},
		"name":    "service",
	}}}}
	if err := writePlan(file, stack); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		PlannedValues struct {
			RootModule struct {
				Resources []struct {
					Address string
					Values  map[string]any
				}
			} `json:"root_module"`
		} `json:"planned_values"`
	}
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	resources := plan.PlannedValues.RootModule.Resources
	want := map[string]any{"name": "service", "load_balancer": map[string]any{"container_port": 8001.0}}
	if len(resources) != 1 || resources[0].Address != "aws_ecs_service.main" || !cmp.Equal(want, resources[0].Values) {
		t.Errorf("the plan is\n%s", text)
	}
}
