package config

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// AWS allows VPCs and subnets from /16 to /28. A load balancer requires subnets of /27 or larger.
//
// Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
const (
	minPrefixLength           = 16
	maxPrefixLength           = 28
	maxALBPrefixLength        = 27
	defaultSubnetPrefixLength = 20
)

// The keys that list subnets.
const (
	publicSubnets  = "network.subnets"
	privateSubnets = "network.private_subnets"
)

// privateBlocks are the blocks that are never routed publicly: RFC 1918, and RFC 6598 for carriers.
var privateBlocks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
}

func checkNetwork(c checker, region *Region) {
	if c.isSet("network.existing") {
		if c.valid("network.existing") {
			checkExisting(c, region)
		}
		return
	}
	if c.valid("network.mode") && region.Network.Mode == NetworkEndpoints {
		checkReachableImages(c, region)
	}
	zones := checkZones(c, region)
	if !c.valid("network.cidr") || !checkBlock(c, "network.cidr", region.Network.CIDR) {
		return
	}
	block := region.Network.CIDR
	if !slices.ContainsFunc(privateBlocks, func(private netip.Prefix) bool { return contains(private, block) }) {
		c.warn("network.cidr", fmt.Sprintf("%s is not a private block, so the region cannot reach the public hosts in it", block),
			"use a block within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10")
	}
	if zones == "" || !c.valid(publicSubnets) {
		return
	}
	subnets := region.Network.Subnets
	if !c.isSet(publicSubnets) {
		subnets = firstSubnets(block, len(zones))
		if subnets == nil {
			c.reject("network.cidr", fmt.Sprintf("%s has no room for %d subnets of /%d", block, len(zones), defaultSubnetPrefixLength),
				fmt.Sprintf("use a /18 block or larger, or list %d subnets in network.subnets", len(zones)))
			return
		}
	}
	if !checkSubnets(c, publicSubnets, block, subnets, zones) {
		return
	}
	region.Subnets = inZones(subnets, zones)
	if c.valid("network.mode", "network.nat", "network.private_subnets") {
		checkPrivate(c, region, zones)
	}
}

// inZones pairs blocks with the letters of zones.
func inZones(blocks []netip.Prefix, zones string) (subnets []Subnet) {
	for i, block := range blocks {
		subnets = append(subnets, Subnet{Zone: zones[i : i+1], CIDR: block})
	}
	return subnets
}

// checkZones returns the letters of the region's zones, or "" if they are invalid.
func checkZones(c checker, region *Region) string {
	known := zonesByRegion[region.Name]
	if !c.isSet("network.zones") {
		return known.standard
	}
	if !c.valid("network.zones") {
		return ""
	}
	letters, valid := "", true
	for i, written := range region.Network.Zones {
		path := fmt.Sprintf("network.zones[%d]", i)
		letter := strings.TrimPrefix(written, region.Name)
		switch {
		case len(letter) != 1 || !strings.Contains(known.usable, letter):
			c.reject(path, fmt.Sprintf("%s has no zone %q", region.Name, truncate(written)), "use letters from "+listLetters(known.usable))
			valid = false
		case strings.Contains(letters, letter):
			c.reject(path, "zone "+letter+" is listed twice", "list each zone once")
			valid = false
		}
		letters += letter
	}
	if valid && len(letters) < 2 {
		c.reject("network.zones", "a load balancer needs at least two zones", "list two or more, such as ["+listLetters(known.standard)+"]")
		valid = false
	}
	if !valid {
		return ""
	}
	return letters
}

// listLetters formats zone letters as a comma-separated list.
func listLetters(zones string) string { return strings.Join(strings.Split(zones, ""), ", ") }

// checkBlock reports whether AWS accepts the block, and rejects it otherwise.
func checkBlock(c checker, path string, block netip.Prefix) bool {
	switch {
	case !block.Addr().Is4():
		c.reject(path, fmt.Sprintf("%s is not an IPv4 block", block), "use an IPv4 block; dns.ipv6 adds IPv6")
	case block.Masked() != block:
		c.reject(path, fmt.Sprintf("%s has host bits set", block), fmt.Sprintf("use %s", block.Masked()))
	case block.Bits() < minPrefixLength || block.Bits() > maxPrefixLength:
		c.reject(path, fmt.Sprintf("%s is a /%d", block, block.Bits()), fmt.Sprintf("use a block from /%d to /%d, as AWS requires", minPrefixLength, maxPrefixLength))
	default:
		return true
	}
	return false
}

// checkSubnets reports whether the blocks of a key are valid subnets, one for each zone, and rejects them otherwise.
func checkSubnets(c checker, key string, block netip.Prefix, subnets []netip.Prefix, zones string) bool {
	if len(subnets) != len(zones) {
		c.reject(key, fmt.Sprintf("%d listed for %d zones (%s)", len(subnets), len(zones), listLetters(zones)), "list one subnet for each zone")
		return false
	}
	valid := true
	for i, subnet := range subnets {
		path := fmt.Sprintf("%s[%d]", key, i)
		if !checkBlock(c, path, subnet) {
			valid = false
			continue
		}
		earlier := slices.IndexFunc(subnets[:i], subnet.Overlaps)
		switch {
		case !contains(block, subnet):
			c.reject(path, fmt.Sprintf("%s is not within %s", subnet, block), "use a block within network.cidr")
		case key == publicSubnets && subnet.Bits() > maxALBPrefixLength:
			c.reject(path, fmt.Sprintf("%s is too small for a load balancer", subnet), fmt.Sprintf("use a /%d or larger", maxALBPrefixLength))
		case earlier >= 0:
			c.reject(path, fmt.Sprintf("%s overlaps %s", subnet, subnets[earlier]), "use blocks that do not overlap")
		default:
			continue
		}
		valid = false
	}
	return valid
}

// firstSubnets returns the first blocks of the default size within a block, or nil if it has too few.
func firstSubnets(block netip.Prefix, count int) []netip.Prefix {
	if block.Bits() > defaultSubnetPrefixLength || count > 1<<(defaultSubnetPrefixLength-block.Bits()) {
		return nil
	}
	var subnets []netip.Prefix
	next := block.Addr()
	for range count {
		subnets = append(subnets, netip.PrefixFrom(next, defaultSubnetPrefixLength))
		next = nextBlock(next, defaultSubnetPrefixLength)
	}
	return subnets
}

// nextBlock returns the address of the block that follows.
func nextBlock(address netip.Addr, bits int) netip.Addr {
	octets := address.As4()
	binary.BigEndian.PutUint32(octets[:], binary.BigEndian.Uint32(octets[:])+1<<(32-bits))
	return netip.AddrFrom4(octets)
}

func contains(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// checkOverlaps warns if the blocks of two regions overlap, because they can never be peered.
func checkOverlaps(s *source, fleet *Fleet) {
	for i, region := range fleet.Regions {
		for _, other := range fleet.Regions[:i] {
			if !region.Network.CIDR.IsValid() || !other.Network.CIDR.IsValid() || !region.Network.CIDR.Overlaps(other.Network.CIDR) {
				continue
			}
			node, path := s.root, join("regions", region.Name)
			if own := Lookup(s.root, "regions", region.Name); own != nil {
				node = own
				if cidr := Lookup(own, "network", "cidr"); cidr != nil {
					node, path = cidr, path+".network.cidr"
				}
			}
			s.warning(node, path, fmt.Sprintf("%s overlaps %s of %s", region.Network.CIDR, other.Network.CIDR, other.Name),
				"give each region its own block, or the two can never be peered")
			break
		}
	}
}
