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
		Short: "Find out why a region does not run, and what fixes it",
		Long: `Find out why a region does not run, and what fixes it.

It begins with what status says. It reads why tasks have stopped, what the service and the load
balancer say, whether the secret is set, and follows the way of a request: domain, listener, security
groups, routes, free addresses. It changes nothing. The exit status is 1 where something is found.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			return a.printDiagnoses(fleet, look(command.Context(), a, connected.Regions, func(ctx context.Context, region *ops.Region) ops.Diagnosis {
				return region.Doctor(ctx)
			}, a.partialDiagnoses))
		},
	}
	a.timeoutFlag(command, 2*lookTimeout, "how long one region may take to answer")
	return command
}

// partialDiagnoses are those that are there, while some regions are looked at.
func (a *App) partialDiagnoses(known []*ops.Diagnosis) string {
	var text strings.Builder
	for _, diagnosis := range known {
		if diagnosis != nil {
			text.WriteString(a.diagnosisText(*diagnosis))
		}
	}
	return text.String()
}

// diagnosisReport is a diagnosis as a script reads it.
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
			result = errWrong
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
		fmt.Fprintf(&text, "  looked at: %s\n", strings.Join(diagnosis.Checked, ", "))
	}
	if len(diagnosis.Findings) == 0 {
		text.WriteString("  nothing is wrong\n")
	}
	for _, found := range diagnosis.Findings {
		fmt.Fprintf(&text, "  %s: %s\n      fix: %s\n", found.Check, found.Message, a.fixText(found.Fix))
	}
	return text.String()
}
