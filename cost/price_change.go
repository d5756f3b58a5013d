package cost

import (
	"cmp"
	"slices"
	"strings"
)

// PriceChange is a price that differs from the one in a table.
type PriceChange struct {
	Item   Item
	Region string
	Was    string
	Is     string
}

// Changes returns the prices in found that the table lacks or that differ from the table's.
func (t *Table) Changes(found map[PriceKey]Price) []PriceChange {
	changes := []PriceChange{}
	for place, price := range found {
		change := PriceChange{Item: place.Item, Region: place.Region, Is: price.USD.String()}
		was, known := t.Price(place.Item, place.Region)
		if known && was.USD.Equal(price.USD) {
			continue
		}
		if known {
			change.Was = was.USD.String()
		}
		changes = append(changes, change)
	}
	slices.SortFunc(changes, func(a, b PriceChange) int {
		return cmp.Or(strings.Compare(a.Region, b.Region), cmp.Compare(a.Item, b.Item))
	})
	return changes
}
