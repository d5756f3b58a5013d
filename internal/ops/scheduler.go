package ops

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	codebuildtypes "github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	eventbridge "github.com/aws/aws-sdk-go-v2/service/scheduler"
	eventbridgetypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/naming"
)

// scheduler is what the bootstrap creates to apply a fleet on a schedule. All regions share it.
type scheduler struct {
	names  naming.Names
	builds *codebuild.Client
	events *eventbridge.Client
	// applies returns the applies of all regions. They take a while to compute.
	applies func() []config.ScheduledApply
}

// newScheduler returns the scheduler of a fleet, nil if it has none. It is in the region of the state.
func newScheduler(cfg aws.Config, fleet *config.Fleet) *scheduler {
	if fleet.Bootstrap.Scheduler != config.SchedulerAWS {
		return nil
	}
	cfg.Region = fleet.State.Region
	return &scheduler{
		names:   naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: fleet.State.Region},
		builds:  codebuild.NewFromConfig(cfg),
		events:  eventbridge.NewFromConfig(cfg),
		applies: sync.OnceValue(fleet.ScheduledApplies),
	}
}

// appliesOf returns the applies of a region.
func (s *scheduler) appliesOf(region string) []config.ScheduledApply {
	return slices.DeleteFunc(slices.Clone(s.applies()), func(apply config.ScheduledApply) bool {
		return !slices.ContainsFunc(apply.Regions, func(each config.ScheduledRegion) bool { return each.Name == region })
	})
}

// schedules returns the schedules that exist, by name.
func (s *scheduler) schedules(ctx context.Context) (map[string]eventbridgetypes.ScheduleSummary, error) {
	found := map[string]eventbridgetypes.ScheduleSummary{}
	pages := eventbridge.NewListSchedulesPaginator(s.events, &eventbridge.ListSchedulesInput{GroupName: new(s.names.ScheduledApply())})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, each := range page.Schedules {
			found[value(each.Name)] = each
		}
	}
	return found, nil
}

// lastBuild returns the build that was started last to apply a stack, nil if there was none among the latest.
func (s *scheduler) lastBuild(ctx context.Context, stack string) (last *codebuildtypes.Build, err error) {
	listed, err := s.builds.ListBuildsForProject(ctx, &codebuild.ListBuildsForProjectInput{
		ProjectName: new(s.names.ScheduledApply()), SortOrder: codebuildtypes.SortOrderTypeDescending,
	})
	if err != nil || len(listed.Ids) == 0 {
		return nil, err
	}
	described, err := s.builds.BatchGetBuilds(ctx, &codebuild.BatchGetBuildsInput{Ids: listed.Ids[:min(len(listed.Ids), buildsPerRequest)]})
	if err != nil {
		return nil, err
	}
	for _, build := range described.Builds {
		if applies(build, stack) && (last == nil || value(build.StartTime).After(value(last.StartTime))) {
			last = &build
		}
	}
	return last, nil
}

// buildsPerRequest is the most that BatchGetBuilds describes.
// https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html
const buildsPerRequest = 100

// applies reports whether a build applies a stack.
func applies(build codebuildtypes.Build, stack string) bool {
	if build.Environment == nil {
		return true
	}
	for _, variable := range build.Environment.EnvironmentVariables {
		if value(variable.Name) == config.StacksVariable {
			return slices.Contains(strings.Fields(value(variable.Value)), stack)
		}
	}
	return true
}

// lastDue returns when an apply was last due before an instant, within the two weeks before it.
func lastDue(apply config.ScheduledApply, before time.Time) (last time.Time) {
	for at := apply.Next(before.AddDate(0, 0, -14)); !at.IsZero() && at.Before(before); at = apply.Next(at) {
		last = at
	}
	return last
}
