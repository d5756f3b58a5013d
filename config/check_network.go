package config

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// AWS takes VPCs and subnets from /16 to /28, and a load balancer needs a subnet of /27 or larger.
//
// Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
const (
	largestBlock  = 16
	smallestBlock = 28
	smallestALB   = 27
	defaultSubnet = 20
)

// privateBlocks are those that no public host has (RFC 1918, and RFC 6598 for carriers).
var privateBlocks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
}

func checkNetwork(c checker, region *Region) {
	zones := checkZones(c, region)
	if !c.sound("network.cidr") || !checkBlock(c, "network.cidr", region.Network.CIDR) {
		return
	}
	block := region.Network.CIDR
	if !slices.ContainsFunc(privateBlocks, func(private netip.Prefix) bool { return contains(private, block) }) {
		c.warn("network.cidr", fmt.Sprintf("%s is not a private block, so its public owner cannot be reached from the region", block),
			"prefer one within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10")
	}
	if zones == "" || !c.sound("network.subnets") {
		return
	}
	subnets := region.Network.Subnets
	if !c.written("network.subnets") {
		subnets = firstSubnets(block, len(zones))
		if subnets == nil {
			c.refuse("network.cidr", fmt.Sprintf("%s has no room for %d subnets of /%d", block, len(zones), defaultSubnet),
				fmt.Sprintf("write a block of /18 or larger, or name %d subnets in network.subnets", len(zones)))
			return
		}
	}
	if !checkSubnets(c, block, subnets, zones) {
		return
	}
	for i, cidr := range subnets {
		region.Subnets = append(region.Subnets, Subnet{Zone: zones[i : i+1], CIDR: cidr})
	}
}

// checkZones answers the letters of the region's zones, or "" if they cannot be used.
func checkZones(c checker, region *Region) string {
	known := zonesByRegion[region.Name]
	if !c.written("network.zones") {
		return known.standard
	}
	if !c.sound("network.zones") {
		return ""
	}
	letters, sound := "", true
	for i, written := range region.Network.Zones {
		path := fmt.Sprintf("network.zones[%d]", i)
		letter := strings.TrimPrefix(written, region.Name)
		switch {
		case len(letter) != 1 || !strings.Contains(known.usable, letter):
			c.refuse(path, fmt.Sprintf("%s has no zone %q", region.Name, clip(written)), "write letters of "+strings.Join(strings.Split(known.usable, ""), ", "))
			sound = false
		case strings.Contains(letters, letter):
			c.refuse(path, "zone "+letter+" is named twice", "name each zone once")
			sound = false
		}
		letters += letter
	}
	if sound && len(letters) < 2 {
		c.refuse("network.zones", "a load balancer needs two zones", "name two or more, such as "+region.wantedZones())
		sound = false
	}
	if !sound {
		return ""
	}
	return letters
}

func (r Region) wantedZones() string {
	return "[" + strings.Join(strings.Split(zonesByRegion[r.Name].standard, ""), ", ") + "]"
}

// checkBlock holds one block to what AWS takes.
func checkBlock(c checker, path string, block netip.Prefix) bool {
	switch {
	case !block.Addr().Is4():
		c.refuse(path, fmt.Sprintf("%s is not an IPv4 block", block), "write an IPv4 block; IPv6 comes with dns.ipv6")
	case block.Masked() != block:
		c.refuse(path, fmt.Sprintf("%s has host bits", block), fmt.Sprintf("write %s", block.Masked()))
	case block.Bits() < largestBlock || block.Bits() > smallestBlock:
		c.refuse(path, fmt.Sprintf("%s is a /%d", block, block.Bits()), fmt.Sprintf("AWS takes /%d to /%d", largestBlock, smallestBlock))
	default:
		return true
	}
	return false
}

func checkSubnets(c checker, block netip.Prefix, subnets []netip.Prefix, zones string) bool {
	if len(subnets) != len(zones) {
		c.refuse("network.subnets", fmt.Sprintf("%d subnets for the %d zones %s", len(subnets), len(zones), strings.Join(strings.Split(zones, ""), ", ")), "write one a zone")
		return false
	}
	sound := true
	for i, subnet := range subnets {
		path := fmt.Sprintf("network.subnets[%d]", i)
		if !checkBlock(c, path, subnet) {
			sound = false
			continue
		}
		earlier := slices.IndexFunc(subnets[:i], subnet.Overlaps)
		switch {
		case !contains(block, subnet):
			c.refuse(path, fmt.Sprintf("%s is not within %s", subnet, block), "write a block within network.cidr")
		case subnet.Bits() > smallestALB:
			c.refuse(path, fmt.Sprintf("%s is too small for a load balancer", subnet), fmt.Sprintf("write a /%d or larger", smallestALB))
		case earlier >= 0:
			c.refuse(path, fmt.Sprintf("%s overlaps %s", subnet, subnets[earlier]), "write blocks apart from each other")
		default:
			continue
		}
		sound = false
	}
	return sound
}

// firstSubnets are the first blocks of the default size, or nil if there are too few.
func firstSubnets(block netip.Prefix, count int) []netip.Prefix {
	if block.Bits() > defaultSubnet || count > 1<<(defaultSubnet-block.Bits()) {
		return nil
	}
	var subnets []netip.Prefix
	next := block.Addr()
	for range count {
		subnets = append(subnets, netip.PrefixFrom(next, defaultSubnet))
		next = after(next, defaultSubnet)
	}
	return subnets
}

// after is the address one block further on.
func after(address netip.Addr, bits int) netip.Addr {
	octets := address.As4()
	binary.BigEndian.PutUint32(octets[:], binary.BigEndian.Uint32(octets[:])+1<<(32-bits))
	return netip.AddrFrom4(octets)
}

func contains(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// checkRegionsTogether warns of blocks that could never be peered.
func checkRegionsTogether(s *source, fleet *Fleet) {
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
				"give regions blocks of their own, or they can never be peered")
			break
		}
	}
}
