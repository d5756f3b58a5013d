package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// TestExecIsAudited holds that commands can be run in the tasks only if the fleet file says so, and are then recorded where
// nothing else is, by the task role.
func TestExecIsAudited(t *testing.T) {
	found := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		enabled := region.Logs.ExecEnabled()
		cluster := stack.Resource("aws_ecs_cluster.main")
		for what, is := range map[string]bool{
			"the service allows commands":    stack.Resource("aws_ecs_service.main")["enable_execute_command"] == true,
			"commands have a log group":      stack.Resource("aws_cloudwatch_log_group.exec") != nil,
			"the cluster records them there": strings.Contains(tfText(t, cluster["configuration"]), `"cloud_watch_log_group_name":"${aws_cloudwatch_log_group.exec.name}"`),
			"the cluster overrides":          strings.Contains(tfText(t, cluster["configuration"]), `"logging":"OVERRIDE"`),
			"an endpoint leads there":        stack.Resource("aws_vpc_endpoint.ssmmessages") != nil,
			"the task role may record":       strings.Contains(stack.Resource("aws_iam_role_policy.ecs_task_exec").Text("policy"), "${aws_cloudwatch_log_group.exec.arn}:*"),
		} {
			want := enabled
			if what == "an endpoint leads there" {
				want = enabled && region.Network.Mode == config.NetworkEndpoints
			}
			if is != want {
				t.Errorf("%s: %t, want %t", what, is, want)
			}
		}
		if (cluster["configuration"] != nil) != (region.Logs.Exec != nil) {
			t.Errorf("the configuration of the cluster is %v", cluster["configuration"])
		}
		if !enabled {
			return
		}
		found++
		role := stack.Resource("aws_iam_role_policy.ecs_task_exec").Text("role")
		if role != "${aws_iam_role.ecs_task_role.name}" {
			t.Errorf("the policy is of %s", role)
		}
	})
	if found < 3 {
		t.Errorf("only %d test fleets have ECS Exec", found)
	}
}

// TestAccessLogBucketIsPrivate holds who may use the bucket, and that the load balancer waits for it.
func TestAccessLogBucketIsPrivate(t *testing.T) {
	const account = "123456789012"
	found := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		bucket := stack.Resource("aws_s3_bucket.access_logs")
		if (bucket != nil) != region.Logs.AccessEnabled() {
			t.Fatalf("the bucket is %v", bucket)
		}
		if bucket == nil {
			return
		}
		found++
		name := resolve(t, bucket.Text("bucket"), account)
		if name != region.Names.AccessLogs(account) || len(name) > 63 {
			t.Errorf("the bucket is %s", name)
		}
		arn := "${aws_s3_bucket.access_logs.arn}"
		var policy awspolicy.Document
		if err := json.Unmarshal([]byte(strings.ReplaceAll(resolve(t, strings.ReplaceAll(stack.Resource("aws_s3_bucket_policy.access_logs").Text("policy"), arn, "ARN"), account), `"*"`, `{}`)), &policy); err != nil {
			t.Fatal(err)
		}
		var statements []string
		for _, each := range policy.Statement {
			statements = append(statements, fmt.Sprintln(each.Effect, each.Action, each.Resource))
		}
		want := []string{"Allow [s3:PutObject] [ARN/AWSLogs/" + account + "/*]\n", "Deny [s3:*] [ARN ARN/*]\n"}
		if difference := cmp.Diff(want, statements); difference != "" {
			t.Errorf("the policy (- want, + got)\n%s", difference)
		}
		access := stack.Resource("aws_s3_bucket_public_access_block.access_logs")
		for _, argument := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
			if access[argument] != true {
				t.Errorf("%s is %v", argument, access[argument])
			}
		}
		balancer := stack.Resource("aws_lb.main")
		if logs := tfText(t, balancer["access_logs"]); logs != `{"bucket":"${aws_s3_bucket.access_logs.id}","enabled":true}` {
			t.Errorf("the load balancer records to %s", logs)
		}
		if !slices.Contains(balancer["depends_on"].([]any), any("aws_s3_bucket_policy.access_logs")) {
			t.Error("the load balancer does not wait for the policy")
		}
		rule := tfText(t, stack.Resource("aws_s3_bucket_lifecycle_configuration.access_logs")["rule"])
		if days := region.Logs.Access.RetentionDays; strings.Contains(rule, fmt.Sprintf(`"expiration":[{"days":%d}]`, days)) != (days > 0) {
			t.Errorf("records are kept for %d days by %s", days, rule)
		}
	})
	if found < 2 {
		t.Errorf("only %d test fleets have access logs", found)
	}
}

// TestInsightsFollowTheFleetFile holds that the setting is left alone unless the fleet file has the key.
func TestInsightsFollowTheFleetFile(t *testing.T) {
	values := map[string]bool{}
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		want := "null"
		if insights := region.Logs.Insights; insights != nil {
			want = fmt.Sprintf(`[{"name":"containerInsights","value":%q}]`, map[bool]string{true: "enabled", false: "disabled"}[*insights])
		}
		values[want] = true
		if got := tfText(t, stack.Resource("aws_ecs_cluster.main")["setting"]); got != want {
			t.Errorf("the setting is %s, want %s", got, want)
		}
	})
	if len(values) < 3 {
		t.Errorf("the test fleets only have %v", values)
	}
}
