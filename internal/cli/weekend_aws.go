package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/naming"
)

// scheduleReport is the JSON form of what bootstrap.scheduler does.
type scheduleReport struct {
	envelope
	// Enabled reports whether the fleet file has the scheduler.
	Enabled bool `json:"enabled"`
	// Project is the name of the build project, and of the group of the schedules.
	Project string `json:"project"`
	// In is the region of both.
	In        string          `json:"in"`
	Schedules []scheduledTime `json:"schedules"`
	// BuildsPerMonth is the number of builds in an average month.
	BuildsPerMonth json.Number `json:"builds_per_month"`
	// MinutesPerBuild is an assumption.
	MinutesPerBuild int `json:"minutes_per_build"`
	// MinutePrice is the price of a minute of a build.
	MinutePrice *json.Number `json:"minute_price"`
	// Monthly is the cost of the builds and their alarms in US dollars.
	Monthly *json.Number `json:"monthly"`
}

// scheduledTime is one schedule.
type scheduledTime struct {
	Schedule string `json:"schedule"`
	// Expression is a cron expression of EventBridge Scheduler.
	Expression string    `json:"expression"`
	Timezone   string    `json:"timezone"`
	Next       time.Time `json:"next"`
	// Regions are the regions that the build applies.
	Regions []scheduledPurpose `json:"regions"`
}

// scheduledPurpose is what a build is for in a region.
type scheduledPurpose struct {
	Region   string   `json:"region"`
	Stack    string   `json:"stack"`
	Purposes []string `json:"purposes"`
}

// printSchedules prints what bootstrap.scheduler does, or would do.
func (a *App) printSchedules(fleet *config.Fleet) error {
	applies := appliesOf(fleet)
	builds := cost.Builtin().Builds(applies, fleet.State.Region)
	names := naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: fleet.State.Region}
	enabled := fleet.Bootstrap.Scheduler == config.SchedulerAWS
	if a.json {
		result := scheduleReport{
			envelope: envelope{schemaVersion, true}, Enabled: enabled, Project: names.ScheduledApply(), In: names.Region, Schedules: []scheduledTime{},
			BuildsPerMonth: json.Number(builds.PerMonth.String()), MinutesPerBuild: cost.MinutesPerBuild, Monthly: money(builds.Monthly),
		}
		if builds.MinutePrice != nil {
			result.MinutePrice = number(&builds.MinutePrice.USD)
		}
		for _, apply := range applies {
			result.Schedules = append(result.Schedules, a.scheduledTime(apply))
		}
		return a.printDocument(result)
	}
	if len(applies) == 0 {
		a.progressf("%s", noneNeedsCron)
		return nil
	}
	if !enabled {
		a.progressf("%s does not have bootstrap: {scheduler: aws}. This is what it would do:", a.file)
	}
	if fleet.State.Backend != "s3" {
		a.progressf("warning: the state is local, but a build keeps no files; set state: {backend: s3, …} before you use this (see mcpfleet help state)")
	}
	now := a.Now()
	var rows [][]string
	for _, apply := range applies {
		rows = append(rows, []string{apply.Name, apply.Due.Expression(), apply.Timezone, ops.When(apply.Next(now), now), purposesText(apply)})
	}
	a.printTable([]string{"SCHEDULE", "EXPRESSION", "TIME ZONE", "NEXT", "APPLIES"}, rows)
	a.printf("\n%s", buildsText(builds, names))
	return nil
}

// appliesOf returns the scheduled applies of the regions that the command is about.
func appliesOf(fleet *config.Fleet) []config.ScheduledApply {
	names := namesOf(fleet)
	var result []config.ScheduledApply
	for _, apply := range fleet.ScheduledApplies() {
		apply.Regions = slices.DeleteFunc(slices.Clone(apply.Regions), func(region config.ScheduledRegion) bool {
			return !slices.Contains(names, region.Name)
		})
		if len(apply.Regions) > 0 {
			result = append(result, apply)
		}
	}
	return result
}

func (a *App) scheduledTime(apply config.ScheduledApply) scheduledTime {
	result := scheduledTime{Schedule: apply.Name, Expression: apply.Due.Expression(), Timezone: apply.Timezone, Next: apply.Next(a.Now())}
	for _, region := range apply.Regions {
		result.Regions = append(result.Regions, scheduledPurpose{region.Name, region.Stack, purposeNames(region)})
	}
	return result
}

func purposeNames(region config.ScheduledRegion) (names []string) {
	for _, purpose := range region.Purposes {
		names = append(names, string(purpose))
	}
	return names
}

// purposesText describes an apply, such as "eu-west-1, eu-west-2: destroy load balancer".
func purposesText(apply config.ScheduledApply) string {
	var purposes []string
	regions := map[string][]string{}
	for _, region := range apply.Regions {
		purpose := strings.Join(purposeNames(region), " and ")
		if regions[purpose] == nil {
			purposes = append(purposes, purpose)
		}
		regions[purpose] = append(regions[purpose], region.Name)
	}
	var parts []string
	for _, purpose := range purposes {
		parts = append(parts, strings.Join(regions[purpose], ", ")+": "+purpose)
	}
	return strings.Join(parts, "; ")
}

// buildsText describes where the builds run and what they cost.
func buildsText(builds cost.Builds, names naming.Names) string {
	project := names.ScheduledApply()
	if names.Region != "" {
		project += " in " + names.Region
	}
	text := fmt.Sprintf("CodeBuild project %s: %s builds a month of about %d minutes, %s minutes in all.\n",
		project, builds.PerMonth, cost.MinutesPerBuild, builds.Minutes)
	if builds.Monthly == nil {
		return text + "The cost is not known, because a price is missing.\n"
	}
	return text + fmt.Sprintf("With its alarms, about %s USD a month, at %s USD a minute (general1.small, %s), without the free tier.\n",
		builds.Monthly.StringFixed(2), builds.MinutePrice.USD, builds.MinutePrice.Source)
}
