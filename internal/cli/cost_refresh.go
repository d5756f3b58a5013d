package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/ops"
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
	prices   map[cost.Place]cost.Price
	problems []error
}

// priceChange is a price that is not what it was.
type priceChange struct {
	Item   cost.Item `json:"item"`
	Region string    `json:"region"`
	Was    string    `json:"was,omitempty"`
	Is     string    `json:"is"`
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
	list, err := ops.OpenPriceList(ctx, a.Now().UTC())
	if err != nil {
		return err
	}
	answers := ops.Each(fleet.Regions, func(region config.Region) fetched {
		prices, problems := list.Prices(ctx, region.Name)
		a.progressf("%s: %d of %d prices", region.Name, len(prices), len(ops.Listed()))
		return fetched{prices, problems}
	})
	if ctx.Err() != nil {
		return errors.New("stopped; nothing is written")
	}
	return a.keepPrices(file, own, answers, options)
}

// keepPrices writes what was found over what the user's file has.
func (a *App) keepPrices(file string, own *cost.Table, answers []fetched, options costOptions) error {
	found, problems := map[cost.Place]cost.Price{}, []string{}
	for _, answer := range answers {
		maps.Copy(found, answer.prices)
		for _, problem := range answer.problems {
			problems = append(problems, problem.Error())
		}
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
	changes := changesOf(cost.Builtin().With(own), found)
	value := map[string]any{"file": file, "prices": len(found), "changes": changes, "problems": problems}
	if err := a.show(value, refreshPage(file, len(found), changes, problems), options); err != nil {
		return err
	}
	if len(problems) > 0 {
		return errWrong
	}
	return nil
}

func changesOf(before *cost.Table, found map[cost.Place]cost.Price) []priceChange {
	changes := []priceChange{}
	for place, price := range found {
		change := priceChange{Item: place.Item, Region: place.Region, Is: price.USD.String()}
		was, known := before.Price(place.Item, place.Region)
		if known && was.USD.Equal(price.USD) {
			continue
		}
		if known {
			change.Was = was.USD.String()
		}
		changes = append(changes, change)
	}
	slices.SortFunc(changes, func(a, b priceChange) int {
		return cmp.Or(strings.Compare(a.Region, b.Region), cmp.Compare(a.Item, b.Item))
	})
	return changes
}

func refreshPage(file string, count int, changes []priceChange, problems []string) page {
	shown := block{align: "llrr", header: []string{"REGION", "ITEM", "WAS", "IS"}}
	for _, change := range changes {
		shown.rows = append(shown.rows, []string{change.Region, string(change.Item), orDash(change.Was), change.Is})
	}
	result := page{}
	if len(changes) > 0 {
		result = append(result, shown)
	}
	summary := block{remarks: []string{fmt.Sprintf("%d prices, %d of them new or changed, are in %s", count, len(changes), file)}}
	if count == 0 {
		summary.remarks = []string{"nothing was found, and nothing is written"}
	}
	for _, problem := range problems {
		summary.remarks = append(summary.remarks, "not found: "+problem)
	}
	return append(result, summary)
}
