package config

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/naming"
)

// File returns the name of the fleet file: the value of MCPFLEET_CONFIG, or regions.yaml.
func File() string {
	return cmp.Or(os.Getenv("MCPFLEET_CONFIG"), DefaultFile)
}

// Load reads and validates a fleet file. The error, if any, is of type Problems and lists every mistake. The
// warnings report settings that are valid but probably not intended.
func Load(file string) (fleet *Fleet, warnings Problems, err error) {
	text, err := read(file)
	if err != nil {
		return nil, nil, err
	}
	if fleet, warnings, err = Parse(file, text); err != nil {
		return nil, nil, err
	}
	if err := loadAdoptions(file, fleet); err != nil {
		return nil, nil, err
	}
	return fleet, warnings, nil
}

// Parse is like Load but reads the given text, and no adoption files. Messages refer to it as file.
func Parse(file string, text []byte) (fleet *Fleet, warnings Problems, err error) {
	source, err := parse(file, text)
	if err != nil {
		return nil, nil, err
	}
	var doc document
	top := source.decode(source.root, &doc, true)
	fleet = &Fleet{Project: doc.Project, Environment: doc.Environment, State: doc.State, Bootstrap: doc.Bootstrap}
	checkFleet(top, fleet)
	fleet.Regions = regions(source, fleet)
	fleet.AllRegions = slices.Clone(fleet.Regions)
	checkOverlaps(source, fleet)
	checkNeverAwake(source, fleet)
	checkUnencrypted(source, fleet)
	checkBoundaries(source, fleet)
	checkBootstrap(checker{top}, fleet)
	if err := source.err(); err != nil {
		return nil, nil, err
	}
	return fleet, source.warnings.inFileOrder(), nil
}

// regions decodes every region merged with the defaults.
func regions(source *source, fleet *Fleet) []Region {
	_, defaults := Entry(source.root, "defaults")
	regionsKey, all := Entry(source.root, "regions")
	if isNull(all) || all.Kind != yaml.MappingNode || len(all.Content) == 0 {
		// The decoder has already reported an absent key or one of another type.
		if all != nil && (isNull(all) || all.Kind == yaml.MappingNode) {
			source.problem(regionsKey, "regions", "lists no region", "add at least one, such as eu-west-1: {network: {cidr: 10.0.0.0/16}}")
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
		// Decode the region's own keys first, to report a mistake in them even if merging hides it.
		source.decode(own, &Settings{}, false)
		if own.Kind != yaml.MappingNode && !isNull(own) {
			continue
		}
		merged := source.merge(defaults, own)
		if isNull(merged) || merged == defaults {
			// The region has no keys, so report what is missing at the region's name.
			merged = inherit(defaults, key)
		}
		source.paths[merged] = path
		region := Region{Name: key.Value, Names: naming.Names{Project: fleet.Project, Environment: fleet.Environment, Region: key.Value}}
		checkRegion(source.decode(merged, &region.Settings, true), &region)
		result = append(result, region)
	}
	slices.SortFunc(result, func(a, b Region) int { return cmp.Compare(a.Name, b.Name) })
	return result
}

// inherit returns the defaults as a region's mapping, at the position of the region's name.
func inherit(defaults, key *yaml.Node) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Line: key.Line, Column: key.Column}
	if defaults != nil && defaults.Kind == yaml.MappingNode {
		node.Content = defaults.Content
	}
	return node
}
