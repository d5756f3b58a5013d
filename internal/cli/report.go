package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/atomicfile"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) report() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "report",
		Short: "Write an HTML page about the whole fleet",
		Long: `Write an HTML page about the whole fleet, to keep or to mail.

The page shows what status, alarms and cost show: for each region its state, schedule, image, targets,
estimated cost, drift, firing alarms, and problems with the commands that fix them. It also lists the
last deployments, with the reasons of those that ECS rolled back. The page is one file without scripts,
and follows the reader's light or dark color scheme.

A region that cannot be read is on the page with the reason. The exit status is 1 if something is wrong
or could not be read; the page is complete all the same.`,
		Example:     "  mcpfleet report --output fleet.html\n  mcpfleet report --region eu-west-1 > eu-west-1.html",
		Annotations: map[string]string{unsupported: "json"},
		Args:        noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if command.Flags().Changed("output") && output == "" {
				return usagef("--output needs a file name, such as fleet.html; omit it to print to standard output")
			}
			prices, err := a.prices("")
			if err != nil {
				return err
			}
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			page, err := a.queryReport(command.Context(), fleet, connected, prices)
			if err != nil {
				return err
			}
			return a.writeReport(page, output)
		},
	}
	command.Flags().StringVar(&output, "output", "", "Write to `file` instead of standard output")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// queryReport returns the report of a fleet, with regions that were removed from the fleet file.
func (a *App) queryReport(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet, prices *cost.Table) (view.Report, error) {
	removed, drained := a.searchRemoved(ctx, fleet), a.searchDrained(ctx, connected)
	reports := queryRegions(ctx, a, connected.Regions, func(ctx context.Context, region *ops.Region) ops.Report { return region.Report(ctx) },
		finished(func(report ops.Report) string { return report.Region + ": " + stateText(report) + "\n" }))
	left, removedProblem := removed()
	names, drainedProblem := drained()
	if ctx.Err() != nil {
		return view.Report{}, errors.New("interrupted; no page is written")
	}
	page := view.Report{
		Title: fleet.Project + " " + fleet.Environment, Caller: a.caller, At: a.Now(), Estimate: prices.Estimate(fleet),
		Remarks: []string{"The cost is estimated from the fleet file at AWS list prices."},
	}
	for _, problem := range []string{removedProblem, drainedProblem} {
		if problem != "" {
			page.Remarks = append(page.Remarks, problem)
		}
	}
	for i, report := range reports {
		report.MarkDrained(names)
		page.Regions = append(page.Regions, a.reportRegion(report, connected.Regions[i].Region))
	}
	for _, status := range left {
		page.Regions = append(page.Regions, a.reportRegion(ops.Report{Status: status}, config.Region{}))
	}
	page.Summary = summary(page.Regions)
	return page, nil
}

// writeReport writes the page to a file, or to standard output. It returns errFailed unless all regions are OK.
func (a *App) writeReport(page view.Report, output string) error {
	html := view.ReportHTML(page)
	if output == "" {
		a.printf("%s", html)
		a.progressf("%s", page.Summary)
	} else {
		if err := atomicfile.Write(output, []byte(html)); err != nil {
			return err
		}
		a.progressf("wrote %s: %s", output, page.Summary)
	}
	for _, region := range page.Regions {
		if !region.OK {
			return errFailed
		}
	}
	return nil
}

// summary says how many regions need attention.
func summary(regions []view.ReportRegion) string {
	bad := 0
	for _, region := range regions {
		if !region.OK {
			bad++
		}
	}
	all := len(regions)
	switch {
	case all == 1 && bad == 0:
		return regions[0].Name + " is OK"
	case all == 1:
		return regions[0].Name + " needs attention"
	case bad == 0:
		return fmt.Sprintf("All %d regions are OK", all)
	case bad == 1:
		return fmt.Sprintf("1 of %d regions needs attention", all)
	}
	return fmt.Sprintf("%d of %d regions need attention", bad, all)
}
