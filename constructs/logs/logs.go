// Package logs makes the log group of a region.
package logs

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"

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
