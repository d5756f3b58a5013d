//go:build e2e

package e2e

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// createPolicies creates the managed policies that the task-role example names.
func (w *workspace) createPolicies(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		form := url.Values{
			"Action": {"CreatePolicy"}, "Version": {"2010-05-08"}, "PolicyName": {name},
			"PolicyDocument": {`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["xray:PutTraceSegments"], "Resource": ["*"]}]}`},
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.aws.URL, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Fatalf("CreatePolicy: %s", response.Status)
		}
	}
}

// TestTaskRoleChangesInPlace gives the server permissions, also after a killed apply, then others, then none. Neither the
// roles nor the service are replaced, and the tasks that run are left alone.
func TestTaskRoleChangesInPlace(t *testing.T) {
	t.Parallel()
	const (
		inline     = "aws_iam_role_policy.ecs_task"
		tools      = `aws_iam_role_policy_attachment.ecs_task["arn:aws:iam::{account}:policy/research-tools"]`
		otherTools = `aws_iam_role_policy_attachment.ecs_task["arn:aws:iam::{account}:policy/research-other-tools"]`
		taskRole   = "aws_iam_role.ecs_task_role"
		execution  = "aws_iam_role.ecs_task_execution_role"
	)
	w := newWorkspace(t, "../examples/task-role.yaml")
	s := w.initialize(t, "prod-eu-west-1")
	if w.aws != nil {
		w.createPolicies(t, "research-boundary", "research-other-boundary", "research-tools", "research-other-tools")
		s.killApply(t, []string{"iam.PutRolePolicy", "iam.AttachRolePolicy"})
	}
	s.apply(t)
	s.checkNoChanges(t)
	if difference := cmp.Diff(sorted(allAddresses(t, w.file(s.name))), s.addresses(t)); difference != "" {
		t.Errorf("resources (- want, + got)\n%s", difference)
	}
	w.checkCallOrder(t, "iam.PutRolePolicy", "iam.PutRolePolicy", "ecs.CreateService")
	w.checkCallOrder(t, "iam.AttachRolePolicy", "ecs.CreateService")

	block := regexp.MustCompile(`(?s)  task_role:.*?\n  load_balancer:`)
	for _, step := range []struct {
		name   string
		change func(fleet string) string
		want   map[string]string
	}{
		{"change", strings.NewReplacer("[s3:GetObject]", "[s3:GetObject, s3:PutObject]", "research-tools", "research-other-tools", "research-boundary", "research-other-boundary").Replace,
			map[string]string{inline: "update", tools: "delete", otherTools: "create", taskRole: "update", execution: "update"}},
		{"off", func(fleet string) string { return block.ReplaceAllString(fleet, "  load_balancer:") },
			map[string]string{inline: "delete", otherTools: "delete", taskRole: "update", execution: "update"}},
	} {
		fleet, err := os.ReadFile(w.fleetFile())
		if err != nil {
			t.Fatal(err)
		}
		w.write(t, step.change(string(fleet)))
		if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", step.name, difference)
		}
		s.checkNoChanges(t)
	}
	s.destroy(t)
}
