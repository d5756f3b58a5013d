package cli

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) smoke() *cobra.Command {
	var tokenStdin bool
	command := &cobra.Command{
		Use:   "smoke",
		Short: "Test every region as an MCP client",
		Long: `Test every region, and every domain name of the fleet, as an MCP client.

Smoke requests the health check path of each, and lists the tools at mcp.path over streamable HTTP, or
over HTTP+SSE if the server supports only the 2024 protocol. It detects servers that are healthy but
reject their public host name. Over HTTPS, it asks each load balancer for the name that clients use, and
checks the certificate as they do.

A server that requires a token is ok; to list its tools, pass the token in MCPFLEET_TOKEN or on standard
input with --token-stdin. The token is sent only to the fleet's own hosts, never to the target of a
redirect, and is never printed.

Regions that are asleep are skipped. The exit status is 1 if a region that should be awake fails or is
still starting.`,
		Example: "  mcpfleet smoke\n  MCPFLEET_TOKEN=$(get-token) mcpfleet smoke\n  get-token | mcpfleet smoke --token-stdin",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) (err error) {
			options := ops.SmokeOptions{Timeout: a.timeout}
			if options.Token, err = a.readToken(command.Context(), tokenStdin); err != nil {
				return err
			}
			fleet, connected, err := a.connect(command.Context())
			if err != nil {
				return err
			}
			return a.printSmoke(fleet, a.smokeAll(command.Context(), connected, options))
		},
	}
	a.timeoutFlag(command, 20*time.Second, "Wait at most this long for each region or domain")
	command.Flags().BoolVar(&tokenStdin, "token-stdin", false, "Read a token for the servers from standard input")
	return command
}

// smokeAll tests every region and every domain name concurrently.
func (a *App) smokeAll(ctx context.Context, fleet *ops.Fleet, options ops.SmokeOptions) []ops.Smoke {
	domains, named := domainsOf(fleet.Regions)
	results := make([]ops.Smoke, len(domains))
	var group sync.WaitGroup
	for i, domain := range domains {
		group.Go(func() { results[i] = ops.SmokeDomain(ctx, domain, named[domain], options) })
	}
	regions := queryRegions(ctx, a, fleet.Regions, func(ctx context.Context, region *ops.Region) ops.Smoke { return region.Smoke(ctx, options) },
		func(known []*ops.Smoke) string { return partialSmoke(fleet.Regions, known) })
	group.Wait()
	return append(regions, results...)
}

// domainsOf returns the domain names of the fleet, those of all regions first, and the regions of each.
func domainsOf(regions []*ops.Region) (domains []string, named map[string][]*ops.Region) {
	named = map[string][]*ops.Region{}
	for _, nameOf := range []func(*ops.Region) string{
		func(region *ops.Region) string { return region.CustomDomain() },
		func(region *ops.Region) string { return region.RegionalDomain() },
	} {
		for _, region := range regions {
			domain := nameOf(region)
			if domain == "" {
				continue
			}
			if len(named[domain]) == 0 {
				domains = append(domains, domain)
			}
			named[domain] = append(named[domain], region)
		}
	}
	return domains, named
}

var smokeHeader = []string{"TARGET", "RESULT", "HEALTH", "MCP", "TOOLS"}

// partialSmoke returns the table while some regions are still pending.
func partialSmoke(regions []*ops.Region, known []*ops.Smoke) string {
	var rows [][]string
	for i, result := range known {
		if result == nil {
			rows = append(rows, []string{regions[i].Name, "…"})
			continue
		}
		rows = append(rows, smokeRow(*result))
	}
	return view.Table(smokeHeader, rows)
}

// smokeReport is the JSON form of a smoke test.
type smokeReport struct {
	verdict
	ops.Smoke
}

func (a *App) printSmoke(fleet *config.Fleet, results []ops.Smoke) error {
	var failure error
	var rows [][]string
	var remarks []string
	var reports []smokeReport
	for _, result := range results {
		if len(result.Problems) > 0 {
			failure = errFailed
		}
		rows = append(rows, smokeRow(result))
		remarks = append(remarks, a.smokeRemarks(result)...)
		reports = append(reports, smokeReport{a.verdict(result.Region, result.Problems), result})
	}
	if a.json {
		return printReport(a, fleet, reports)
	}
	table := view.Block{Align: strings.Repeat("l", len(smokeHeader)), Header: smokeHeader, Rows: rows}
	a.printf("%s", table.WithRemarks(remarks).Text(a.width()))
	return failure
}

func smokeRow(result ops.Smoke) []string {
	switch {
	case result.Skipped != "":
		return []string{result.Target(), "skipped", result.Skipped}
	case result.Starting():
		return []string{result.Target(), "starting", result.Problems[0].Message}
	case len(result.Problems) > 0:
		var messages []string
		for _, problem := range result.Problems {
			messages = append(messages, problem.Message)
		}
		return []string{result.Target(), "failed", strings.Join(messages, "; ")}
	}
	row := []string{result.Target(), "ok", healthCell(result.Health)}
	if result.MCP == nil {
		return append(row, tokenRequired(result.Challenge))
	}
	server := strings.TrimSpace(result.MCP.Server + " " + result.MCP.Version)
	return append(row, fmt.Sprintf("%s in %d ms", server, result.MCP.Milliseconds), toolsCell(result.MCP.Tools))
}

func healthCell(health *ops.SmokeHealth) string {
	if health == nil {
		return "-"
	}
	return fmt.Sprintf("%d in %d ms", health.Status, health.Milliseconds)
}

func tokenRequired(challenge *ops.Challenge) string {
	if challenge.Metadata == "" {
		return "requires a token (" + challenge.Scheme + ")"
	}
	return "requires a token, see " + challenge.Metadata
}

// maxToolsShown is how many tools a table row names. --json lists all of them.
const maxToolsShown = 4

func toolsCell(tools []string) string {
	text := fmt.Sprintf("%d: %s", len(tools), strings.Join(tools[:min(len(tools), maxToolsShown)], ", "))
	if more := len(tools) - maxToolsShown; more > 0 {
		return fmt.Sprintf("%s +%d", text, more)
	}
	return strings.TrimSuffix(text, ": ")
}

// smokeRemarks returns the notes and fixes of a result.
func (a *App) smokeRemarks(result ops.Smoke) (remarks []string) {
	for _, note := range result.Notes {
		remarks = append(remarks, result.Target()+": "+note)
	}
	for _, problem := range result.Problems {
		if help := a.fixText(problem.Fix); help != "" {
			remarks = append(remarks, result.Target()+": "+help)
		}
	}
	return remarks
}
