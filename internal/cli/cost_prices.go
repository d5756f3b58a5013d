package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cdtait/mcpfleet/cost"
)

// pricesVariable is the environment variable that names the user's price file.
const pricesVariable = "MCPFLEET_PRICES"

// pricesFile returns the path of the user's price file.
func pricesFile(flag string) (string, error) {
	if named := cmp.Or(flag, os.Getenv(pricesVariable)); named != "" {
		return named, nil
	}
	directory, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(directory, "mcpfleet", "prices.csv"), nil
}

// prices returns the built-in prices overridden by the user's. A file named by the flag or the variable
// must exist.
func (a *App) prices(flag string) (*cost.Table, error) {
	file, err := pricesFile(flag)
	if err != nil {
		return cost.Builtin(), nil //nolint:nilerr // without a configuration directory there is no price file
	}
	if _, err := os.Stat(file); err != nil && cmp.Or(flag, os.Getenv(pricesVariable)) != "" {
		return nil, usageError{err}
	}
	own, err := userPrices(file)
	if err != nil {
		return nil, err
	}
	return cost.Builtin().With(own), nil
}

// userPrices returns the prices in the user's file, or none if the file does not exist.
func userPrices(file string) (*cost.Table, error) {
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
