package main

import (
	"fmt"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchmetricalarm"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopic"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicsubscription"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/bootstrap/access"
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// newSchedulerAlarms creates an alarm for builds that could not be started, and one for builds that failed.
func newSchedulerAlarms(stack cdktf.TerraformStack, fleet *config.Fleet, s *scheduler, permissions access.Fleet) {
	topic := schedulerTopic(stack, fleet, s, permissions)
	for _, each := range []struct{ id, description, namespace, metric, statistic, dimension string }{
		// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
		{"unstarted", "EventBridge Scheduler could not start a scheduled apply. The queue has the reason.", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", "QueueName"},
		// https://docs.aws.amazon.com/codebuild/latest/userguide/cloudwatch_metrics-codebuild.html
		{"failed", "A scheduled apply failed. The log group of the build project has the reason.", "AWS/CodeBuild", "FailedBuilds", "Sum", "ProjectName"},
	} {
		settings := cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
			AlarmName:          new(s.names.ScheduledApplyAlarm(each.id)),
			AlarmDescription:   &each.description,
			Namespace:          &each.namespace,
			MetricName:         &each.metric,
			Statistic:          &each.statistic,
			Dimensions:         &map[string]*string{each.dimension: &s.Project},
			ComparisonOperator: new("GreaterThanThreshold"),
			Threshold:          new(0.0),
			Period:             new(300.0),
			EvaluationPeriods:  new(1.0),
			// Neither metric has data unless there are builds or messages.
			TreatMissingData: new("notBreaching"),
			Tags:             pointer.NameTag(s.names.ScheduledApplyAlarm(each.id)),
		}
		if topic != "" {
			settings.AlarmActions = pointer.Strings(topic)
		}
		alarm := cloudwatchmetricalarm.NewCloudwatchMetricAlarm(stack, new("weekend_alarm_"+each.id), &settings)
		alarm.OverrideLogicalId(new("weekend_" + each.id))
	}
}

// schedulerTopic returns the ARN of the topic of the alarms, "" if nobody gets them. It creates the topic unless the
// fleet file names one.
func schedulerTopic(stack cdktf.TerraformStack, fleet *config.Fleet, s *scheduler, permissions access.Fleet) string {
	existing, emails := fleet.ScheduledApplyAlarms()
	if existing != "" || len(emails) == 0 {
		return existing
	}
	topic := snstopic.NewSnsTopic(stack, new("weekend_topic"), &snstopic.SnsTopicConfig{Name: &s.Project, Tags: pointer.NameTag(s.Project)})
	topic.OverrideLogicalId(new("weekend"))
	arn := hcl.Attribute("aws_sns_topic.weekend", "arn")
	policy := snstopicpolicy.NewSnsTopicPolicy(stack, new("weekend_topic_policy"), &snstopicpolicy.SnsTopicPolicyConfig{
		Arn:    &arn,
		Policy: new(hcl.Document(permissions.TopicPolicy(s.Scheduler))),
	})
	policy.OverrideLogicalId(new("weekend"))
	for i, email := range emails {
		id := fmt.Sprintf("weekend_%d", i+1)
		subscription := snstopicsubscription.NewSnsTopicSubscription(stack, new("topic_"+id), &snstopicsubscription.SnsTopicSubscriptionConfig{
			TopicArn: &arn,
			Protocol: new("email"),
			Endpoint: new(hcl.Literal(email).Template()),
		})
		subscription.OverrideLogicalId(&id)
	}
	return arn
}
