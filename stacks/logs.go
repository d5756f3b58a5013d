package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/accesslogs"
	"github.com/cdtait/mcpfleet/constructs/ecs"
	"github.com/cdtait/mcpfleet/constructs/loadbalancer"
	"github.com/cdtait/mcpfleet/constructs/logs"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
)

func logsConfig(key, name string, region config.Region) logs.Config {
	return logs.Config{Key: key, Name: name, RetentionDays: region.Logs.RetentionDays, KMSKeyARN: region.Logs.KMSKey}
}

// clusterConfig configures what the fleet file says about ECS Exec and Container Insights, on or off.
func clusterConfig(region config.Region, r resources) ecs.Cluster {
	cfg := ecs.Cluster{Name: region.Names.Cluster()}
	if region.Logs.Exec != nil {
		cfg.Audit = &ecs.Audit{}
	}
	if insights := region.Logs.Insights; insights != nil {
		cfg.Insights = map[bool]string{true: "enabled", false: "disabled"}[*insights]
	}
	if r.execLogs != nil {
		cfg.Audit.LogGroup, cfg.Audit.Encrypted = r.execLogs.Name, region.Logs.KMSKey != ""
	}
	return cfg
}

// addAccessLogs adds the bucket of the access logs, and returns what the fleet file says about them, nil if nothing.
func addAccessLogs(stack cdktf.TerraformStack, region config.Region) *loadbalancer.AccessLogs {
	if !region.Logs.AccessEnabled() {
		if region.Logs.Access.Enabled == nil {
			return nil
		}
		return &loadbalancer.AccessLogs{}
	}
	bucket := accesslogs.New(stack, "access_logs", accesslogs.Config{
		Name: region.Names.AccessLogs(awsprovider.AccountID), AccountID: awsprovider.AccountID, RetentionDays: region.Logs.Access.RetentionDays,
	})
	return &loadbalancer.AccessLogs{Bucket: bucket.Name, DependsOn: []string{accesslogs.Policy}}
}
