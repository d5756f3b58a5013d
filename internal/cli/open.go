package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// consolePages are the pages of the AWS console, by name. Their addresses follow from the fleet file.
var consolePages = map[string]func(config.Region) ops.Address{
	"console":   ops.ServiceAddress,
	"logs":      ops.LogGroupAddress,
	"dashboard": ops.DashboardAddress,
}

// pageNames are what mcpfleet open opens; the first is the default.
var pageNames = []string{"console", "url", "logs", "dashboard"}

func (a *App) open() *cobra.Command {
	var onlyPrint bool
	command := &cobra.Command{
		Use:   "open [" + strings.Join(pageNames, "|") + "]",
		Short: "Open a region in the AWS console, or its URL, in a browser",
		Long: `Open a region in a browser, and print the address:

  console    the ECS service in the AWS console (the default)
  url        the URL by which clients reach the region
  logs       the log group of the tasks in CloudWatch
  dashboard  the region's dashboard in CloudWatch

With several regions, or if the output is not a terminal, addresses are only printed: one alone, several as
a table. The browser is that of the environment variable BROWSER, or else the default of the system.

Only url needs AWS credentials, and only if the clients of some region use the load balancer's name. The
command does not check that what it opens is deployed. The exit status is 1 if a region has no such address.`,
		Example:   "  mcpfleet open --region eu-west-1\n  mcpfleet open logs --region eu-west-1\n  curl \"$(mcpfleet open url --region eu-west-1)/health\"",
		ValidArgs: pageNames,
		Args:      atMostOnePage,
		RunE: func(command *cobra.Command, arguments []string) error {
			page := pageNames[0]
			if len(arguments) > 0 {
				page = arguments[0]
			}
			fleet, err := a.fleet()
			if err != nil {
				return err
			}
			addresses, err := a.addresses(command.Context(), fleet, page)
			if err != nil {
				return err
			}
			if err := a.printAddresses(fleet, page, addresses); err != nil {
				return err
			}
			if onlyPrint || a.json || len(addresses) > 1 || !isTerminal(a.Out) {
				return nil
			}
			return a.browse(command.Context(), addresses[0].URL)
		},
	}
	command.Flags().BoolVar(&onlyPrint, "print", false, "Print the address without opening it")
	a.timeoutFlag(command, queryTimeout, "Wait at most this long for each region")
	return command
}

func atMostOnePage(_ *cobra.Command, arguments []string) error {
	if len(arguments) > 1 || len(arguments) == 1 && !slices.Contains(pageNames, arguments[0]) {
		return usagef("mcpfleet open cannot open %s; pass one of %s", shellWords(arguments), strings.Join(pageNames, ", "))
	}
	return nil
}

// addresses returns the address of a page in each region.
func (a *App) addresses(ctx context.Context, fleet *config.Fleet, page string) ([]ops.Address, error) {
	address, inConsole := consolePages[page]
	if !inConsole {
		return a.urls(ctx, fleet)
	}
	var addresses []ops.Address
	for _, region := range fleet.Regions {
		addresses = append(addresses, address(region))
	}
	return addresses, nil
}

// urls returns the URL of each region. It asks AWS only if the fleet file does not tell all of them.
func (a *App) urls(ctx context.Context, fleet *config.Fleet) ([]ops.Address, error) {
	var known []ops.Address
	for _, region := range fleet.Regions {
		if address, ok := ops.URLAddress(region); ok {
			known = append(known, address)
		}
	}
	if len(known) == len(fleet.Regions) {
		return known, nil
	}
	connected, err := a.connectTo(ctx, fleet)
	if err != nil {
		return nil, err
	}
	return ops.Each(ctx, connected.Regions, a.timeout, func(ctx context.Context, region *ops.Region) ops.Address { return region.URLAddress(ctx) }), nil
}

// addressDocument is the JSON form of the addresses.
type addressDocument struct {
	report[addressReport]
	// Page is console, url, logs or dashboard.
	Page string `json:"page"`
}

type addressReport struct {
	verdict
	ops.Address
}

// printAddresses prints a single address alone, for scripts, and several as a table.
func (a *App) printAddresses(fleet *config.Fleet, page string, addresses []ops.Address) error {
	var reports []addressReport
	var rows [][]string
	for _, address := range addresses {
		reports = append(reports, addressReport{a.verdict(address.Region, address.Problems), address})
		row := []string{address.Region, address.URL}
		for _, problem := range address.Problems {
			row[1] = a.problemText(problem)
		}
		rows = append(rows, row)
	}
	document := addressDocument{newReport(a, fleet, reports), page}
	switch {
	case a.json:
		return a.printDocument(document)
	case len(addresses) > 1:
		a.printTable([]string{"REGION", "ADDRESS"}, rows)
	case document.OK:
		a.printf("%s\n", addresses[0].URL)
	default:
		a.progressf("%s: %s", rows[0][0], rows[0][1])
	}
	return failUnlessOK(document)
}
