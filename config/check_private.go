package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
)

// checkPrivate validates what depends on the mode of the network, and sets the private subnets.
func checkPrivate(c checker, region *Region, zones string) {
	mode := region.Network.Mode
	if mode != NetworkPrivate && c.changes("network.nat") {
		c.warn("network.nat", "has no effect, because mode "+mode+" has no NAT gateways", "set network.mode: private, or remove nat")
	}
	if mode == NetworkPublic {
		if len(region.Network.PrivateSubnets) > 0 {
			c.warn(privateSubnets, "has no effect, because mode public has no private subnets", "set network.mode: private or endpoints, or remove private_subnets")
		}
		return
	}
	subnets := region.Network.PrivateSubnets
	if !c.isSet(privateSubnets) {
		subnets = besides(region.Network.CIDR, region.Subnets, len(zones))
		if subnets == nil {
			c.reject("network.cidr", fmt.Sprintf("%s has no room for %d private subnets beside the public ones", region.Network.CIDR, len(zones)),
				"use a larger block, or list smaller blocks in network.subnets or network.private_subnets")
			return
		}
	}
	if !checkSubnets(c, privateSubnets, region.Network.CIDR, subnets, zones) {
		return
	}
	for i, block := range subnets {
		at := slices.IndexFunc(region.Subnets, func(public Subnet) bool { return public.CIDR.Overlaps(block) })
		if at >= 0 {
			c.reject(fmt.Sprintf("%s[%d]", privateSubnets, i), fmt.Sprintf("%s overlaps the public subnet %s", block, region.Subnets[at].CIDR), "use blocks that do not overlap")
			return
		}
	}
	region.PrivateSubnets = inZones(subnets, zones)
}

// besides returns equal blocks within a block that do not overlap the public subnets: from its second half, or
// from what is left, of the default size, or of the largest size of which there are enough. It returns nil if there
// is no room.
func besides(block netip.Prefix, public []Subnet, count int) []netip.Prefix {
	for bits := max(defaultSubnetPrefixLength, block.Bits()+1); bits <= maxPrefixLength; bits++ {
		var first, second []netip.Prefix
		total := 1 << (bits - block.Bits())
		next := block.Addr()
		for i := range total {
			candidate := netip.PrefixFrom(next, bits)
			next = nextBlock(next, bits)
			switch {
			case slices.ContainsFunc(public, func(subnet Subnet) bool { return subnet.CIDR.Overlaps(candidate) }):
			case i < total/2:
				first = append(first, candidate)
			default:
				second = append(second, candidate)
			}
		}
		if free := slices.Concat(second, first); len(free) >= count {
			return free[:count]
		}
	}
	return nil
}

// checkReachableImages rejects images that cannot be pulled through the endpoints: those of ECR lead to the private
// registries of their own region only.
//
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
func checkReachableImages(c checker, region *Region) {
	for path, definition := range region.Container.definitions() {
		if path += ".image"; c.valid(path) {
			checkReachableImage(c, region, path, definition)
		}
	}
}

func checkReachableImage(c checker, region *Region, path string, definition ContainerDefinition) {
	example := "123456789012.dkr.ecr." + region.Name + ".amazonaws.com/" + region.Names.Project + ":1.2.0"
	repo, inECR := definition.repository()
	problem := ""
	switch {
	case !inECR:
		problem = "is not in a private ECR repository, so it cannot be pulled without the internet"
	case repo.region != region.Name:
		problem = "is in ECR in " + repo.region + ", which the endpoints of " + region.Name + " do not lead to"
	case !regexp.MustCompile(definition.EndpointImages()).MatchString(definition.Image):
		problem = "has a host name that the endpoints of ECR do not serve"
	default:
		return
	}
	c.reject(path, problem, "with network.mode: endpoints, copy the image to an ECR repository in "+region.Name+" and use that, such as "+example+"; or set network.mode: private")
}
