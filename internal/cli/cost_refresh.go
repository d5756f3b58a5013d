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
	"github.com/cdtait/mcpfleet/internal/atomicfile"
	"github.com/cdtait/mcpfleet/internal/ops"
	"github.com/cdtait/mcpfleet/internal/view"
)

func (a *App) costRefresh(options *costOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh",
		Short: "Fetch current prices for the fleet's regions",
		Long: `Fetch current prices for the fleet's regions from the AWS Price List into your price file, which then
overrides the built-in prices. Any credentials that allow pricing:GetProducts are sufficient.

A price is accepted only if exactly one product matches. A price that is not found is reported and keeps
its previous value, and the exit status is then 1. The file is replaced atomically.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return a.refreshPrices(command.Context(), *options) },
	}
}

// fetched is the Price List's result for a region.
type fetched struct {
	region   string
	prices   map[cost.PriceKey]cost.Price
	problems []ops.Problem
}

func (a *App) refreshPrices(ctx context.Context, options costOptions) error {
	file, err := pricesFile(options.prices)
	if err != nil {
		return fmt.Errorf("cannot locate your price file; pass --prices with a file name: %w", err)
	}
	own, err := userPrices(file)
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
	results := ops.Each(ctx, fleet.Regions, time.Minute, func(ctx context.Context, region config.Region) fetched {
		prices, problems := list.Prices(ctx, region.Name)
		a.progressf("%s: %d of %d prices", region.Name, len(prices), len(ops.ListedItems()))
		return fetched{region.Name, prices, problems}
	})
	if ctx.Err() != nil {
		return errors.New("aborted; nothing was written")
	}
	return a.savePrices(fleet, file, own, results, options)
}

// savePrices merges the fetched prices into the user's file.
func (a *App) savePrices(fleet *config.Fleet, file string, own *cost.Table, results []fetched, options costOptions) error {
	found, missing := map[cost.PriceKey]cost.Price{}, []string{}
	var regions []regionPrices
	for _, result := range results {
		maps.Copy(found, result.prices)
		for _, problem := range result.problems {
			missing = append(missing, problem.Message)
		}
		regions = append(regions, regionPrices{a.verdict(result.region, result.problems), len(result.prices)})
	}
	if len(found) > 0 {
		const comment = "Your prices, which override those of mcpfleet. Written by mcpfleet cost refresh."
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := atomicfile.Write(file, own.With(cost.NewTable(found)).Format(comment)); err != nil {
			return err
		}
	}
	changes := cost.Builtin().With(own).Changes(found)
	shown := refreshDocument{newReport(a, fleet, regions), currency, file, len(found), priceChanges(changes)}
	return a.printPage(shown, view.RefreshPage(file, len(found), changes, missing), options)
}
