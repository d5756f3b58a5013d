package config

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/cdtait/mcpfleet/internal/text"
)

// maxRules is the default quota of inbound rules per security group. IPv4 and IPv6 rules count separately.
//
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
const maxRules = 60

// The blocks that contain all addresses.
var (
	AnyIPv4 = netip.MustParsePrefix("0.0.0.0/0")
	AnyIPv6 = netip.MustParsePrefix("::/0")
)

// IsOpen reports whether the load balancer accepts connections from every IPv4 address.
func (a Access) IsOpen() bool { return slices.Contains(a.CIDRs, AnyIPv4) }

// Clients describes who may connect: one block, or how many. It is "" for the whole internet.
func (a Access) Clients() string {
	switch {
	case a.IsOpen():
		return ""
	case len(a.CIDRs) == 1:
		return a.CIDRs[0].String()
	}
	return text.Count(len(a.CIDRs), "CIDR block")
}

// rulesPerPort describes the quota: each listener's port needs a rule of its own.
func rulesPerPort(region *Region) string {
	ports := region.ListenerPorts()
	if len(ports) == 1 {
		return text.Count(maxRules, "rule")
	}
	return fmt.Sprintf("%d rules, %d for each of the ports %s,", maxRules, maxRules/len(ports), text.Join(ports, " and "))
}

// checkAccess validates the blocks that may connect to the load balancer, and sets the default.
func checkAccess(c checker, region *Region) {
	if !c.valid("access.cidrs", "load_balancer.enabled", "dns.enabled", "dns.ipv6") {
		return
	}
	if !c.isSet("access.cidrs") {
		if region.LoadBalancer.Enabled {
			region.Access.CIDRs = []netip.Prefix{AnyIPv4}
		}
		if region.IPv6() {
			region.Access.CIDRs = append(region.Access.CIDRs, AnyIPv6)
		}
		return
	}
	blocks := region.Access.CIDRs
	switch {
	case !region.LoadBalancer.Enabled:
		c.warn("access.cidrs", "has no effect, because the region has no load balancer", "use discovery.clients for the clients of the tasks")
		region.Access.CIDRs = nil
		return
	case len(blocks) == 0:
		c.reject("access.cidrs", "is empty, so nothing could connect", "list the CIDR blocks of the clients, or remove cidrs to allow the whole internet")
		return
	}
	var effective []netip.Prefix
	valid := true
	families := map[bool]int{}
	for i, block := range blocks {
		path := fmt.Sprintf("access.cidrs[%d]", i)
		families[block.Addr().Is4()]++
		within := slices.IndexFunc(blocks, func(other netip.Prefix) bool { return other != block && contains(other, block) })
		switch {
		case !c.valid(path): // already reported
		case block.Addr().Is4In6():
			c.reject(path, block.String()+" is an IPv4 block in IPv6 notation", "use IPv4 notation")
		case block != block.Masked():
			c.reject(path, block.String()+" has host bits set", "use "+block.Masked().String())
		case slices.Contains(blocks[:i], block):
			c.reject(path, block.String()+" is listed twice", "list each block once")
		case within >= 0:
			c.reject(path, fmt.Sprintf("%s is within %s", block, blocks[within]), "remove one of the two")
		case families[block.Addr().Is4()]*len(region.ListenerPorts()) > maxRules:
			c.reject(path, fmt.Sprintf("is block %d, but a security group can have %s for each IP version", families[block.Addr().Is4()], rulesPerPort(region)), "combine blocks into larger ones")
			return
		case block.Addr().Is6() && !region.IPv6():
			c.warn(path, "has no effect, because the load balancer has no IPv6 address", "set dns.enabled: true and dns.ipv6: true, or remove the block")
		default:
			effective = append(effective, block)
		}
		valid = valid && c.valid(path)
	}
	if valid && len(effective) == 0 {
		c.reject("access.cidrs", "has no IPv4 block, but the load balancer has no IPv6 address, so nothing could connect", "add an IPv4 block, or set dns.enabled: true and dns.ipv6: true")
	}
	region.Access.CIDRs = effective
}
