package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// eachStack runs a test for the stack of every reviewed fleet.
func eachStack(t *testing.T, test func(t *testing.T, stack *tfjson.Stack)) {
	t.Helper()
	for _, file := range reviewed {
		t.Run(name(file), func(t *testing.T) {
			stack, err := tfjson.Read(synthesized[file])
			if err != nil {
				t.Fatal(err)
			}
			test(t, stack)
		})
	}
}

func TestReferencesAreValid(t *testing.T) {
	eachStack(t, func(t *testing.T, stack *tfjson.Stack) {
		for _, problem := range stack.Problems() {
			t.Error(problem)
		}
	})
}

func TestPoliciesAreJSON(t *testing.T) {
	eachStack(t, func(t *testing.T, stack *tfjson.Stack) {
		found := 0
		stack.Each(func(kind, name string, resource tfjson.Block) {
			for _, argument := range []string{"policy", "assume_role_policy"} {
				if resource.Text(argument) == "" {
					continue
				}
				found++
				text, err := tfjson.Resolve(resource.Text(argument), "123456789012")
				if err != nil || !json.Valid([]byte(text)) || strings.Contains(text, "{account}") {
					t.Errorf("%s.%s: %v: %s", kind, name, err, text)
				}
			}
		})
		if found == 0 {
			t.Error("no policies found")
		}
	})
}

func TestPipelineRolesHaveTheirOwnPath(t *testing.T) {
	eachStack(t, func(t *testing.T, stack *tfjson.Stack) {
		for _, kind := range []string{"aws_iam_role", "aws_iam_policy"} {
			for name, resource := range stack.Resources[kind] {
				if resource.Text("path") != "/ci/" {
					t.Errorf("%s.%s has the path %q", kind, name, resource.Text("path"))
				}
			}
		}
	})
}

func TestBucketIsProtectedAndPrivate(t *testing.T) {
	eachStack(t, func(t *testing.T, stack *tfjson.Stack) {
		bucket := stack.Resource("aws_s3_bucket.state")
		if lifecycle, _ := bucket["lifecycle"].(map[string]any); lifecycle["prevent_destroy"] != true || bucket["force_destroy"] != nil {
			t.Errorf("the bucket can be destroyed: %v", bucket)
		}
		access := stack.Resource("aws_s3_bucket_public_access_block.state")
		for _, argument := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
			if access[argument] != true {
				t.Errorf("%s is %v", argument, access[argument])
			}
		}
		versioning, _ := stack.Resource("aws_s3_bucket_versioning.state")["versioning_configuration"].(map[string]any)
		if versioning["status"] != "Enabled" {
			t.Errorf("versioning is %v", versioning)
		}
		if policy := stack.Resource("aws_s3_bucket_policy.state").Text("policy"); !strings.Contains(policy, `"aws:SecureTransport":["false"]`) {
			t.Errorf("the bucket's policy is %s", policy)
		}
	})
}

func TestBucketUsesKMSKeyOfFleet(t *testing.T) {
	stack, err := tfjson.Read(synthesized["../examples/s3-state.yaml"])
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(stack.Resource("aws_s3_bucket_server_side_encryption_configuration.state"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"sse_algorithm":"aws:kms"`, `"kms_master_key_id":"alias/terraform-state"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("want %s in %s", want, text)
		}
	}
}
