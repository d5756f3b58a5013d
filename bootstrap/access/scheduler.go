package access

import (
	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Scheduler holds what the policies of scheduled applies depend on: the names of what starts and runs the builds.
type Scheduler struct {
	// Project is the name of the build project, of the group of the schedules, and of the queue.
	Project string
	// LogGroup is the name of the log group of the builds, and Bundle the key of their source in the state bucket, ""
	// if the source is a repository.
	LogGroup, Bundle string
	// Connection is the ARN of the connection to the repository; optional.
	Connection string
	// BuildRole and ApplyRole are the ARNs of the role of the builds and of the role that they apply with.
	BuildRole, ApplyRole string
}

// arn returns an ARN in the region of the state, which the scheduler is in.
func (f Fleet) arn(service, resource string) string {
	return "arn:aws:" + service + ":" + f.State.Region + ":" + f.Account + ":" + resource
}

// QueueARN returns the ARN of the queue of builds that could not be started.
func (f Fleet) QueueARN(s Scheduler) string { return f.arn("sqs", s.Project) }

// TrustOfBuilds returns the trust policy of the builds' role.
// https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
func (f Fleet) TrustOfBuilds(s Scheduler) awspolicy.Document {
	return awspolicy.New(awspolicy.Trust("Builds", "codebuild.amazonaws.com", f.Account, f.arn("codebuild", "project/"+s.Project)))
}

// TrustOfSchedules returns the trust policy of the schedules' role.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
func (f Fleet) TrustOfSchedules(s Scheduler) awspolicy.Document {
	return awspolicy.New(awspolicy.Trust("Schedules", "scheduler.amazonaws.com", f.Account, f.arn("scheduler", "schedule-group/"+s.Project)))
}

// AssumedByBuilds returns the statement by which the apply role also trusts the builds.
func AssumedByBuilds(s Scheduler) awspolicy.Statement {
	return awspolicy.Statement{
		Sid:       "ScheduledApplies",
		Effect:    "Allow",
		Principal: awspolicy.Principal{Type: "AWS", Name: s.BuildRole},
		Action:    []string{"sts:AssumeRole"},
	}
}

// PolicyOfBuilds lets the builds read their source, write their logs and assume the apply role. They change AWS with
// that role only: a deny statement of its policies excludes other regions, in which the builds and their logs may be.
// https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
func (f Fleet) PolicyOfBuilds(s Scheduler) awspolicy.Document {
	result := awspolicy.New(
		awspolicy.Allow("Apply", []string{s.ApplyRole}, "sts:AssumeRole"),
		awspolicy.Allow("WriteLogs", []string{f.arn("logs", "log-group:"+s.LogGroup+":*")}, "logs:CreateLogStream", "logs:PutLogEvents"),
	)
	if s.Bundle != "" {
		result.Statement = append(result.Statement,
			awspolicy.Allow("FindSource", []string{"arn:aws:s3:::" + f.State.Bucket}, "s3:GetBucketAcl", "s3:GetBucketLocation"),
			awspolicy.Allow("ReadSource", []string{"arn:aws:s3:::" + f.State.Bucket + "/" + s.Bundle}, "s3:GetObject", "s3:GetObjectVersion"))
	}
	if s.Bundle != "" && f.State.KMSKey != "" {
		key := stateKey(f)
		key.Sid, key.Action = "KeyOfTheSource", []string{"kms:Decrypt"}
		result.Statement = append(result.Statement, key)
	}
	if s.Connection != "" {
		// A connection has the prefix of the service's former name, too, and actions of both.
		// https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html
		result.Statement = append(result.Statement, awspolicy.Allow("ReadRepository", []string{s.Connection},
			"codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codeconnections:UseConnection",
			"codestar-connections:GetConnection", "codestar-connections:GetConnectionToken", "codestar-connections:UseConnection"))
	}
	return result
}

// PolicyOfSchedules lets the schedules start the builds, and report those that they could not start.
func (f Fleet) PolicyOfSchedules(s Scheduler) awspolicy.Document {
	return awspolicy.New(
		awspolicy.Allow("StartBuilds", []string{f.arn("codebuild", "project/"+s.Project)}, "codebuild:StartBuild"),
		awspolicy.Allow("ReportUnstarted", []string{f.QueueARN(s)}, "sqs:SendMessage"),
	)
}

// TopicPolicy lets the alarms of scheduled applies publish to their topic.
func (f Fleet) TopicPolicy(s Scheduler) awspolicy.Document {
	alarms := awspolicy.Allow("Alarms", []string{f.TopicARN(s)}, "sns:Publish")
	alarms.Principal = awspolicy.Principal{Type: "Service", Name: "cloudwatch.amazonaws.com"}
	alarms.Condition = awspolicy.Condition{
		"StringEquals": {"aws:SourceAccount": hcl.Reference(f.Account)},
		"ArnLike":      {"aws:SourceArn": hcl.Reference(f.arn("cloudwatch", "alarm:"+s.Project+"-*"))},
	}
	return awspolicy.New(alarms)
}

// TopicARN returns the ARN of the topic of the alarms of scheduled applies.
func (f Fleet) TopicARN(s Scheduler) string { return f.arn("sns", s.Project) }
