// Package adopt turns the state of another Terraform configuration into a fleet file and adoption files, with which the
// stacks of the fleet take over what runs. It reads no AWS; only internal/cli and internal/inventory may import it.
package adopt

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cdtait/mcpfleet/naming"
)

// State is the state of a configuration, in version 4 of Terraform's format.
type State struct {
	Version   int
	Resources []Resource
	// Names are those of the region, if they are known. Otherwise the tags of the cluster have them.
	Names naming.Names `json:"-"`
}

// Resource is a resource of a state with all its instances.
type Resource struct {
	Module, Mode, Type, Name string
	Instances                []Instance
}

// Instance is one instance of a resource.
type Instance struct {
	IndexKey   any `json:"index_key"`
	Attributes attributes
}

// ReadState parses a state file.
func ReadState(text []byte) (*State, error) {
	var state State
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, fmt.Errorf("is not a Terraform state: %w", err)
	}
	switch {
	case state.Version != 4:
		return nil, fmt.Errorf("has version %d of the state format, not 4; write it again with Terraform 0.12 or newer", state.Version)
	case len(state.Resources) == 0:
		return nil, errors.New("contains no resources")
	}
	return &state, nil
}

// Has reports whether a managed resource is in the state.
func (s *State) Has(address string) bool {
	return slices.ContainsFunc(s.instances(), func(each instance) bool { return each.address == address })
}

// instance is an instance of a managed resource with its address.
type instance struct {
	address, kind string
	attributes
}

// instances returns the managed resources.
func (s *State) instances() (all []instance) {
	for _, resource := range s.Resources {
		if resource.Mode != "managed" {
			continue
		}
		for _, each := range resource.Instances {
			address := strings.TrimPrefix(resource.Module+"."+resource.Type+"."+resource.Name, ".")
			switch key := each.IndexKey.(type) {
			case string:
				address += "[" + strconv.Quote(key) + "]"
			case float64:
				address += "[" + strconv.Itoa(int(key)) + "]"
			}
			all = append(all, instance{address, resource.Type, each.Attributes})
		}
	}
	return all
}

// zones returns the names of the hosted zones that the configuration looks up, by ID.
func (s *State) zones() map[string]string {
	zones := map[string]string{}
	for _, resource := range s.Resources {
		if resource.Mode == "data" && resource.Type == "aws_route53_zone" {
			for _, each := range resource.Instances {
				zones[each.Attributes.text("zone_id")] = strings.TrimSuffix(each.Attributes.text("name"), ".")
			}
		}
	}
	return zones
}

// attributes are those of an instance, or of a block in it.
type attributes map[string]any

// text returns an attribute as text, "" if it is not set.
func (a attributes) text(name string) string {
	switch value := a[name].(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(value)
	}
	return ""
}

// number returns an attribute as a number, 0 if it is not one.
func (a attributes) number(name string) int {
	number, err := strconv.Atoi(a.text(name))
	if err != nil {
		return 0
	}
	return number
}

// given returns an attribute as a number, nil if it is not set.
func (a attributes) given(name string) any {
	if a.text(name) == "" {
		return nil
	}
	return a.number(name)
}

func (a attributes) flag(name string) bool { return a[name] == true }

// list returns an attribute that is a list of texts.
func (a attributes) list(name string) (texts []string) {
	items, _ := a[name].([]any)
	for _, item := range items {
		texts = append(texts, fmt.Sprint(item))
	}
	return texts
}

// blocks returns the blocks of a type.
func (a attributes) blocks(name string) (blocks []attributes) {
	items, _ := a[name].([]any)
	for _, item := range items {
		if block, ok := item.(map[string]any); ok {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// object returns an object, which is empty if there is none.
func (a attributes) object(name string) attributes {
	object, _ := a[name].(map[string]any)
	return object
}

// block returns the first block of a type, which is empty if there is none.
func (a attributes) block(name string) attributes {
	if all := a.blocks(name); len(all) > 0 {
		return all[0]
	}
	return attributes{}
}

// tags returns the tags, with those that the provider adds to all resources.
func (a attributes) tags() map[string]string {
	tags := map[string]string{}
	for _, name := range []string{"tags", "tags_all"} {
		own, _ := a[name].(map[string]any)
		for key, value := range own {
			tags[key] = fmt.Sprint(value)
		}
	}
	return tags
}
