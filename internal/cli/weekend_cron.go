package cli

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/schedule"
)

// cronFormats maps the name of each output format to its renderer.
var cronFormats = map[string]func(*App, cronJob) (string, error){
	"crontab": (*App).crontab,
	"github":  (*App).githubWorkflow,
	"gitlab":  (*App).gitlabJob,
}

// cronJob is the regions to apply on a schedule.
type cronJob struct {
	environment string
	state       config.State
	// regions are the active regions in destroy mode, stacks the names of their stacks.
	regions []config.Region
	stacks  []string
}

func (a *App) weekendCron() *cobra.Command {
	var format string
	var aws bool
	command := &cobra.Command{
		Use:   "cron",
		Short: "Print a crontab or a CI pipeline that applies when the window opens and closes",
		Long: `Print a crontab or a CI pipeline that applies when the window opens and closes, for fleets in destroy mode.

--format crontab, the default, is for your own host. Run the command there in the repository's directory,
and install the result with { crontab -l; mcpfleet weekend cron; } | crontab -
The crontab works in any time zone. --format github prints .github/workflows/weekend.yml. --format gitlab
prints a file to include from .gitlab-ci.yml; its comment has the commands that create the pipeline
schedules, which GitLab stores outside the repository. Both require the state in S3.

--aws prints what bootstrap: {scheduler: aws} does in AWS, or would do: each schedule of EventBridge
Scheduler, when it is next due, which regions it applies and why, and the cost of the builds.

Only regions with destroy_albs need this. In other regions AWS starts and stops the tasks on schedule; if
the fleet has no region with destroy_albs, only a note is printed to standard error. Print the output
again when the window changes, and once a year if it has skip or extra dates.`,
		Example: "  mcpfleet weekend cron > weekend.crontab\n  mcpfleet weekend cron --format github > .github/workflows/weekend.yml\n  mcpfleet weekend cron --aws",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			text, known := cronFormats[strings.ToLower(format)]
			if !known {
				return usagef("--format: %q is not a format; use crontab, github or gitlab", format)
			}
			if a.json && command.Flags().Changed("format") {
				return usagef("--json and --format are mutually exclusive; remove --format")
			}
			if aws && command.Flags().Changed("format") {
				return usagef("--aws and --format are mutually exclusive; remove one of the two")
			}
			fleet, err := a.fleet()
			if err != nil {
				return err
			}
			if aws {
				return a.printSchedules(fleet)
			}
			return a.printCron(cronJobOf(fleet), text)
		},
	}
	command.Flags().StringVar(&format, "format", "crontab", "Output `format`: crontab, github or gitlab")
	command.Flags().BoolVar(&aws, "aws", false, "Print what the scheduler of bootstrap/ does in AWS")
	_ = command.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(slices.Sorted(maps.Keys(cronFormats)), cobra.ShellCompDirectiveNoFileComp))
	return command
}

func cronJobOf(fleet *config.Fleet) cronJob {
	job := cronJob{environment: fleet.Environment, state: fleet.State, stacks: []string{}}
	for _, region := range fleet.Regions {
		if region.NeedsApplies() {
			job.regions = append(job.regions, region)
			job.stacks = append(job.stacks, region.Names.Stack())
		}
	}
	return job
}

// cronReport is the JSON form of the schedule.
type cronReport struct {
	envelope
	// Stacks are the stacks to apply.
	Stacks []string `json:"stacks"`
	// Timezone is the time zone of the times in Cron.
	Timezone string   `json:"timezone"`
	Cron     []string `json:"cron"`
}

// noneNeedsCron is the note for fleets without destroy mode.
const noneNeedsCron = "No region needs a cron job: AWS starts and stops the tasks on schedule in regions that keep their\nload balancers. Only regions with destroy_albs need one."

func (a *App) printCron(job cronJob, format func(*App, cronJob) (string, error)) error {
	if a.json {
		return a.printDocument(cronReport{envelope{schemaVersion, true}, job.stacks, time.UTC.String(), a.cronLines(job.regions, time.UTC)})
	}
	if len(job.regions) == 0 {
		a.progressf("%s", noneNeedsCron)
		return nil
	}
	text, err := format(a, job)
	if err != nil {
		return err
	}
	a.printf("%s", text)
	return nil
}

// cronLines returns the times of the applies as cron expressions in a time zone.
func (a *App) cronLines(regions []config.Region, zone *time.Location) []string {
	lines := []string{}
	for _, due := range applyTimes(regions, a.Now(), zone) {
		lines = append(lines, due.Cron())
	}
	return lines
}

// applyTimes returns the times of the applies in the coming year.
func applyTimes(regions []config.Region, now time.Time, zone *time.Location) []schedule.Due {
	var schedules []*schedule.Schedule
	for _, region := range regions {
		schedules = append(schedules, region.Schedule)
	}
	return schedule.ApplyTimes(schedules, now, now.AddDate(1, 0, 0), zone)
}
