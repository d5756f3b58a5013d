package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
)

func (a *App) alarms() *cobra.Command {
	command := &cobra.Command{
		Use:   "alarms",
		Short: "Show which alarms are firing, since when, and what to do next",
		Long: `Show which alarms are firing, since when, and what to do next.

These are the alarms that the fleet file turns on with alarms.email or alarms.topic_arn. The exit status
is 1 if one is firing or missing, or if a region cannot be read. --json lists all alarms with their
states.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			return a.printAlarms(fleet, queryRegions(command.Context(), a, connected.Regions, func(ctx context.Context, region *ops.Region) ops.AlarmReport {
				return region.AlarmStates(ctx)
			}, finished(a.alarmText)))
		},
	}
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// alarmReport is the JSON form of a region's alarms.
type alarmReport struct {
	verdict
	ops.AlarmReport
}

func (a *App) printAlarms(fleet *config.Fleet, reports []ops.AlarmReport) error {
	var all []alarmReport
	for _, report := range reports {
		all = append(all, alarmReport{a.verdict(report.Region, report.Problems), report})
	}
	document := newReport(a, fleet, all)
	if a.json {
		return a.printDocument(document)
	}
	for _, report := range reports {
		a.printf("%s", a.alarmText(report))
	}
	return failUnlessOK(document)
}

func (a *App) alarmText(report ops.AlarmReport) string {
	switch {
	case len(report.Problems) == 0 && len(report.Alarms) == 0:
		return report.Region + ": no alarms; to have some, set alarms.email or alarms.topic_arn in the fleet file, then deploy\n"
	case len(report.Problems) == 0:
		return fmt.Sprintf("%s: none of %s is firing\n", report.Region, text.Count(len(report.Alarms), "alarm"))
	}
	return a.problemsText(report.Region, report.Problems)
}
