package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) doctor() *cobra.Command {
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Diagnose why a region is not running and how to fix it",
		Long: `Diagnose why a region is not running and how to fix it.

Doctor starts with the problems that status reports. It then checks why tasks stopped, the service's
events, the targets' health and the secret, and follows the path of a request: domain, certificate, web
ACL, listener, security groups, routes and free addresses. It changes nothing. The exit status is 1 if it
finds a problem.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			return a.printDiagnoses(fleet, queryRegions(command.Context(), a, connected.Regions, func(ctx context.Context, region *ops.Region) ops.Diagnosis {
				return region.Doctor(ctx)
			}, finished(a.diagnosisText)))
		},
	}
	a.timeoutFlag(command, 2*queryTimeout, "Wait at most this long for each region")
	return command
}

// diagnosisReport is the JSON form of a diagnosis.
type diagnosisReport struct {
	verdict
	ops.Diagnosis
	Problems []finding `json:"problems"`
}

type finding struct {
	Check string `json:"check"`
	problem
}

func (a *App) printDiagnoses(fleet *config.Fleet, diagnoses []ops.Diagnosis) error {
	var result error
	var reports []diagnosisReport
	for _, diagnosis := range diagnoses {
		each := diagnosisReport{verdict: verdict{Region: diagnosis.Region, OK: len(diagnosis.Findings) == 0}, Diagnosis: diagnosis, Problems: []finding{}}
		for _, found := range diagnosis.Findings {
			result = errFailed
			each.Problems = append(each.Problems, finding{found.Check, a.problem(found.Problem)})
		}
		reports = append(reports, each)
	}
	if a.json {
		return printReport(a, fleet, reports)
	}
	for _, diagnosis := range diagnoses {
		a.printf("%s", a.diagnosisText(diagnosis))
	}
	return result
}

func (a *App) diagnosisText(diagnosis ops.Diagnosis) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", diagnosis.Region, diagnosis.Schedule.Text)
	if len(diagnosis.Checked) > 0 {
		fmt.Fprintf(&text, "  checked: %s\n", strings.Join(diagnosis.Checked, ", "))
	}
	if diagnosis.WakeBudget != nil {
		fmt.Fprintf(&text, "  awake by request: %s this month\n", diagnosis.WakeBudget)
	}
	if diagnosis.Applies != nil {
		fmt.Fprintf(&text, "  scheduled applies: %s\n", a.appliesText(*diagnosis.Applies))
	}
	if len(diagnosis.Findings) == 0 {
		text.WriteString("  no problems found\n")
	}
	for _, found := range diagnosis.Findings {
		fmt.Fprintf(&text, "  %s: %s\n      fix: %s\n", found.Check, found.Message, a.fixText(found.Fix))
	}
	return text.String()
}

// appliesText describes the last and the next scheduled apply.
func (a *App) appliesText(applies ops.Applies) string {
	last, next := "none yet", "no schedule is enabled"
	if applies.Last != nil {
		last = fmt.Sprintf("%s, %s", strings.ToLower(strings.ReplaceAll(applies.Last.Status, "_", " ")), applies.Last.Started.Format("Mon 2 Jan 15:04 MST"))
	}
	if applies.Next != nil {
		next = ops.When(*applies.Next, a.Now())
	}
	return "last " + last + "; next " + next
}
