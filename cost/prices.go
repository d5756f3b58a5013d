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
)

//go:embed prices.csv
var builtin []byte

// Builtin is the price table that comes with the program. It is read once, when it is first asked for:
// every stack asks.
var Builtin = sync.OnceValue(func() *Table {
	table, err := Parse("prices.csv", builtin)
	if err != nil {
		panic(err) // the file is compiled in, and tested
	}
	return table
})

// Confidence says how far a price can be trusted.
type Confidence string

// From two independent sources to none.
const (
	TwoSources Confidence = "A"
	OneSource  Confidence = "B"
	Weak       Confidence = "C"
	Unverified Confidence = "unverified"
)

// confidences are all of them, the best first.
var confidences = []Confidence{TwoSources, OneSource, Weak, Unverified}

// Price is what AWS asks for one unit.
type Price struct {
	USD        decimal.Decimal
	Confidence Confidence
	AsOf       time.Time
	Source     string
}

// everywhere stands for every region in a price table.
const everywhere = "*"

// Place is what a price is of.
type Place struct {
	Item   Item
	Region string
}

// Table holds prices; what it does not hold is not known.
type Table struct{ prices map[Place]Price }

// Price is the price of an item in a region, and whether it is known.
func (t *Table) Price(item Item, region string) (Price, bool) {
	if price, known := t.prices[Place{item, region}]; known {
		return price, true
	}
	price, known := t.prices[Place{item, everywhere}]
	return price, known
}

// With is the table with the prices of another laid over its own.
func (t *Table) With(other *Table) *Table {
	together := NewTable(t.prices)
	maps.Copy(together.prices, other.prices)
	return together
}

// NewTable is a table of the prices given.
func NewTable(prices map[Place]Price) *Table {
	table := &Table{prices: map[Place]Price{}}
	maps.Copy(table.prices, prices)
	return table
}

var columns = []string{"item", "region", "usd", "confidence", "as_of", "source"}

// Parse reads a price table; file names it in messages, which have line and column.
func Parse(file string, text []byte) (*Table, error) {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comment = '#'
	reader.FieldsPerRecord = len(columns)
	header, err := reader.Read()
	if err != nil || !slices.Equal(header, columns) {
		return nil, fmt.Errorf("%s:1:1: the columns are not named; write %s first", file, strings.Join(columns, ","))
	}
	table, regions := NewTable(nil), config.RegionNames()
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fmt.Errorf("%s:%d:%d: %w; write %s", file, wrong.Line, wrong.Column, wrong.Err, strings.Join(columns, ","))
		}
		place, price, column, err := parseRow(row, regions)
		if _, twice := table.prices[place]; err == nil && twice {
			err = fmt.Errorf("%s in %s has a price already; write one", place.Item, place.Region)
		}
		if err != nil {
			line, character := reader.FieldPos(column)
			return nil, fmt.Errorf("%s:%d:%d: %w", file, line, character, err)
		}
		table.prices[place] = price
	}
}

// parseRow answers what a row says, or what is wrong in which column.
func parseRow(row, regions []string) (place Place, price Price, column int, err error) {
	place = Place{Item(row[0]), row[1]}
	price = Price{Confidence: Confidence(row[3]), Source: row[5]}
	if !slices.Contains(items, place.Item) {
		return place, price, 0, fmt.Errorf("%q is not an item; write one of %s", row[0], joined(items))
	}
	if place.Region != everywhere && !slices.Contains(regions, place.Region) {
		return place, price, 1, fmt.Errorf("%q is not an AWS region; write one such as eu-west-1, or * for all", row[1])
	}
	if price.USD, err = parseUSD(row[2]); err != nil {
		return place, price, 2, err
	}
	if !slices.Contains(confidences, price.Confidence) {
		return place, price, 3, fmt.Errorf("%q is no confidence; write one of %s", row[3], joined(confidences))
	}
	if price.AsOf, err = time.Parse(time.DateOnly, row[4]); err != nil {
		return place, price, 4, fmt.Errorf("%q is not a date; write one such as 2026-11-01", row[4])
	}
	return place, price, 0, nil
}

func joined[T ~string](words []T) string {
	var texts []string
	for _, word := range words {
		texts = append(texts, string(word))
	}
	return strings.Join(texts, ", ")
}

// dollars has at most two digits before the point: more is a slip, or no price at all.
var dollars = regexp.MustCompile(`^[0-9]{1,2}(\.[0-9]{1,12})?$`)

func parseUSD(text string) (decimal.Decimal, error) {
	if dollars.MatchString(text) {
		if usd := decimal.RequireFromString(text); usd.IsPositive() {
			return usd, nil
		}
	}
	return decimal.Decimal{}, fmt.Errorf("%q is not a price; write dollars between 0 and 100, such as 0.0252", text)
}

// Format writes a table in the form that Parse reads, below a comment.
func (t *Table) Format(comment string) []byte {
	var text bytes.Buffer
	for line := range strings.SplitSeq(comment, "\n") {
		fmt.Fprintf(&text, "# %s\n", line)
	}
	writer := csv.NewWriter(&text)
	_ = writer.Write(columns) // a buffer takes everything
	places := slices.SortedFunc(maps.Keys(t.prices), func(a, b Place) int {
		return strings.Compare(string(a.Item)+" "+a.Region, string(b.Item)+" "+b.Region)
	})
	for _, place := range places {
		price := t.prices[place]
		_ = writer.Write([]string{string(place.Item), place.Region, price.USD.String(), string(price.Confidence), price.AsOf.Format(time.DateOnly), price.Source})
	}
	writer.Flush()
	return text.Bytes()
}
