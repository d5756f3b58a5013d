// Package logs makes the log group of a region.
package logs

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config describes the log group.
type Config struct {
	Name string
	// RetentionDays is 0 for ever.
	RetentionDays int
}

// Group is a log group that is there.
type Group struct {
	Name string
	ARN  string
}

// Accepted are the checks of checkov's that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_158", Address: "aws_cloudwatch_log_group.main", Reason: "CloudWatch encrypts with a key of its own. One of the account's is billed by the month, in every region."},
	{Check: "CKV_AWS_338", Address: "aws_cloudwatch_log_group.main", Reason: "The fleet says how long it keeps, and pays for, its logs: logs.retention_days."},
}

// New makes the log group.
func New(scope constructs.Construct, id string, cfg Config) *Group {
	scope = constructs.NewConstruct(scope, &id)
	group := cloudwatchloggroup.NewCloudwatchLogGroup(scope, new("group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            &cfg.Name,
		RetentionInDays: new(float64(cfg.RetentionDays)),
		Tags:            pointer.NameTag(cfg.Name),
	})
	group.OverrideLogicalId(new("main"))
	return &Group{Name: *group.Name(), ARN: *group.Arn()}
}
