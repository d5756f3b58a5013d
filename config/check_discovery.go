package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
)

var securityGroupID = regexp.MustCompile(`^sg-([0-9a-f]{8}|[0-9a-f]{17})$`)

// checkDiscovery resolves who may connect to the tasks by their private name. Behind a load balancer
// nobody needs to; without one the name is the only way in.
func checkDiscovery(c checker, region *Region) {
	if !c.written("discovery.clients") {
		if region.Discovery.Enabled && !region.LoadBalancer.Enabled && c.sound("network.cidr", "discovery.enabled", "load_balancer.enabled") {
			region.Discovery.Clients = []string{region.Network.CIDR.String()}
		}
		return
	}
	if !c.sound("discovery.clients") {
		return
	}
	for i, client := range region.Discovery.Clients {
		path := fmt.Sprintf("discovery.clients[%d]", i)
		switch block, err := netip.ParsePrefix(client); {
		case slices.Contains(region.Discovery.Clients[:i], client):
			c.refuse(path, client+" is named twice", "name each client once")
		case securityGroupID.MatchString(client):
		case err != nil || !block.Addr().Is4():
			c.refuse(path, fmt.Sprintf("%q is neither an IPv4 block nor a security group's id", clip(client)), "write 10.0.0.0/16 or sg-0123456789abcdef0")
		case block != block.Masked():
			c.refuse(path, client+" has host bits", "write "+block.Masked().String())
		case block.Bits() == 0:
			c.refuse(path, client+" lets the whole internet in, as the tasks have public addresses", "name the blocks of the clients")
		}
	}
	if !region.Discovery.Enabled && c.sound("discovery.enabled") && len(region.Discovery.Clients) > 0 {
		c.refuse("discovery.clients", "belongs to discovery, which is off", "write discovery.enabled: true, or leave clients out")
	}
}
