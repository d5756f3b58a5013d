package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
or could not be read; the page is complete all the same. With --json, the same is a document instead of a
page.`,
		Example: "  mcpfleet report --output fleet.html\n  mcpfleet report --region eu-west-1 > eu-west-1.html",
		Args:    noArguments,
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
			found, err := a.queryReport(command.Context(), fleet, connected, prices)
			if err != nil {
				return err
			}
			if a.json {
				return found.write(found.json, output)
			}
			return found.write(found.html, output)
		},
	}
	command.Flags().StringVar(&output, "output", "", "Write to `file` instead of standard output")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

// fleetReport is what a report is about.
type fleetReport struct {
	app   *App
	fleet *config.Fleet
	// reports are those of the regions, and of regions that were removed from the fleet file.
	reports  []ops.Report
	estimate cost.Fleet
	// notes are about the whole fleet.
	notes []string
}

// queryReport returns the report of a fleet.
func (a *App) queryReport(ctx context.Context, fleet *config.Fleet, connected *ops.Fleet, prices *cost.Table) (*fleetReport, error) {
	removed, drained := a.searchRemoved(ctx, fleet), a.searchDrained(ctx, connected)
	found := &fleetReport{app: a, fleet: fleet, estimate: prices.Estimate(fleet), notes: []string{"The cost is estimated from the fleet file at AWS list prices."}}
	found.reports = queryRegions(ctx, a, connected.Regions, func(ctx context.Context, region *ops.Region) ops.Report { return region.Report(ctx) },
		finished(func(report ops.Report) string { return report.Region + ": " + stateText(report) + "\n" }))
	left, removedProblem := removed()
	drains := drained()
	if ctx.Err() != nil {
		return nil, errors.New("interrupted; nothing is written")
	}
	for _, problem := range []string{removedProblem, drains.unknown} {
		if problem != "" {
			found.notes = append(found.notes, problem)
		}
	}
	for i := range found.reports {
		found.reports[i].MarkDrained(drains.names)
	}
	for _, status := range left {
		found.reports = append(found.reports, ops.Report{Status: status})
	}
	return found, nil
}

// region returns the region of a report, the zero value if it was removed from the fleet file.
func (f *fleetReport) region(name string) config.Region {
	at := slices.IndexFunc(f.fleet.Regions, func(region config.Region) bool { return region.Name == name })
	if at < 0 {
		return config.Region{}
	}
	return f.fleet.Regions[at]
}

// html returns the page.
func (f *fleetReport) html() (string, error) {
	page := view.Report{Title: f.fleet.Project + " " + f.fleet.Environment, Caller: f.app.caller, At: f.app.Now(), Estimate: f.estimate, Remarks: f.notes, Summary: f.summary()}
	for _, report := range f.reports {
		page.Regions = append(page.Regions, f.app.reportRegion(report, f.region(report.Region)))
	}
	return view.ReportHTML(page), nil
}

// reportDocument is the JSON form of a report.
type reportDocument struct {
	report[regionReport]
	// Total is the estimated cost of the fleet file.
	Total costTotal `json:"total"`
	// Notes are about the whole fleet.
	Notes []string `json:"notes"`
}

// regionReport is the JSON form of a region's report.
type regionReport struct {
	statusReport
	Alarms []ops.AlarmState `json:"alarms"`
	// Deployments are the latest, newest first.
	Deployments []ops.Deployment `json:"deployments"`
	// Cost is the estimated cost of the region; absent if it was removed from the fleet file.
	Cost *costTotal `json:"cost,omitempty"`
}

// json returns the document.
func (f *fleetReport) json() (string, error) {
	costs := map[string]costTotal{}
	for _, each := range f.estimate.Regions {
		costs[each.Region] = totalOf(each.Total)
	}
	var regions []regionReport
	for _, each := range f.reports {
		status := each.Status
		status.Problems = slices.Concat(each.Problems, without(each.Alarms.Problems, each.Problems))
		region := regionReport{f.app.statusReport(status), append([]ops.AlarmState{}, each.Alarms.Alarms...), append([]ops.Deployment{}, each.Deployments...), nil}
		if total, known := costs[each.Region]; known {
			region.Cost = &total
		}
		regions = append(regions, region)
	}
	return jsonText(reportDocument{newReport(f.app, f.fleet, regions), totalOf(f.estimate.Total), f.notes}, "  ")
}

// write writes a report in a form to a file, or to standard output. It returns errFailed unless all regions are OK.
func (f *fleetReport) write(form func() (string, error), output string) error {
	a := f.app
	text, err := form()
	if err != nil {
		return err
	}
	if output == "" {
		a.printf("%s", text)
		a.progressf("%s", f.summary())
	} else {
		if err := atomicfile.Write(output, []byte(text)); err != nil {
			return err
		}
		a.progressf("wrote %s: %s", output, f.summary())
	}
	if f.bad() > 0 {
		return errFailed
	}
	return nil
}

// bad returns how many regions need attention.
func (f *fleetReport) bad() (count int) {
	for _, report := range f.reports {
		if !report.OK() {
			count++
		}
	}
	return count
}

// summary says how many regions need attention.
func (f *fleetReport) summary() string {
	bad, all := f.bad(), len(f.reports)
	switch {
	case all == 1 && bad == 0:
		return f.reports[0].Region + " is OK"
	case all == 1:
		return f.reports[0].Region + " needs attention"
	case bad == 0:
		return fmt.Sprintf("All %d regions are OK", all)
	case bad == 1:
		return fmt.Sprintf("1 of %d regions needs attention", all)
	}
	return fmt.Sprintf("%d of %d regions need attention", bad, all)
}
