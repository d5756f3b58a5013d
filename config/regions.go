package config

import (
	"maps"
	"slices"
)

// zones are the letters of a region's availability zones.
type zones struct {
	// usable lists the zones that some account can use, standard the default of network.zones.
	usable, standard string
}

var threeZones = zones{usable: "abc", standard: "abc"}

// zonesByRegion maps every commercial region to its availability zones.
//
// Sources: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
var zonesByRegion = map[string]zones{
	"af-south-1": threeZones,
	"ap-east-1":  threeZones,
	"ap-east-2":  threeZones,
	// Accounts created after 2013 cannot use ap-northeast-1b.
	"ap-northeast-1": {usable: "abcd", standard: "acd"},
	"ap-northeast-2": {usable: "abcd", standard: "abc"},
	"ap-northeast-3": threeZones,
	"ap-south-1":     threeZones,
	"ap-south-2":     threeZones,
	"ap-southeast-1": threeZones,
	"ap-southeast-2": threeZones,
	"ap-southeast-3": threeZones,
	"ap-southeast-4": threeZones,
	"ap-southeast-5": threeZones,
	"ap-southeast-6": threeZones,
	"ap-southeast-7": threeZones,
	"ca-central-1":   {usable: "abd", standard: "abd"},
	"ca-west-1":      threeZones,
	"eu-central-1":   threeZones,
	"eu-central-2":   threeZones,
	"eu-north-1":     threeZones,
	"eu-south-1":     threeZones,
	"eu-south-2":     threeZones,
	"eu-west-1":      threeZones,
	"eu-west-2":      threeZones,
	"eu-west-3":      threeZones,
	"il-central-1":   threeZones,
	"me-central-1":   threeZones,
	"me-south-1":     threeZones,
	"mx-central-1":   threeZones,
	"sa-east-1":      threeZones,
	"us-east-1":      {usable: "abcdef", standard: "abc"},
	"us-east-2":      threeZones,
	// An account can use only two of the three, and which two varies by account. Set network.zones to override
	// the default.
	"us-west-1": {usable: "abc", standard: "ab"},
	"us-west-2": {usable: "abcd", standard: "abc"},
}

// RegionNames returns the names of the commercial AWS regions, sorted.
func RegionNames() []string { return slices.Sorted(maps.Keys(zonesByRegion)) }

func isKnownRegion(name string) bool {
	_, known := zonesByRegion[name]
	return known
}
