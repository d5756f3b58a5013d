package view

import (
	"slices"
	"time"

	"github.com/cdtait/mcpfleet/cost"
)

// Report is what ReportHTML shows.
type Report struct {
	// Title is the name of the fleet, Summary says in a sentence how it is.
	Title, Summary string
	// Caller is the account and the identity.
	Caller   string
	At       time.Time
	Estimate cost.Fleet
	Regions  []ReportRegion
	Remarks  []string
}

// ReportRegion is a region in a Report.
type ReportRegion struct {
	Name string
	OK   bool
	// State says in a few words how the region is. It and the rest are the cells of the region's row.
	State, Schedule, Tasks, Healthy, Drift, Alarms string
	Facts                                          []Fact
	// Sections are what there is to do in the region.
	Sections []Section
	// Deployments is a table, empty if there are none.
	Deployments Block
}

// Fact is a value with its name.
type Fact struct{ Name, Text string }

// Section is a list of findings under a heading.
type Section struct {
	Heading string
	// OK means that the region is OK in spite of the findings.
	OK       bool
	Findings []Finding
}

// Finding is one or more problems with the same fix: a command, advice, or both.
type Finding struct {
	Messages        []string
	Command, Advice string
}

// reportDocument is the data of report.html.
type reportDocument struct {
	Title, Summary, Caller, Time, Monthly string
	Overview                              tableBlock
	Regions                               []regionSection
}

// regionSection is a region with its table, nil if it has none.
type regionSection struct {
	ReportRegion
	Deployments *tableBlock
}

// ReportHTML returns a self-contained page about a fleet.
func ReportHTML(report Report) string {
	document := reportDocument{
		Title: report.Title, Summary: report.Summary, Caller: report.Caller, Time: report.At.UTC().Format("Mon 2 Jan 2006 15:04 MST"),
		Monthly: dollars(report.Estimate.Total, report.Estimate.Maximum), Overview: report.overview(),
	}
	for _, region := range report.Regions {
		section := regionSection{ReportRegion: region}
		if monthly := report.monthly(region.Name); monthly != nil {
			section.Facts = append(slices.Clip(section.Facts), Fact{"Estimated cost", dollars(monthly.Total, monthly.Maximum) + " per month"})
		}
		if len(region.Deployments.Rows) > 0 {
			section.Deployments = new(region.Deployments.table())
		}
		document.Regions = append(document.Regions, section)
	}
	return renderHTML("report.html", document)
}

// monthly returns the estimate of a region, nil if it is not in the fleet file.
func (r Report) monthly(region string) *cost.Region {
	at := slices.IndexFunc(r.Estimate.Regions, func(each cost.Region) bool { return each.Region == region })
	if at < 0 {
		return nil
	}
	return &r.Estimate.Regions[at]
}

// overview returns the table of all regions, with links to their sections.
func (r Report) overview() tableBlock {
	block := Block{Align: "lllllllr", Header: []string{"REGION", "STATE", "SCHEDULE", "TASKS", "HEALTHY", "DRIFT", "ALARMS", "MONTHLY (USD)"}, Remarks: r.Remarks}
	for _, region := range r.Regions {
		monthly := "-"
		if each := r.monthly(region.Name); each != nil {
			monthly = totals(each.Total, each.Maximum)
		}
		block.Rows = append(block.Rows, []string{region.Name, region.State, region.Schedule, region.Tasks, region.Healthy, region.Drift, region.Alarms, monthly})
	}
	sum := func(name, amount string) {
		block.Rows = append(block.Rows, []string{name, "", "", "", "", "", "", amount})
	}
	for _, line := range r.Estimate.Shared {
		sum(line.Name, money(line.Monthly))
	}
	sum("Total", totals(r.Estimate.Total, r.Estimate.Maximum))
	if r.Estimate.Scales {
		block.Remarks = append(slices.Clip(block.Remarks), "The cost ranges from the minimum number of tasks of autoscaling to its maximum.")
	}
	if r.Estimate.Wakes {
		block.Remarks = append(slices.Clip(block.Remarks), "The cost ranges from the hours of usage.wake_hours to those of weekend.wake_budget.")
	}
	if r.Estimate.Total.LowerBound() {
		block.Remarks = append(slices.Clip(block.Remarks), "≥ marks a lower bound, because prices are missing; mcpfleet cost lists them.")
	}
	table := block.table()
	for i, region := range r.Regions {
		table.Rows[i][0].Anchor = region.Name
	}
	return table
}
