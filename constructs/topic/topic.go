// Package topic creates the SNS topic that the alarms of a region publish to, encrypted with a key of its own, and
// subscribes an email address.
package topic

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmskey"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopic"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicsubscription"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Policy is an address for depends_on of what publishes: until the policy exists, messages are lost.
const Policy = "aws_sns_topic_policy.alarms"

// Config configures the topic.
type Config struct {
	Name      string
	Email     string
	Region    string
	AccountID string
	// AlarmPrefix begins the names of the alarms that may publish.
	AlarmPrefix string
}

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_385", Address: "aws_sns_topic_policy.alarms", Reason: "EventBridge cannot publish to topics whose policies have conditions for it. It is a service, which acts for this account."},
}

// New creates the topic, and returns its ARN.
func New(scope constructs.Construct, id string, cfg Config) (arn string) {
	scope = constructs.NewConstruct(scope, &id)
	// The AWS managed key of SNS does not let CloudWatch publish, and its policy cannot be changed.
	// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
	key := kmskey.NewKmsKey(scope, new("key"), &kmskey.KmsKeyConfig{
		Description:          new("Encrypts the topic " + cfg.Name),
		Policy:               new(hcl.Document(keyPolicy(cfg.AccountID))),
		EnableKeyRotation:    true,
		DeletionWindowInDays: new(float64(deletionDays)),
		Tags:                 pointer.NameTag(cfg.Name),
	})
	key.OverrideLogicalId(new("alarms"))
	topic := snstopic.NewSnsTopic(scope, new("topic"), &snstopic.SnsTopicConfig{
		Name:           &cfg.Name,
		KmsMasterKeyId: new(hcl.Attribute("aws_kms_key.alarms", "arn")),
		Tags:           pointer.NameTag(cfg.Name),
	})
	topic.OverrideLogicalId(new("alarms"))
	arn = hcl.Attribute("aws_sns_topic.alarms", "arn")
	policy := snstopicpolicy.NewSnsTopicPolicy(scope, new("policy"), &snstopicpolicy.SnsTopicPolicyConfig{
		Arn:    &arn,
		Policy: new(hcl.Document(topicPolicy(cfg, arn))),
	})
	policy.OverrideLogicalId(new("alarms"))
	subscription := snstopicsubscription.NewSnsTopicSubscription(scope, new("email"), &snstopicsubscription.SnsTopicSubscriptionConfig{
		TopicArn: &arn,
		Protocol: new("email"),
		Endpoint: new(hcl.Literal(cfg.Email).Template()),
	})
	subscription.OverrideLogicalId(new("alarms"))
	return arn
}

// deletionDays is the shortest time before AWS deletes a key. A key that is scheduled for deletion costs nothing.
// https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
const deletionDays = 7

// keyPolicy lets the account manage the key, and the publishing services use it.
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
func keyPolicy(accountID string) awspolicy.Document {
	account := awspolicy.Allow("Account", []string{"*"}, "kms:*")
	account.Principal = awspolicy.Principal{Type: "AWS", Name: fmt.Sprintf("arn:aws:iam::%s:root", accountID)}
	alarms := awspolicy.Allow("Alarms", []string{"*"}, "kms:Decrypt", "kms:GenerateDataKey*")
	alarms.Principal = awspolicy.Principal{Type: "Service", Name: "cloudwatch.amazonaws.com"}
	alarms.Condition = awspolicy.Condition{"StringEquals": {"aws:SourceAccount": hcl.Reference(accountID)}}
	events := awspolicy.Allow("Events", []string{"*"}, "kms:Decrypt", "kms:GenerateDataKey*")
	events.Principal = awspolicy.Principal{Type: "Service", Name: "events.amazonaws.com"}
	return awspolicy.New(account, alarms, events)
}

// topicPolicy lets the alarms of the stack publish, and EventBridge, for which conditions are not supported.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
func topicPolicy(cfg Config, topicARN string) awspolicy.Document {
	alarms := awspolicy.Allow("Alarms", []string{topicARN}, "sns:Publish")
	alarms.Principal = awspolicy.Principal{Type: "Service", Name: "cloudwatch.amazonaws.com"}
	alarms.Condition = awspolicy.Condition{
		"StringEquals": {"aws:SourceAccount": hcl.Reference(cfg.AccountID)},
		"ArnLike":      {"aws:SourceArn": hcl.Reference(fmt.Sprintf("arn:aws:cloudwatch:%s:%s:alarm:%s*", cfg.Region, cfg.AccountID, cfg.AlarmPrefix))},
	}
	events := awspolicy.Allow("Events", []string{topicARN}, "sns:Publish")
	events.Principal = awspolicy.Principal{Type: "Service", Name: "events.amazonaws.com"}
	return awspolicy.New(alarms, events)
}
