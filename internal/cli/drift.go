package cli

import (
	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) drift() *cobra.Command {
	command := &cobra.Command{
		Use:   "drift",
		Short: "Show the differences between what runs and the fleet file",
		Long: `Show the differences between what runs and the fleet file, each with its fix.

These are the differences that status counts in DRIFT. That a region is asleep on schedule is no drift. A
region that is not deployed, or that was removed from the fleet file while its state still contains
resources, is also reported.

The exit status is 0 if there is no drift, and 1 if there is some or a region or a state cannot be read, so
that cron or a pipeline can run the command. Whether a region serves is not drift; status and doctor show that.`,
		Example: "  mcpfleet drift\n  mcpfleet drift --region eu-west-1 --json",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			board := &statusBoard{app: a, fleet: fleet, connected: connected}
			statuses := board.query(command.Context(), finished(a.driftText))
			return a.printDrift(fleet, statuses, !board.incomplete)
		},
	}
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// printDrift prints the drift. It is complete unless the states of removed regions or the DNS records could not be read.
func (a *App) printDrift(fleet *config.Fleet, statuses []ops.Status, complete bool) error {
	var reports []verdict
	for _, status := range statuses {
		reports = append(reports, a.verdict(status.Region, driftProblems(status)))
	}
	document := newReport(a, fleet, reports)
	document.OK = document.OK && complete
	if a.json {
		return a.printDocument(document)
	}
	for _, status := range statuses {
		a.printf("%s", a.driftText(status))
	}
	return failUnlessOK(document)
}

func (a *App) driftText(status ops.Status) string {
	problems := driftProblems(status)
	if len(problems) == 0 {
		return status.Region + ": no drift\n"
	}
	return a.problemsText(status.Region, problems)
}

// driftProblems returns the drift of a region, after the reasons why some of it may be missing. The region's
// other problems are not about the fleet file.
func driftProblems(status ops.Status) (problems []ops.Problem) {
	for _, problem := range status.Problems {
		if problem.Code.Unobserved() || problem.Code == ops.Leftover {
			problems = append(problems, problem)
		}
	}
	return append(problems, status.Drift...)
}
