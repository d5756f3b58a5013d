package config

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/naming"
)

// File is the fleet file to read: MCPFLEET_CONFIG, or regions.yaml.
func File() string {
	return cmp.Or(os.Getenv("MCPFLEET_CONFIG"), DefaultFile)
}

// Load reads and validates a fleet file. The error, if any, is of type Problems and names every
// mistake; the warnings are what works but is probably not meant.
func Load(file string) (fleet *Fleet, warnings Problems, err error) {
	text, err := read(file)
	if err != nil {
		return nil, nil, err
	}
	return Parse(file, text)
}

// Parse is Load for a text at hand; file names it in messages.
func Parse(file string, text []byte) (fleet *Fleet, warnings Problems, err error) {
	source, err := parse(file, text)
	if err != nil {
		return nil, nil, err
	}
	var doc document
	top := source.decode(source.root, &doc, true)
	fleet = &Fleet{Project: doc.Project, Environment: doc.Environment, State: doc.State}
	checkFleet(top, fleet)
	fleet.Regions = regions(source, fleet)
	checkRegionsTogether(source, fleet)
	checkSomeoneAwake(source, fleet)
	if err := source.err(); err != nil {
		return nil, nil, err
	}
	return fleet, source.warnings.inFileOrder(), nil
}

// regions decodes every region over the defaults.
func regions(source *source, fleet *Fleet) []Region {
	_, defaults := Entry(source.root, "defaults")
	regionsKey, all := Entry(source.root, "regions")
	if isNull(all) || all.Kind != yaml.MappingNode || len(all.Content) == 0 {
		// An absent key and one of another type have been reported by its struct's tags.
		if all != nil && (isNull(all) || all.Kind == yaml.MappingNode) {
			source.problem(regionsKey, "regions", "names no region", "write at least one, such as eu-west-1: {network: {cidr: 10.0.0.0/16}}")
		}
		return nil
	}
	var result []Region
	for i := 0; i+1 < len(all.Content); i += 2 {
		key, own := all.Content[i], all.Content[i+1]
		path := join("regions", key.Value)
		if !isKnownRegion(key.Value) {
			source.problem(key, path, fmt.Sprintf("%q is not a commercial AWS region", key.Value), suggest(key.Value, RegionNames()))
			continue
		}
		// The region's own keys first, so that a mistake in them is named where it is written
		// even if merging would hide it.
		source.decode(own, &Settings{}, false)
		if own.Kind != yaml.MappingNode && !isNull(own) {
			continue
		}
		together := source.merge(defaults, own)
		if isNull(together) || together == defaults {
			// Nothing is written below the region: what is missing is missing at its key.
			together = inherit(defaults, key)
		}
		source.paths[together] = path
		region := Region{Name: key.Value, Names: naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: key.Value}}
		checkRegion(source.decode(together, &region.Settings, true), &region)
		result = append(result, region)
	}
	slices.SortFunc(result, func(a, b Region) int { return cmp.Compare(a.Name, b.Name) })
	return result
}

// inherit is a region without keys of its own, standing where its name stands.
func inherit(defaults, key *yaml.Node) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Line: key.Line, Column: key.Column}
	if defaults != nil && defaults.Kind == yaml.MappingNode {
		node.Content = defaults.Content
	}
	return node
}
