package cli

import (
	_ "embed" // for the workflow
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) weekendCron() *cobra.Command {
	return &cobra.Command{
		Use:   "cron",
		Short: "Print a crontab and a GitHub workflow for fleets that destroy their load balancers",
		Long: `Print a crontab and a GitHub workflow that apply at the edges of the window.

Only regions with destroy_albs need either. Where load balancers stay, AWS wakes the tasks and puts
them to sleep by itself.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			fleet, err := a.fleet()
			if err != nil {
				return err
			}
			return a.printCron(fleet)
		},
	}
}

func (a *App) printCron(fleet *config.Fleet) error {
	var regions []config.Region
	var stacks []string
	for _, region := range fleet.Regions {
		if region.Weekend.Mode() == config.Destroy && region.Weekend.Active {
			regions = append(regions, region)
			stacks = append(stacks, region.Names.Stack())
		}
	}
	lines := ops.CronLines(regions, a.Now())
	if a.json {
		return a.printJSON(map[string]any{"stacks": append([]string{}, stacks...), "timezone": "UTC", "cron": append([]string{}, lines...)})
	}
	if len(regions) == 0 {
		a.printf("No region needs a cron job: AWS wakes the tasks and puts them to sleep by itself wherever the\nload balancers stay. Only destroy_albs needs one.\n")
		return nil
	}
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	deploy := a.deployCommand(append([]string{"--auto-approve"}, stacks...)...)
	a.printf("# crontab: at the edges of the window an apply makes what belongs there. Run late, twice or at a wrong\n# hour it changes nothing. Regions that keep their load balancers need none of this.\nCRON_TZ=UTC\n")
	for _, line := range lines {
		a.printf("%s cd %s && %s >>weekend.log 2>&1\n", line, quote(folder), deploy)
	}
	a.printf("\n# .github/workflows/weekend.yml: the same, with the state in S3 (state.backend: s3). Hours are UTC.\n%s", workflow(lines))
	return nil
}

// quote makes one word of a shell's, and of cron's, for which a percent sign ends the command.
func quote(word string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(word, "'", `'\''`), "%", `\%`) + "'"
}

// workflowText is the repository's own workflow but for its hours; a test keeps the two together.
//
//go:embed weekend_workflow.yml
var workflowText string

func workflow(lines []string) string {
	var schedule strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&schedule, "    - cron: %q\n", line)
	}
	return strings.Replace(workflowText, "SCHEDULE", schedule.String(), 1)
}
