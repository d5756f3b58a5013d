package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cdtait/mcpfleet/cost"
)

// pricesVariable names the user's price file.
const pricesVariable = "MCPFLEET_PRICES"

// pricesFile is where the user's own prices are.
func pricesFile(flag string) (string, error) {
	if named := cmp.Or(flag, os.Getenv(pricesVariable)); named != "" {
		return named, nil
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, "mcpfleet", "prices.csv"), nil
}

// prices are the program's, with the user's laid over them. A file that is named has to be there.
func (a *App) prices(flag string) (*cost.Table, error) {
	file, err := pricesFile(flag)
	if err != nil {
		return cost.Builtin(), nil //nolint:nilerr // without a configuration folder there is no file in it
	}
	if _, err := os.Stat(file); err != nil && cmp.Or(flag, os.Getenv(pricesVariable)) != "" {
		return nil, usageError{err}
	}
	own, err := ownPrices(file)
	if err != nil {
		return nil, err
	}
	return cost.Builtin().With(own), nil
}

// ownPrices are those of the user's file, none where there is no such file.
func ownPrices(file string) (*cost.Table, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return cost.NewTable(nil), nil
	}
	if err != nil {
		return nil, usageError{err}
	}
	own, err := cost.Parse(file, text)
	if err != nil {
		return nil, usageError{err}
	}
	return own, nil
}
