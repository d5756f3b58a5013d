package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/codebuildproject"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/schedulerschedule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/schedulerschedulegroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/sqsqueue"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/bootstrap/access"
	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awspolicy"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
	"github.com/cdtait/mcpfleet/naming"
)

const (
	// buildTimeout exceeds the longest apply. A role that is assumed with another role expires after an hour, and is then
	// assumed again.
	buildTimeout = 60
	// A build that another one delays, or that AWS cannot start, is tried again for an hour.
	startAttempts, startSeconds = 30, 3600
	// logDays is long enough to see what the applies of a month did.
	logDays = 30
	// queueSeconds is the longest that a queue keeps messages.
	// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
	queueSeconds = 14 * 24 * 3600
)

// scheduler is what applies the regions in destroy mode on a schedule: the names, and where the builds find the fleet
// file and the repository.
type scheduler struct {
	names naming.Names
	access.Scheduler
	// file is the path of the fleet file in the repository.
	file       string
	repository string
}

// schedulerOf returns the scheduler of a fleet that has one. The error says that the builds could not find the fleet
// file.
func schedulerOf(file string, fleet *config.Fleet, pipelines pipelines, account string) (*scheduler, error) {
	if fleet.Bootstrap.Scheduler != config.SchedulerAWS {
		return nil, nil
	}
	inRepository, err := pathInRepository(file)
	if err != nil {
		return nil, err
	}
	names := naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: fleet.State.Region}
	role := func(name string) string { return "arn:aws:iam::" + account + ":role" + path + name }
	result := &scheduler{
		names: names,
		Scheduler: access.Scheduler{
			Project:    names.ScheduledApply(),
			LogGroup:   names.ScheduledApplyLogs(),
			Connection: fleet.Bootstrap.ConnectionARN,
			BuildRole:  role(names.BuildRole()),
			ApplyRole:  role(fleet.Project + "-" + fleet.Environment + "-" + access.Apply),
		},
		file:       inRepository,
		repository: pipelines.repository,
	}
	if fleet.Bootstrap.Source == config.SourceBundle {
		result.Bundle = fleet.State.Prefix + "/" + names.SourceBundle()
	}
	return result, nil
}

// pathInRepository returns the path of the fleet file from the root of the repository, which contains this app's folder.
func pathInRepository(file string) (string, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(root, absolute)
	if err != nil || !filepath.IsLocal(relative) {
		return "", fmt.Errorf("%s: bootstrap.scheduler: the file is outside of %s, so the builds could not read it; move it into the repository", file, root)
	}
	return filepath.ToSlash(relative), nil
}

// newScheduler creates the build project, and the schedules that start it.
func newScheduler(stack cdktf.TerraformStack, fleet *config.Fleet, s *scheduler, account string) {
	permissions := access.NewFleet(fleet, account)
	build := newServiceRole(stack, "weekend_build", s.names.BuildRole(), "Builds that apply the stacks on a schedule",
		permissions.TrustOfBuilds(s.Scheduler), permissions.PolicyOfBuilds(s.Scheduler))
	start := newServiceRole(stack, "weekend_start", s.names.StartRole(), "Schedules that start the builds",
		permissions.TrustOfSchedules(s.Scheduler), permissions.PolicyOfSchedules(s.Scheduler))
	newProject(stack, fleet, s, build)
	newSchedules(stack, fleet, s, start)
	newSchedulerAlarms(stack, fleet, s, permissions)
}

// newServiceRole creates a role of an AWS service, and returns its ARN.
func newServiceRole(stack cdktf.TerraformStack, id, name, description string, trust, permissions awspolicy.Document) (arn string) {
	role := iamrole.NewIamRole(stack, new("role_"+id), &iamrole.IamRoleConfig{
		Name:             &name,
		Path:             new(path),
		Description:      &description,
		AssumeRolePolicy: new(hcl.Document(trust)),
		Tags:             pointer.NameTag(name),
	})
	role.OverrideLogicalId(&id)
	policy := iamrolepolicy.NewIamRolePolicy(stack, new("policy_"+id), &iamrolepolicy.IamRolePolicyConfig{
		Name:   &name,
		Role:   new(hcl.Attribute("aws_iam_role."+id, "name")),
		Policy: new(hcl.Document(permissions)),
	})
	policy.OverrideLogicalId(&id)
	return hcl.Attribute("aws_iam_role."+id, "arn")
}

func newProject(stack cdktf.TerraformStack, fleet *config.Fleet, s *scheduler, role string) {
	logs := cloudwatchloggroup.NewCloudwatchLogGroup(stack, new("weekend_logs"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            &s.LogGroup,
		RetentionInDays: new(float64(logDays)),
		Tags:            pointer.NameTag(s.LogGroup),
	})
	logs.OverrideLogicalId(new("weekend"))
	var stacks []string
	for _, region := range fleet.DestroyRegions() {
		stacks = append(stacks, region.Names.Stack())
	}
	project := codebuildproject.NewCodebuildProject(stack, new("weekend_builds"), &codebuildproject.CodebuildProjectConfig{
		Name:                 &s.Project,
		Description:          new("Applies the stacks of regions whose windows open or close"),
		ServiceRole:          &role,
		Artifacts:            &codebuildproject.CodebuildProjectArtifacts{Type: new("NO_ARTIFACTS")},
		Source:               s.source(fleet),
		SourceVersion:        s.version(),
		ConcurrentBuildLimit: new(1.0),
		BuildTimeout:         new(float64(buildTimeout)),
		QueuedTimeout:        new(float64(buildTimeout)),
		Environment: &codebuildproject.CodebuildProjectEnvironment{
			Type:        new("LINUX_CONTAINER"),
			ComputeType: new("BUILD_GENERAL1_SMALL"),
			Image:       new(buildImage),
			EnvironmentVariable: variables(
				"MCPFLEET_CONFIG", hcl.Literal(s.file).Template(),
				applyRoleVariable, s.ApplyRole,
				// All that a build started by hand applies. A schedule names the stacks that are due.
				config.StacksVariable, strings.Join(stacks, " "),
				// As in the workflows: a build fails if the tasks do not become steady.
				"TF_VAR_deployment_wait", "true",
				"CHECKPOINT_DISABLE", "1",
			),
		},
		LogsConfig: &codebuildproject.CodebuildProjectLogsConfig{CloudwatchLogs: &codebuildproject.CodebuildProjectLogsConfigCloudwatchLogs{
			GroupName: new(hcl.Attribute("aws_cloudwatch_log_group.weekend", "name")),
		}},
		Tags: pointer.NameTag(s.Project),
	})
	project.OverrideLogicalId(new("weekend"))
	// CodeBuild checks whether the role may read the source.
	project.AddOverride(new("depends_on"), []string{"aws_iam_role_policy.weekend_build"})
}

// variables returns the environment variables of a build, from names each followed by its value.
func variables(namesAndValues ...string) (all []*codebuildproject.CodebuildProjectEnvironmentEnvironmentVariable) {
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		all = append(all, &codebuildproject.CodebuildProjectEnvironmentEnvironmentVariable{Name: &namesAndValues[i], Value: &namesAndValues[i+1]})
	}
	return all
}

// source returns where the builds find the repository.
func (s *scheduler) source(fleet *config.Fleet) *codebuildproject.CodebuildProjectSource {
	if s.Bundle != "" {
		return &codebuildproject.CodebuildProjectSource{
			Type: new("S3"), Location: new(fleet.State.Bucket + "/" + s.Bundle), Buildspec: new(buildspec()),
		}
	}
	source := &codebuildproject.CodebuildProjectSource{
		Type: new("GITHUB"), Location: new("https://github.com/" + s.repository + ".git"), Buildspec: new(buildspec()), GitCloneDepth: new(1.0),
	}
	if s.Connection != "" {
		source.Auth = &codebuildproject.CodebuildProjectSourceAuth{Type: new("CODECONNECTIONS"), Resource: &s.Connection}
	}
	return source
}

// version returns the branch that the builds apply, the one that the workflows deploy.
func (s *scheduler) version() *string {
	if s.Bundle != "" {
		return nil
	}
	return new(access.DefaultBranch)
}

// startBuild is the request by which a schedule starts a build.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
type startBuild struct {
	ProjectName                  string
	EnvironmentVariablesOverride []overriddenVariable
}

type overriddenVariable struct{ Name, Value, Type string }

func newSchedules(stack cdktf.TerraformStack, fleet *config.Fleet, s *scheduler, role string) {
	queue := sqsqueue.NewSqsQueue(stack, new("weekend_queue"), &sqsqueue.SqsQueueConfig{
		Name:                    &s.Project,
		MessageRetentionSeconds: new(float64(queueSeconds)),
		SqsManagedSseEnabled:    true,
		Tags:                    pointer.NameTag(s.Project),
	})
	queue.OverrideLogicalId(new("weekend"))
	group := schedulerschedulegroup.NewSchedulerScheduleGroup(stack, new("weekend_group"), &schedulerschedulegroup.SchedulerScheduleGroupConfig{
		Name: &s.Project,
		Tags: pointer.NameTag(s.Project),
	})
	group.OverrideLogicalId(new("weekend"))
	for _, apply := range fleet.ScheduledApplies() {
		newSchedule(stack, s, apply, role)
	}
}

func newSchedule(stack cdktf.TerraformStack, s *scheduler, apply config.ScheduledApply, role string) {
	var stacks, regions []string
	for _, region := range apply.Regions {
		stacks, regions = append(stacks, region.Stack), append(regions, region.Name)
	}
	schedule := schedulerschedule.NewSchedulerSchedule(stack, new("schedule_"+apply.Name), &schedulerschedule.SchedulerScheduleConfig{
		Name:                       &apply.Name,
		GroupName:                  new(hcl.Attribute("aws_scheduler_schedule_group.weekend", "name")),
		Description:                new(description("Applies "+strings.Join(regions, ", "), maxDescription)),
		ScheduleExpression:         new(apply.Due.Expression()),
		ScheduleExpressionTimezone: &apply.Timezone,
		FlexibleTimeWindow:         &schedulerschedule.SchedulerScheduleFlexibleTimeWindow{Mode: new("OFF")},
		Target: &schedulerschedule.SchedulerScheduleTarget{
			Arn:     new("arn:aws:scheduler:::aws-sdk:codebuild:startBuild"),
			RoleArn: &role,
			Input: new(hcl.Document(startBuild{s.Project, []overriddenVariable{
				{config.StacksVariable, strings.Join(stacks, " "), "PLAINTEXT"},
			}})),
			RetryPolicy: &schedulerschedule.SchedulerScheduleTargetRetryPolicy{
				MaximumRetryAttempts: new(float64(startAttempts)), MaximumEventAgeInSeconds: new(float64(startSeconds)),
			},
			DeadLetterConfig: &schedulerschedule.SchedulerScheduleTargetDeadLetterConfig{Arn: new(hcl.Attribute("aws_sqs_queue.weekend", "arn"))},
		},
	})
	schedule.OverrideLogicalId(new(address(apply.Name)))
	schedule.AddOverride(new("depends_on"), []string{"aws_codebuild_project.weekend", "aws_iam_role_policy.weekend_start"})
}

// maxDescription is the longest description of a schedule.
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
const maxDescription = 512

// description shortens a list to a number of characters.
func description(list string, most int) string {
	if len(list) <= most {
		return list
	}
	return list[:most-len("...")] + "..."
}
