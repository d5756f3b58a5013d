package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) doctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Find out why a region does not run, and what fixes it",
		Long: `Find out why a region does not run, and what fixes it.

It reads why tasks have stopped, what the service and the load balancer say, whether the secret is
set, and follows the way of a request: domain, listener, security groups, routes, free addresses. It
changes nothing. The exit status is 1 where something is found.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			_, fleet, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			return a.printDiagnoses(ops.Each(fleet.Regions, func(region *ops.Region) ops.Diagnosis {
				return region.Doctor(command.Context())
			}))
		},
	}
}

func (a *App) printDiagnoses(diagnoses []ops.Diagnosis) error {
	var result error
	for _, diagnosis := range diagnoses {
		if len(diagnosis.Findings) > 0 {
			result = errWrong
		}
	}
	if a.json {
		if err := a.printJSON(diagnoses); err != nil {
			return err
		}
		return result
	}
	for _, diagnosis := range diagnoses {
		a.printf("%s: %s\n", diagnosis.Region, diagnosis.Schedule.Text)
		if len(diagnosis.Checked) > 0 {
			a.printf("  looked at: %s\n", strings.Join(diagnosis.Checked, ", "))
		}
		if len(diagnosis.Findings) == 0 {
			a.printf("  nothing is wrong\n")
		}
		for _, finding := range diagnosis.Findings {
			a.printf("  %s: %s\n      fix: %s\n", finding.Check, finding.Problem, finding.Fix)
		}
	}
	return result
}
