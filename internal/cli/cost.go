package cli

import (
	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/atomicfile"
	"github.com/cdtait/mcpfleet/internal/view"
)

// costOptions holds the flags of mcpfleet cost.
type costOptions struct {
	breakdown, compare, recommend, live, markdown bool
	html, prices                                  string
}

func (a *App) cost() *cobra.Command {
	var options costOptions
	command := &cobra.Command{
		Use:   "cost",
		Short: "Estimate the fleet's monthly cost and find savings",
		Long: `Estimate the fleet's monthly cost and find savings.

The estimate is computed offline from the fleet file and a table of AWS list prices in US dollars. An
unknown price is shown as missing, and the total is then a lower bound, marked with ≥. See mcpfleet
help cost for how costs are computed.`,
		Example: `  mcpfleet cost --breakdown           cost of the fleet, item by item
  mcpfleet cost --compare             24/7 against weekend mode
  mcpfleet cost --recommend           savings, largest first
  mcpfleet cost --html cost.html      the estimate as an HTML page with charts
  mcpfleet cost --live                cost of what is running now, and this month's bill
  mcpfleet cost diff old.yaml regions.yaml --markdown`,
		Args: noArguments,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			// Cobra runs this instead of the root's hook.
			if err := rejectUnsupportedFlags(command); err != nil {
				return err
			}
			return exclusive(command, "json", "markdown")
		},
		RunE: func(command *cobra.Command, _ []string) error {
			if err := exclusive(command, "breakdown", "compare", "recommend", "live", "html"); err != nil {
				return err
			}
			if command.Flags().Changed("html") && options.html == "" {
				return usagef("--html needs a file name, such as cost.html")
			}
			if options == (costOptions{}) && !a.json && !a.wide && a.canShowMenu() {
				return a.menu(command)
			}
			prices, err := a.prices(options.prices)
			if err != nil {
				return err
			}
			if options.live {
				return a.costLive(command.Context(), prices, options)
			}
			fleet, err := a.fleet()
			if err != nil {
				return err
			}
			switch {
			case options.html != "":
				return a.costHTML(fleet, prices, options.html)
			case options.compare:
				return a.costCompare(fleet, prices, options)
			case options.recommend:
				return a.costRecommend(fleet, prices, options)
			}
			return a.costEstimate(fleet, prices, options)
		},
	}
	flags := command.Flags()
	flags.BoolVar(&options.breakdown, "breakdown", false, "Show every item (the default if there is no menu)")
	flags.BoolVar(&options.compare, "compare", false, "Compare 24/7, weekend mode and a single region")
	flags.BoolVar(&options.recommend, "recommend", false, "Rank the possible savings")
	flags.BoolVar(&options.live, "live", false, "Query AWS for what is running now and this month's bill")
	flags.StringVar(&options.html, "html", "", "Write an HTML page with charts to `file`")
	a.timeoutFlag(command, queryTimeout, "With --live, wait at most this long for each region")
	shared := command.PersistentFlags()
	shared.BoolVar(&options.markdown, "markdown", false, "Output Markdown, for a pull request")
	a.wideFlag(shared)
	shared.StringVar(&options.prices, "prices", "", "Price `file` that overrides the built-in prices (default $MCPFLEET_PRICES, or mcpfleet/prices.csv in your configuration directory)")
	command.AddCommand(a.costDiff(&options), a.costRefresh(&options))
	return command
}

// printPage prints a result in the requested format. It returns errFailed unless the document is OK.
func (a *App) printPage(shown document, page view.Page, options costOptions) error {
	switch {
	case a.json:
		return a.printDocument(shown)
	case options.markdown:
		a.printf("%s", page.Markdown())
	default:
		a.printf("%s", page.Text(a.width()))
	}
	return failUnlessOK(shown)
}

func (a *App) costEstimate(fleet *config.Fleet, prices *cost.Table, options costOptions) error {
	estimate := prices.Estimate(fleet)
	estimate.Annotate(a.Now())
	return a.printPage(a.estimateDocument(fleet, estimate), view.EstimatePage(estimate), options)
}

// costHTML writes a self-contained HTML page.
func (a *App) costHTML(fleet *config.Fleet, prices *cost.Table, file string) error {
	estimate := prices.Estimate(fleet)
	estimate.Annotate(a.Now())
	text := view.CostHTML(fleet, estimate, a.comparison(fleet, prices))
	if err := atomicfile.Write(file, []byte(text)); err != nil {
		return err
	}
	a.progressf("wrote %s", file)
	return nil
}

func (a *App) costCompare(fleet *config.Fleet, prices *cost.Table, options costOptions) error {
	comparison := a.comparison(fleet, prices)
	return a.printPage(a.compareDocument(fleet, comparison), view.ComparePage(fleet, comparison), options)
}

// comparison returns all scenarios with their footnotes.
func (a *App) comparison(fleet *config.Fleet, prices *cost.Table) cost.Comparison {
	comparison := prices.Compare(fleet)
	comparison.Annotate(a.Now())
	return comparison
}

func (a *App) costRecommend(fleet *config.Fleet, prices *cost.Table, options costOptions) error {
	plan := prices.Estimate(fleet)
	plan.Annotate(a.Now())
	advice := prices.Recommend(fleet)
	return a.printPage(a.recommendDocument(fleet, plan, advice), view.RecommendPage(plan, advice), options)
}

func (a *App) costDiff(options *costOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD.yaml NEW.yaml",
		Short: "Show what a change to the fleet file costs or saves",
		Long: `Show what a change to the fleet file costs or saves, item by item. Items whose cost is unchanged are
omitted. --markdown formats the result as a pull request comment.`,
		Args: func(command *cobra.Command, arguments []string) error {
			if len(arguments) != 2 {
				return usagef("%s takes two fleet files; see %s --help", command.CommandPath(), command.CommandPath())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, arguments []string) error {
			prices, err := a.prices(options.prices)
			if err != nil {
				return err
			}
			var estimates []cost.Fleet
			for _, file := range arguments {
				fleet, err := a.load(file)
				if err != nil {
					return err
				}
				a.keepRequested(fleet) // a requested region may be in only one of the files
				estimate := prices.Estimate(fleet)
				estimate.Annotate(a.Now())
				estimates = append(estimates, estimate)
			}
			difference := cost.Diff(estimates[0], estimates[1])
			notes := estimates[1].Notes
			return a.printPage(newDiffDocument(difference, notes), view.DiffPage(difference, notes), *options)
		},
	}
}
