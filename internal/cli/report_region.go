package cli

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/text"
	"github.com/cdtait/mcpfleet/internal/view"
)

// stateText is OK, or the first thing that is wrong.
func stateText(report ops.Report) string {
	switch {
	case len(report.Problems) > 0:
		return report.Problems[0].Code.Text()
	case len(report.Alarms.Problems) > 0:
		return report.Alarms.Problems[0].Code.Text()
	}
	return "OK"
}

// reportRegion formats what a report shows of a region.
func (a *App) reportRegion(report ops.Report, region config.Region) view.ReportRegion {
	shown := view.ReportRegion{
		Name: report.Region, OK: report.OK(), State: stateText(report), Schedule: report.Schedule.Text,
		Tasks: "-", Healthy: "-", Drift: "-", Alarms: "-", Facts: reportFacts(report, region),
	}
	if report.Deployed {
		shown.Drift, shown.Alarms = "unknown", alarmCell(report.Alarms)
	}
	if service := report.Service; service != nil {
		shown.Tasks, shown.Healthy = fmt.Sprintf("%d of %d", service.Running, service.Desired), fmt.Sprintf("%d/%d", service.Healthy, service.Targets)
		shown.Drift = driftCell(report.Drift)
	}
	for _, section := range []view.Section{
		{Heading: "Problems", Findings: a.findings(report.Problems)},
		{Heading: "Alarms", Findings: a.findings(without(report.Alarms.Problems, report.Problems))},
		{Heading: "Drift", OK: true, Findings: a.findings(report.Drift)},
	} {
		if len(section.Findings) > 0 {
			shown.Sections = append(shown.Sections, section)
		}
	}
	shown.Deployments = deploymentsTable(report.Deployments)
	return shown
}

// findings returns the problems with their fixes. Problems in a row with the same fix share it.
func (a *App) findings(problems []ops.Problem) (findings []view.Finding) {
	for _, problem := range problems {
		fix := a.problem(problem).Fix
		if last := len(findings) - 1; last >= 0 && findings[last].Command == fix.Command && findings[last].Advice == fix.Advice {
			findings[last].Messages = append(findings[last].Messages, problem.Message)
			continue
		}
		findings = append(findings, view.Finding{Messages: []string{problem.Message}, Command: fix.Command, Advice: fix.Advice})
	}
	return findings
}

// without returns the problems that are not among the others. A region that does not respond says so once.
func without(problems, others []ops.Problem) []ops.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(problem ops.Problem) bool {
		return slices.ContainsFunc(others, func(other ops.Problem) bool { return other.Message == problem.Message })
	})
}

// reportFacts returns what is known about a region.
func reportFacts(report ops.Report, region config.Region) []view.Fact {
	facts := []view.Fact{{Name: "Schedule", Text: report.Schedule.Text}}
	add := func(name, text string) { facts = append(facts, view.Fact{Name: name, Text: text}) }
	if region.Weekend.Enabled {
		add("Window", region.WeekDescription())
	}
	if !report.Deployed {
		return facts
	}
	if service := report.Service; service != nil {
		tasks := fmt.Sprintf("%d of %d running", service.Running, service.Desired)
		if service.Pending > 0 {
			tasks += fmt.Sprintf(", %d pending", service.Pending)
		}
		add("Tasks", tasks)
		add("Rollout", orDash(service.Rollout))
		add("Image", orDash(service.Image))
		add("Revision", strconv.Itoa(service.Revision))
		add("Targets", fmt.Sprintf("%d of %d healthy", service.Healthy, service.Targets))
		add("Secret", orDash(string(report.Secret)))
	}
	switch balancer := report.LoadBalancer; {
	case balancer != nil:
		add("Load balancer", balancer.State)
		add("Address", balancer.URL)
	case report.Domain != "":
		add("Address", report.Domain)
	}
	add("Drift", driftFact(report))
	add("Alarms", alarmFact(report.Alarms))
	switch {
	case report.DeploymentsUnknown:
		add("Deployments", "unknown, because they could not be read")
	case len(report.Deployments) == 0:
		add("Deployments", "none in the last 90 days")
	}
	return facts
}

func driftFact(report ops.Report) string {
	switch {
	case report.Service == nil:
		return "unknown, because the service could not be read"
	case len(report.Drift) > 0:
		return text.Count(len(report.Drift), "difference")
	case slices.ContainsFunc(report.Problems, func(problem ops.Problem) bool { return problem.Code.Unobserved() }):
		return "none in what could be read"
	}
	return "none"
}

// alarmCounts says how many alarms are firing and missing, "" if none.
func alarmCounts(report ops.AlarmReport) string {
	counts := map[ops.Code]int{}
	for _, problem := range report.Problems {
		counts[problem.Code]++
	}
	var firing, missing string
	if count := counts[ops.AlarmFiring]; count > 0 {
		firing = fmt.Sprintf("%d firing", count)
	}
	if count := counts[ops.AlarmMissing]; count > 0 {
		missing = fmt.Sprintf("%d missing", count)
	}
	return text.JoinNonEmpty(", ", firing, missing)
}

func alarmCell(report ops.AlarmReport) string {
	switch counts := alarmCounts(report); {
	case counts != "":
		return counts
	case len(report.Problems) > 0:
		return "unknown"
	case len(report.Alarms) == 0:
		return "-"
	}
	return "OK"
}

func alarmFact(report ops.AlarmReport) string {
	switch counts := alarmCounts(report); {
	case counts != "":
		return counts
	case len(report.Problems) > 0:
		return "unknown, because they could not be read"
	case len(report.Alarms) == 0:
		return "none in the fleet file"
	}
	return fmt.Sprintf("none of %s is firing", text.Count(len(report.Alarms), "alarm"))
}

// deploymentsTable returns the table of a region's deployments.
func deploymentsTable(deployments []ops.Deployment) view.Block {
	table := view.Block{Align: "llllll", Header: []string{"STARTED", "FINISHED", "STATUS", "IMAGE", "REV", "REASON"}}
	for _, each := range deployments {
		table.Rows = append(table.Rows, []string{
			deploymentTime(each.Started), deploymentTime(each.Finished), each.State(), orDash(shortImage(each.Image)), revisionCell(each.Revision), each.Reason,
		})
	}
	return table
}

// deploymentTime formats a time of a deployment, "-" if it has not come yet.
func deploymentTime(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format("Mon 2 Jan 15:04 MST")
}
