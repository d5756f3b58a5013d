package cli

import (
	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

// costOptions are the flags of mcpfleet cost.
type costOptions struct {
	breakdown, compare, recommend, live, markdown bool
	html, prices                                  string
}

func (a *App) cost() *cobra.Command {
	var options costOptions
	command := &cobra.Command{
		Use:   "cost",
		Short: "Estimate what the fleet costs a month, and what would make it cheaper",
		Long: `Estimate what the fleet costs a month, and what would make it cheaper.

The estimate is made from the fleet file and a table of AWS list prices in US dollars, without asking
AWS. A price that nobody knows is shown as missing, and the total is then marked ≥, a lower bound.
mcpfleet help cost says how everything is computed.`,
		Example: `  mcpfleet cost --breakdown           what the fleet file costs, item by item
  mcpfleet cost --compare             24/7 against weekend mode
  mcpfleet cost --recommend           what would save most
  mcpfleet cost --html cost.html      the same as a page with pictures
  mcpfleet cost --live                what runs now, and what was billed this month
  mcpfleet cost diff old.yaml regions.yaml --markdown`,
		Args: noArguments,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			// Cobra runs this instead of the root's.
			if err := refuseUseless(command); err != nil {
				return err
			}
			return exclusive(command, "json", "markdown")
		},
		RunE: func(command *cobra.Command, _ []string) error {
			if err := exclusive(command, "breakdown", "compare", "recommend", "live", "html"); err != nil {
				return err
			}
			if command.Flags().Changed("html") && options.html == "" {
				return usagef("--html wants the name of a file, such as cost.html")
			}
			if options == (costOptions{}) && !a.json && !a.wide && a.canChoose() {
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
	flags.BoolVar(&options.breakdown, "breakdown", false, "show every item; so it is without flags, except on a terminal, where there is a menu")
	flags.BoolVar(&options.compare, "compare", false, "put 24/7, weekend mode and one region side by side")
	flags.BoolVar(&options.recommend, "recommend", false, "rank what would make the fleet cheaper")
	flags.BoolVar(&options.live, "live", false, "ask AWS what runs now and what was billed")
	flags.StringVar(&options.html, "html", "", "write a page with pictures to this `file`")
	a.timeoutFlag(command, lookTimeout, "how long one region may take to answer, with --live")
	shared := command.PersistentFlags()
	shared.BoolVar(&options.markdown, "markdown", false, "print Markdown, for a pull request")
	a.wideFlag(shared)
	shared.StringVar(&options.prices, "prices", "", "price `file` that overrides the program's (default $MCPFLEET_PRICES, or mcpfleet/prices.csv in your configuration folder)")
	command.AddCommand(a.costDiff(&options), a.costRefresh(&options))
	return command
}

// show prints what was computed, in the form that was asked for, and answers errWrong unless it is OK.
func (a *App) show(shown document, page view.Page, options costOptions) error {
	switch {
	case a.json:
		return a.printDocument(shown)
	case options.markdown:
		a.printf("%s", page.Markdown())
	default:
		a.printf("%s", page.Text(a.width()))
	}
	return wrongUnlessOK(shown)
}

func (a *App) costEstimate(fleet *config.Fleet, prices *cost.Table, options costOptions) error {
	estimate := prices.Estimate(fleet)
	estimate.Annotate(a.Now())
	return a.show(a.estimateDocument(fleet, estimate), view.EstimatePage(estimate), options)
}

// costHTML writes one page that needs nothing from elsewhere.
func (a *App) costHTML(fleet *config.Fleet, prices *cost.Table, file string) error {
	estimate := prices.Estimate(fleet)
	estimate.Annotate(a.Now())
	text := view.CostHTML(fleet, estimate, a.comparison(fleet, prices))
	if err := ops.WriteFile(file, []byte(text)); err != nil {
		return err
	}
	a.progressf("the page is in %s", file)
	return nil
}

func (a *App) costCompare(fleet *config.Fleet, prices *cost.Table, options costOptions) error {
	comparison := a.comparison(fleet, prices)
	return a.show(a.compareDocument(fleet, comparison), view.ComparePage(fleet, comparison), options)
}

// comparison is every scenario, with its footnotes.
func (a *App) comparison(fleet *config.Fleet, prices *cost.Table) cost.Comparison {
	comparison := prices.Compare(fleet)
	comparison.Annotate(a.Now())
	return comparison
}

func (a *App) costRecommend(fleet *config.Fleet, prices *cost.Table, options costOptions) error {
	plan := prices.Estimate(fleet)
	plan.Annotate(a.Now())
	advice := prices.Recommend(fleet)
	return a.show(a.recommendDocument(fleet, plan, advice), view.RecommendPage(plan, advice), options)
}

func (a *App) costDiff(options *costOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD.yaml NEW.yaml",
		Short: "Show what a change of the fleet file costs or saves",
		Long: `Show what a change of the fleet file costs or saves, item by item. Items that cost the same are left
out. --markdown makes a comment for a pull request of it.`,
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
				a.narrow(fleet) // a region that is asked for may be in only one of them
				estimate := prices.Estimate(fleet)
				estimate.Annotate(a.Now())
				estimates = append(estimates, estimate)
			}
			difference := cost.Diff(estimates[0], estimates[1])
			notes := estimates[1].Notes
			return a.show(newDiffDocument(difference, notes), view.DiffPage(difference, notes), *options)
		},
	}
}
