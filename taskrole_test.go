package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

const (
	taskRolePolicy      = "aws_iam_role_policy.ecs_task"
	taskRoleAttachments = "aws_iam_role_policy_attachment.ecs_task"
)

// TestTaskRoleHasWhatTheFleetFileGives and nothing else: by default, the server may do nothing in AWS.
func TestTaskRoleHasWhatTheFleetFileGives(t *testing.T) {
	const account = "123456789012"
	withPolicy, withAttachments := 0, 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		fill := func(value string) string { return region.Fill(value, account) }
		policy := ""
		if inline := stack.Resource(taskRolePolicy); inline != nil {
			withPolicy++
			policy = resolve(t, inline.Text("policy"), account)
		}
		if difference := cmp.Diff(region.TaskRole.TaskPolicy(fill), policy); difference != "" {
			t.Errorf("inline policy (- want, + got)\n%s", difference)
		}

		want, got := map[string]string{}, map[string]string{}
		for _, arn := range region.TaskRole.ManagedPolicies {
			want[arn] = fill(arn)
		}
		attached, _ := stack.Resource(taskRoleAttachments)["for_each"].(map[string]any)
		for key, arn := range attached {
			withAttachments++
			got[key] = resolve(t, arn.(string), account)
		}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("managed policies (- want, + got)\n%s", difference)
		}
	})
	if withPolicy < 2 || withAttachments < 2 {
		t.Errorf("only %d policies and %d attachments in the test fleets", withPolicy, withAttachments)
	}
}

// TestBoundaryCoversEveryRole: the pipelines' role could otherwise use one without boundary to exceed it, such as the
// execution role as a task role.
func TestBoundaryCoversEveryRole(t *testing.T) {
	found := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		const account = "123456789012"
		for name, role := range stack.Resources["aws_iam_role"] {
			got := role.Text("permissions_boundary")
			if got != "" {
				found++
				got = resolve(t, got, account)
			}
			if want := region.Fill(region.TaskRole.PermissionsBoundary, account); got != want {
				t.Errorf("%s has the boundary %q, want %q", name, got, want)
			}
		}
	})
	if found < 4 {
		t.Errorf("only %d roles in the test fleets have a boundary", found)
	}
}

// TestTasksStartAfterTheirPermissions fails if ECS could start the server before it has what the fleet file gives.
func TestTasksStartAfterTheirPermissions(t *testing.T) {
	eachStack(t, func(t *testing.T, _ config.Region, stack *tfjson.Stack) {
		dependencies := stack.Resource("aws_ecs_service.main")["depends_on"].([]any)
		for _, kind := range []string{"aws_iam_role_policy", "aws_iam_role_policy_attachment"} {
			for _, name := range slices.Sorted(maps.Keys(stack.Resources[kind])) {
				if strings.HasPrefix(name, "ecs_task") && !slices.Contains(dependencies, any(kind+"."+name)) {
					t.Errorf("the service does not depend on %s.%s", kind, name)
				}
			}
		}
	})
}

func resolve(t *testing.T, template, word string) string {
	t.Helper()
	text, err := tfjson.Resolve(template, word)
	if err != nil {
		t.Fatalf("%v: %s", err, template)
	}
	return text
}
