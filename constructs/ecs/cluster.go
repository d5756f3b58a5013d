package ecs

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecscluster"

	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Cluster configures the ECS cluster.
type Cluster struct {
	Name string
	// Audit is nil to leave what ECS does with the commands of ECS Exec as it is in AWS.
	Audit *Audit
	// Insights is the value of the setting containerInsights, "" to leave it as it is in AWS.
	Insights string
}

// Audit is how ECS records the commands that are run in the tasks with ECS Exec.
type Audit struct {
	// LogGroup is the name of their log group. Without one, they are recorded like the output of the container.
	LogGroup string
	// Encrypted reports whether the log group must have a KMS key. If it has none, no command can be run.
	Encrypted bool
}

func newCluster(scope constructs.Construct, cfg Cluster) {
	config := &ecscluster.EcsClusterConfig{Name: &cfg.Name, Tags: pointer.NameTag(cfg.Name)}
	if cfg.Audit != nil {
		config.Configuration = &ecscluster.EcsClusterConfiguration{ExecuteCommandConfiguration: record(*cfg.Audit)}
	}
	if cfg.Insights != "" {
		// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html
		config.Setting = []*ecscluster.EcsClusterSetting{{Name: new("containerInsights"), Value: &cfg.Insights}}
	}
	ecscluster.NewEcsCluster(scope, new("cluster"), config).OverrideLogicalId(new("main"))
}

// record returns where commands are recorded. The provider does not tell ECS that a block is gone, so commands are no
// longer recorded in the log group only if the block says so.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html
func record(audit Audit) *ecscluster.EcsClusterConfigurationExecuteCommandConfiguration {
	if audit.LogGroup == "" {
		return &ecscluster.EcsClusterConfigurationExecuteCommandConfiguration{Logging: new("DEFAULT")}
	}
	return &ecscluster.EcsClusterConfigurationExecuteCommandConfiguration{
		Logging: new("OVERRIDE"),
		LogConfiguration: &ecscluster.EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration{
			CloudWatchLogGroupName:      &audit.LogGroup,
			CloudWatchEncryptionEnabled: audit.Encrypted,
		},
	}
}
