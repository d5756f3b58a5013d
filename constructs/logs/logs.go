// Package logs creates the CloudWatch log groups of a region's tasks, and of the function that answers while they are asleep.
package logs

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config configures a log group.
type Config struct {
	// Key is the last part of the log group's Terraform address.
	Key  string
	Name string
	// RetentionDays is 0 to keep logs forever.
	RetentionDays int
	// KMSKeyARN is the key that encrypts the log events; optional.
	KMSKeyARN string
}

// Group holds references to a log group.
type Group struct {
	Name string
	ARN  string
}

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_158", Address: "aws_cloudwatch_log_group.main", Reason: ownKey},
	{Check: "CKV_AWS_158", Address: "aws_cloudwatch_log_group.exec", Reason: ownKey},
	{Check: "CKV_AWS_158", Address: "aws_cloudwatch_log_group.standby", Reason: ownKey},
	{Check: "CKV_AWS_338", Address: "aws_cloudwatch_log_group.main", Reason: retention},
	{Check: "CKV_AWS_338", Address: "aws_cloudwatch_log_group.exec", Reason: retention},
	{Check: "CKV_AWS_338", Address: "aws_cloudwatch_log_group.standby", Reason: retention},
}

const (
	ownKey    = "Only without logs.kms_key: CloudWatch encrypts logs with its own key. A customer managed key is billed per month, in every region."
	retention = "Retention is configurable, with logs.retention_days, because storage is billed."
)

// New creates a log group.
func New(scope constructs.Construct, id string, cfg Config) *Group {
	scope = constructs.NewConstruct(scope, &id)
	group := cloudwatchloggroup.NewCloudwatchLogGroup(scope, new("group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            &cfg.Name,
		RetentionInDays: new(float64(cfg.RetentionDays)),
		KmsKeyId:        pointer.NotEmpty(cfg.KMSKeyARN),
		Tags:            pointer.NameTag(cfg.Name),
	})
	group.OverrideLogicalId(&cfg.Key)
	address := "aws_cloudwatch_log_group." + cfg.Key
	return &Group{Name: hcl.Attribute(address, "name"), ARN: hcl.Attribute(address, "arn")}
}
