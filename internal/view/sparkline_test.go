package view

import (
	"slices"
	"testing"
)

func TestSparkline(t *testing.T) {
	none := (*float64)(nil)
	for name, each := range map[string]struct {
		values []*float64
		cells  int
		want   string
	}{
		"nothing":                 {nil, 4, ""},
		"a value per cell":        {[]*float64{new(0.0), new(1.0), new(2.0), new(3.0), new(4.0), new(5.0), new(6.0), new(7.0)}, 8, "▁▂▃▄▅▆▇█"},
		"fewer values than cells": {[]*float64{new(1.0), new(2.0)}, 8, "▅█"},
		"no requests at all":      {[]*float64{new(0.0), new(0.0)}, 8, "▁▁"},
		"a gap":                   {[]*float64{new(5.0), none, new(5.0)}, 8, "█ █"},
		"only gaps":               {[]*float64{none, none}, 8, "  "},
		"two values per cell":     {[]*float64{new(0.0), new(4.0), new(14.0), new(14.0)}, 2, "▂█"},
		"a gap within a cell":     {[]*float64{new(7.0), none, new(1.0), new(1.0)}, 2, "█▂"},
		"an incomplete last cell": {[]*float64{new(7.0), new(7.0), new(7.0)}, 2, "██"},
		"a peak among many":       {slices.Concat(slices.Repeat([]*float64{new(1.0)}, 59), []*float64{new(1000.0)}), 60, "▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█"},
	} {
		if got := Sparkline(each.values, each.cells); got != each.want {
			t.Errorf("%s: got %q, want %q", name, got, each.want)
		}
	}
}
