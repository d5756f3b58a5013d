package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) costRefresh(options *costOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh",
		Short: "Fetch today's prices of the fleet's regions",
		Long: `Fetch today's prices of the fleet's regions from the AWS Price List into your own price file, which
goes before the program's table from then on. Any credentials that may call pricing:GetProducts will do.

A price counts only where exactly one product matches. What was not found is named, keeps the price that
it had, and the exit status is then 1. The file is replaced as a whole or not at all.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return a.refreshPrices(command.Context(), *options) },
	}
}

// fetched is what the Price List said of a region.
type fetched struct {
	region   string
	prices   map[cost.Place]cost.Price
	problems []ops.Problem
}

func (a *App) refreshPrices(ctx context.Context, options costOptions) error {
	file, err := pricesFile(options.prices)
	if err != nil {
		return fmt.Errorf("there is no place for your prices; name a file with --prices: %w", err)
	}
	own, err := ownPrices(file)
	if err != nil {
		return err
	}
	fleet, err := a.fleet()
	if err != nil {
		return err
	}
	list, err := ops.OpenPriceList(ctx, a.opener(), a.Now().UTC())
	if err != nil {
		return err
	}
	answers := ops.Each(ctx, fleet.Regions, time.Minute, func(ctx context.Context, region config.Region) fetched {
		prices, problems := list.Prices(ctx, region.Name)
		a.progressf("%s: %d of %d prices", region.Name, len(prices), len(ops.Listed()))
		return fetched{region.Name, prices, problems}
	})
	if ctx.Err() != nil {
		return errors.New("stopped; nothing is written")
	}
	return a.keepPrices(fleet, file, own, answers, options)
}

// keepPrices writes what was found over what the user's file has.
func (a *App) keepPrices(fleet *config.Fleet, file string, own *cost.Table, answers []fetched, options costOptions) error {
	found, missing := map[cost.Place]cost.Price{}, []string{}
	var regions []regionPrices
	for _, answer := range answers {
		maps.Copy(found, answer.prices)
		for _, problem := range answer.problems {
			missing = append(missing, problem.Message)
		}
		regions = append(regions, regionPrices{a.verdict(answer.region, answer.problems), len(answer.prices)})
	}
	if len(found) > 0 {
		const comment = "Prices of your own; they go before those of mcpfleet. Written by mcpfleet cost refresh."
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := ops.WriteFile(file, own.With(cost.NewTable(found)).Format(comment)); err != nil {
			return err
		}
	}
	changes := cost.Builtin().With(own).Changes(found)
	shown := refreshDocument{newReport(a, fleet, regions), currency, file, len(found), priceChanges(changes)}
	return a.show(shown, view.RefreshPage(file, len(found), changes, missing), options)
}
