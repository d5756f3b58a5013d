// Package flowlogs records the connections of a VPC in a CloudWatch log group.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
package flowlogs

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/flowlog"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config configures the flow log.
type Config struct {
	Name         string
	LogGroupName string
	RoleName     string
	// PermissionsBoundary is the ARN of the managed policy that limits the role, or "".
	PermissionsBoundary string
	VPCID               string
	Region              string
	AccountID           string
	// Traffic is ALL, ACCEPT or REJECT.
	Traffic string
	// RetentionDays is 0 to keep logs forever.
	RetentionDays int
	// KMSKeyARN is the key that encrypts the log group, "" for AWS's own.
	KMSKeyARN string
}

const (
	groupAddress = "aws_cloudwatch_log_group.flow_logs"
	roleAddress  = "aws_iam_role.flow_logs"
)

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_158", Address: groupAddress, Reason: "Only without logs.kms_key: CloudWatch encrypts logs with its own key, and a customer managed one is billed per month, in every region."},
	{Check: "CKV_AWS_338", Address: groupAddress, Reason: "Retention is configurable, with network.flow_logs.retention_days, because storage is billed."},
}

// New creates the flow log, its log group, and the role that delivers the records.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	group := cloudwatchloggroup.NewCloudwatchLogGroup(scope, new("group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            &cfg.LogGroupName,
		RetentionInDays: new(float64(cfg.RetentionDays)),
		KmsKeyId:        pointer.NotEmpty(cfg.KMSKeyARN),
		Tags:            pointer.NameTag(cfg.LogGroupName),
	})
	group.OverrideLogicalId(new("flow_logs"))
	groupARN := hcl.Attribute(groupAddress, "arn")
	role := iamrole.NewIamRole(scope, new("role"), &iamrole.IamRoleConfig{
		Name:                &cfg.RoleName,
		Description:         new("Delivers the flow logs of the VPC"),
		AssumeRolePolicy:    new(hcl.Document(trustPolicy(cfg.Region, cfg.AccountID))),
		PermissionsBoundary: pointer.NotEmpty(cfg.PermissionsBoundary),
		Tags:                pointer.NameTag(cfg.RoleName),
	})
	role.OverrideLogicalId(new("flow_logs"))
	policy := iamrolepolicy.NewIamRolePolicy(scope, new("policy"), &iamrolepolicy.IamRolePolicyConfig{
		Name:   &cfg.RoleName,
		Role:   new(hcl.Attribute(roleAddress, "name")),
		Policy: new(hcl.Document(deliveryPolicy(groupARN))),
	})
	policy.OverrideLogicalId(new("flow_logs"))
	flows := flowlog.NewFlowLog(scope, new("flow_log"), &flowlog.FlowLogConfig{
		VpcId:              &cfg.VPCID,
		TrafficType:        &cfg.Traffic,
		LogDestinationType: new("cloud-watch-logs"),
		LogDestination:     &groupARN,
		IamRoleArn:         new(hcl.Attribute(roleAddress, "arn")),
		Tags:               pointer.NameTag(cfg.Name),
		// Without the policy, the first records are lost.
		DependsOn: &[]cdktf.ITerraformDependable{policy},
	})
	flows.OverrideLogicalId(new("main"))
}

// trustPolicy allows the flow logs of this account and region to assume the role.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
func trustPolicy(region, accountID string) awspolicy.Document {
	source := fmt.Sprintf("arn:aws:ec2:%s:%s:vpc-flow-log/*", region, accountID)
	return awspolicy.New(awspolicy.Trust("FlowLogsOfThisAccount", "vpc-flow-logs.amazonaws.com", accountID, source))
}

// deliveryPolicy does not include logs:CreateLogGroup: records arrive for some minutes after the flow log was
// deleted, and would create the log group again.
func deliveryPolicy(groupARN string) awspolicy.Document {
	return awspolicy.New(awspolicy.Allow("Records", []string{groupARN, groupARN + ":*"},
		"logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"))
}
