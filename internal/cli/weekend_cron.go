package cli

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// cronFormats are what can be printed of the times at which an apply is due.
var cronFormats = map[string]func(*App, cronJob) (string, error){
	"crontab": (*App).crontab,
	"github":  (*App).githubWorkflow,
	"gitlab":  (*App).gitlabJob,
}

// cronJob is what has to be applied, and when.
type cronJob struct {
	environment string
	state       config.State
	// regions are those that destroy their load balancers, stacks their stacks.
	regions []config.Region
	stacks  []string
}

func (a *App) weekendCron() *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:   "cron",
		Short: "Print what applies at the edges of the window: a crontab, or a pipeline for GitHub or GitLab",
		Long: `Print what applies at the edges of the window, for fleets that destroy their load balancers.

--format crontab, the default, is for a host of yours: give the command in the repository's folder
there, and add it to what cron runs with { crontab -l; mcpfleet weekend cron; } | crontab -
It is right whatever the host's time zone. --format github is .github/workflows/weekend.yml. --format
gitlab is a file to include from .gitlab-ci.yml; its comment has the commands that make the schedules,
which GitLab keeps elsewhere. Both need the state in S3.

Only regions with destroy_albs need any of it. Where load balancers stay, AWS wakes the tasks and
puts them to sleep by itself: then nothing is printed but a remark on standard error. Print it anew
when the window changes, and once a year where it has dates in skip or extra.`,
		Example: "  mcpfleet weekend cron > weekend.crontab\n  mcpfleet weekend cron --format github > .github/workflows/weekend.yml",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			text, known := cronFormats[strings.ToLower(format)]
			if !known {
				return usagef("--format %s is unknown; write crontab, github or gitlab", format)
			}
			if a.json && command.Flags().Changed("format") {
				return usagef("--json is a format of its own; leave out --format")
			}
			fleet, err := a.fleet()
			if err != nil {
				return err
			}
			return a.printCron(cronJobOf(fleet), text)
		},
	}
	command.Flags().StringVar(&format, "format", "crontab", "`kind` of what is printed: crontab, github or gitlab")
	_ = command.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(slices.Sorted(maps.Keys(cronFormats)), cobra.ShellCompDirectiveNoFileComp))
	return command
}

func cronJobOf(fleet *config.Fleet) cronJob {
	job := cronJob{environment: fleet.Environment, state: fleet.State, stacks: []string{}}
	for _, region := range fleet.Regions {
		if region.Weekend.Mode() == config.Destroy && region.Weekend.Active {
			job.regions = append(job.regions, region)
			job.stacks = append(job.stacks, region.Names.Stack())
		}
	}
	return job
}

// cronReport is what has to be applied, and when, as a script reads it.
type cronReport struct {
	envelope
	// Stacks are those to be applied.
	Stacks []string `json:"stacks"`
	// Timezone is that of the times in Cron.
	Timezone string   `json:"timezone"`
	Cron     []string `json:"cron"`
}

func (a *App) printCron(job cronJob, format func(*App, cronJob) (string, error)) error {
	if a.json {
		return a.printDocument(cronReport{envelope{schemaVersion, true}, job.stacks, time.UTC.String(), a.cronLines(job.regions, time.UTC)})
	}
	if len(job.regions) == 0 {
		a.progressf("No region needs a cron job: AWS wakes the tasks and puts them to sleep by itself wherever the\nload balancers stay. Only destroy_albs needs one.")
		return nil
	}
	text, err := format(a, job)
	if err != nil {
		return err
	}
	a.printf("%s", text)
	return nil
}

// cronLines are the times in cron's notation, by the clock of a zone.
func (a *App) cronLines(regions []config.Region, zone *time.Location) []string {
	lines := []string{}
	for _, due := range ops.Dues(regions, a.Now(), zone) {
		lines = append(lines, due.Cron())
	}
	return lines
}
