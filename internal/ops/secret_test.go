package ops

import (
	"maps"
	"slices"
	"testing"
)

func TestTheLabelsOfASecretTellWhetherItIsSet(t *testing.T) {
	for name, each := range map[string]struct {
		versions map[string][]string
		want     KeyState
	}{
		"no version":                 {nil, KeyNotDeployed},
		"no current version":         {map[string][]string{"a": {"AWSPENDING"}}, KeyNotDeployed},
		"the stack's version":        {map[string][]string{"a": {"AWSCURRENT", "placeholder"}}, KeyPlaceholder},
		"a stack's from before":      {map[string][]string{"a": {"AWSCURRENT"}}, KeyPlaceholder},
		"set once":                   {map[string][]string{"a": {"AWSPREVIOUS", "placeholder"}, "b": {"AWSCURRENT"}}, KeySet},
		"set twice":                  {map[string][]string{"a": {"placeholder"}, "b": {"AWSPREVIOUS"}, "c": {"AWSCURRENT"}}, KeySet},
		"set after a stack's":        {map[string][]string{"a": {"AWSPREVIOUS"}, "b": {"AWSCURRENT"}}, KeySet},
		"gone back to the stack's":   {map[string][]string{"a": {"AWSCURRENT", "placeholder"}, "b": {"AWSPREVIOUS"}}, KeyPlaceholder},
		"a value before the stack's": {map[string][]string{"a": {"AWSCURRENT"}, "b": {"placeholder"}}, KeySet},
	} {
		t.Run(name, func(t *testing.T) {
			if got := labelled(each.versions); got != each.want {
				t.Errorf("%v is %s, not %s", slices.Collect(maps.Values(each.versions)), got, each.want)
			}
		})
	}
}
