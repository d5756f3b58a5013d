package cost

import (
	"bytes"
	_ "embed" // for the price table
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/text"
)

//go:embed prices.csv
var builtin []byte

// Builtin returns the embedded price table. It is parsed once, on first use, because every stack uses it.
var Builtin = sync.OnceValue(func() *Table {
	table, err := Parse("prices.csv", builtin)
	if err != nil {
		panic(err) // the file is embedded and covered by tests
	}
	return table
})

// Confidence is how far a price can be trusted.
type Confidence string

// The confidence levels, best first.
const (
	TwoSources Confidence = "A"
	OneSource  Confidence = "B"
	Weak       Confidence = "C"
	Unverified Confidence = "unverified"
)

// confidences lists all levels, best first.
var confidences = []Confidence{TwoSources, OneSource, Weak, Unverified}

// Price is the list price of one unit.
type Price struct {
	USD        decimal.Decimal
	Confidence Confidence
	AsOf       time.Time
	Source     string
}

// everywhere is the region of a price that holds in all regions.
const everywhere = "*"

// PriceKey identifies a price: an item in a region.
type PriceKey struct {
	Item   Item
	Region string
}

// Table is a price table. A price that is not in it is not known.
type Table struct{ prices map[PriceKey]Price }

// Price returns the price of an item in a region and whether it is known.
func (t *Table) Price(item Item, region string) (Price, bool) {
	if price, known := t.prices[PriceKey{item, region}]; known {
		return price, true
	}
	price, known := t.prices[PriceKey{item, everywhere}]
	return price, known
}

// With returns a copy of the table in which the prices of another table take precedence.
func (t *Table) With(other *Table) *Table {
	merged := NewTable(t.prices)
	maps.Copy(merged.prices, other.prices)
	return merged
}

// NewTable returns a table with a copy of the prices.
func NewTable(prices map[PriceKey]Price) *Table {
	table := &Table{prices: map[PriceKey]Price{}}
	maps.Copy(table.prices, prices)
	return table
}

var columns = []string{"item", "region", "usd", "confidence", "as_of", "source"}

// Parse parses a price table in CSV. Errors start with the file name, line and column.
func Parse(file string, content []byte) (*Table, error) {
	reader := csv.NewReader(bytes.NewReader(content))
	reader.Comment = '#'
	reader.FieldsPerRecord = len(columns)
	header, err := reader.Read()
	if err != nil || !slices.Equal(header, columns) {
		return nil, fmt.Errorf("%s:1:1: missing header; write %s in the first line", file, strings.Join(columns, ","))
	}
	table, regions := NewTable(nil), config.RegionNames()
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if invalid, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fmt.Errorf("%s:%d:%d: %w; write %s", file, invalid.Line, invalid.Column, invalid.Err, strings.Join(columns, ","))
		}
		place, price, column, err := parseRow(row, regions)
		if _, duplicate := table.prices[place]; err == nil && duplicate {
			err = fmt.Errorf("duplicate price of %s in %s; keep one", place.Item, place.Region)
		}
		if err != nil {
			line, character := reader.FieldPos(column)
			return nil, fmt.Errorf("%s:%d:%d: %w", file, line, character, err)
		}
		table.prices[place] = price
	}
}

// parseRow parses a row. On error, column is the index of the invalid column.
func parseRow(row, regions []string) (place PriceKey, price Price, column int, err error) {
	place = PriceKey{Item(row[0]), row[1]}
	price = Price{Confidence: Confidence(row[3]), Source: row[5]}
	if !slices.Contains(items, place.Item) {
		return place, price, 0, fmt.Errorf("%q is not an item; write one of %s", row[0], text.Join(items, ", "))
	}
	if place.Region != everywhere && !slices.Contains(regions, place.Region) {
		return place, price, 1, fmt.Errorf("%q is not an AWS region; write a region such as eu-west-1, or * for all", row[1])
	}
	if price.USD, err = parseUSD(row[2]); err != nil {
		return place, price, 2, err
	}
	if !slices.Contains(confidences, price.Confidence) {
		return place, price, 3, fmt.Errorf("%q is not a confidence; write one of %s", row[3], text.Join(confidences, ", "))
	}
	if price.AsOf, err = time.Parse(time.DateOnly, row[4]); err != nil {
		return place, price, 4, fmt.Errorf("%q is not a date; write a date such as 2026-11-01", row[4])
	}
	return place, price, 0, nil
}

// dollars allows at most two digits before the point: no item costs more, so a larger number is a mistake.
var dollars = regexp.MustCompile(`^[0-9]{1,2}(\.[0-9]{1,12})?$`)

func parseUSD(cell string) (decimal.Decimal, error) {
	if dollars.MatchString(cell) {
		if usd := decimal.RequireFromString(cell); usd.IsPositive() {
			return usd, nil
		}
	}
	return decimal.Decimal{}, fmt.Errorf("%q is not a price; write US dollars between 0 and 100, such as 0.0252", cell)
}

// Format returns the table as CSV that Parse accepts, below a comment.
func (t *Table) Format(comment string) []byte {
	var out bytes.Buffer
	for line := range strings.SplitSeq(comment, "\n") {
		fmt.Fprintf(&out, "# %s\n", line)
	}
	writer := csv.NewWriter(&out)
	_ = writer.Write(columns) // a bytes.Buffer returns no error
	places := slices.SortedFunc(maps.Keys(t.prices), func(a, b PriceKey) int {
		return strings.Compare(string(a.Item)+" "+a.Region, string(b.Item)+" "+b.Region)
	})
	for _, place := range places {
		price := t.prices[place]
		_ = writer.Write([]string{string(place.Item), place.Region, price.USD.String(), string(price.Confidence), price.AsOf.Format(time.DateOnly), price.Source})
	}
	writer.Flush()
	return out.Bytes()
}
