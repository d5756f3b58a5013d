package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/internal/ops"
)

func (a *App) smoke() *cobra.Command {
	var timeout time.Duration
	command := &cobra.Command{
		Use:   "smoke",
		Short: "Talk MCP to every region, as a client would",
		Long: `Talk MCP to every region, as a client would, and to the fleet's own name.

Each is asked for its health check's path, and for its tools over streamable HTTP at /mcp. A server
that is healthy and yet refuses its public name is found. Regions that sleep are skipped. The exit
status is 1 where a region that should be awake fails.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			_, fleet, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			return a.printSmoke(smokeAll(command.Context(), fleet, timeout))
		},
	}
	command.Flags().DurationVar(&timeout, "timeout", 20*time.Second, "how long one target may take")
	return command
}

// smokeAll asks every region, and every name that regions answer under, at once.
func smokeAll(ctx context.Context, fleet *ops.Fleet, timeout time.Duration) []ops.Smoke {
	named := map[string][]*ops.Region{}
	var domains []string
	for _, region := range fleet.Regions {
		domain := region.CustomDomain()
		if domain == "" {
			continue
		}
		if !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
		named[domain] = append(named[domain], region)
	}
	answers := make([]ops.Smoke, len(domains))
	var group sync.WaitGroup
	for i, domain := range domains {
		group.Go(func() { answers[i] = ops.SmokeDomain(ctx, domain, named[domain], timeout) })
	}
	regions := ops.Each(ctx, fleet.Regions, 0, func(ctx context.Context, region *ops.Region) ops.Smoke { return region.Smoke(ctx, timeout) })
	group.Wait()
	return append(regions, answers...)
}

func (a *App) printSmoke(results []ops.Smoke) error {
	var wrong error
	var rows [][]string
	for _, result := range results {
		if result.Problem != "" {
			wrong = errWrong
		}
		rows = append(rows, smokeRow(result))
	}
	if a.json {
		if err := a.printJSON(results); err != nil {
			return err
		}
		return wrong
	}
	a.printTable([]string{"TARGET", "RESULT", "HEALTH", "MCP", "TOOLS"}, rows)
	return wrong
}

func smokeRow(result ops.Smoke) []string {
	switch {
	case result.Skipped != "":
		return []string{result.Target, "skipped", result.Skipped}
	case result.Problem != "":
		return []string{result.Target, "failed", result.Problem}
	}
	return []string{
		result.Target, "well",
		fmt.Sprintf("%d in %d ms", result.Health.Status, result.Health.Milliseconds),
		fmt.Sprintf("%s %s in %d ms", result.MCP.Server, result.MCP.Version, result.MCP.Milliseconds),
		fmt.Sprintf("%d: %s", len(result.MCP.Tools), strings.Join(result.MCP.Tools, ", ")),
	}
}
