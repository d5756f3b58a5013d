package access

import (
	"fmt"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

// TestAccessLogs holds that the roles reach the buckets of the fleet's access logs and no others, also to delete those that
// the fleet file has turned off, and none if it never had any.
func TestAccessLogs(t *testing.T) {
	const text = "project: fmp-mcp\nenvironment: prod\ndefaults:\n  container: {image: a/b}\n  %s\nregions:\n  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"
	const bucket = "arn:aws:s3:::fmp-mcp-prod-eu-west-1-access-logs-" + account
	for keys, named := range map[string]bool{"logs: {access: true}": true, "logs: {access: false}": true, "logs: {retention_days: 30}": false} {
		loaded, _, err := config.Parse("regions.yaml", fmt.Appendf(nil, text, keys))
		if err != nil {
			t.Fatal(err)
		}
		fleet := NewFleet(loaded, account)
		for _, each := range []struct {
			action, resource string
			plan, apply      bool
		}{
			{"s3:GetBucketTagging", bucket, named, named},
			{"s3:CreateBucket", bucket, false, named},
			{"s3:PutBucketPolicy", bucket, false, named},
			{"s3:DeleteObject", bucket + "/AWSLogs/1.gz", false, named},
			{"s3:GetObject", bucket + "/AWSLogs/1.gz", false, false},
			{"s3:DeleteBucket", "arn:aws:s3:::fmp-mcp-dev-eu-west-1-access-logs-" + account, false, false},
			{"s3:DeleteBucket", "arn:aws:s3:::fmp-mcp-prod-terraform-state", false, false},
		} {
			call := request{each.action, each.resource, nil}.in("eu-west-1")
			if plan, apply := allowed(t, fleet, Plan, call), allowed(t, fleet, Apply, call); plan != each.plan || apply != each.apply {
				t.Errorf("%s: %s on %s: plan %t, want %t; apply %t, want %t", keys, each.action, each.resource, plan, each.plan, apply, each.apply)
			}
		}
	}
}
