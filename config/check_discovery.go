package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
)

var securityGroupID = regexp.MustCompile(`^sg-([0-9a-f]{8}|[0-9a-f]{17})$`)

// everyClient says whom 0.0.0.0/0 lets in, by whether the tasks have public addresses.
var everyClient = map[bool]string{
	true:  "lets in the whole internet, because the tasks have public addresses",
	false: "lets in every network that is connected to the VPC",
}

// checkDiscovery validates the clients that may connect to the tasks by their private name, and sets the
// default: the VPC if there is no load balancer, because the name is then the only way in, otherwise none. The
// block of an existing VPC is only known during a plan, so its clients have to be listed.
func checkDiscovery(c checker, region *Region) {
	if !c.isSet("discovery.clients") {
		switch needed := region.Discovery.Enabled && !region.LoadBalancer.Enabled; {
		case !needed || !c.valid("network", "network.cidr", "discovery.enabled", "load_balancer.enabled"):
		case c.isSet("network.existing"):
			c.reject("discovery.clients", "is missing: nothing could connect, because there is no load balancer", "list the CIDR blocks or security groups of the clients, or set clients: []")
		default:
			region.Discovery.Clients = []string{region.Network.CIDR.String()}
		}
		return
	}
	if !c.valid("discovery.clients") {
		return
	}
	for i, client := range region.Discovery.Clients {
		path := fmt.Sprintf("discovery.clients[%d]", i)
		switch block, err := netip.ParsePrefix(client); {
		case slices.Contains(region.Discovery.Clients[:i], client):
			c.reject(path, client+" is listed twice", "list each client once")
		case securityGroupID.MatchString(client):
		case err != nil || !block.Addr().Is4():
			c.reject(path, fmt.Sprintf("%q is neither an IPv4 CIDR block nor a security group ID", truncate(client)), "use a value such as 10.0.0.0/16 or sg-0123456789abcdef0")
		case block != block.Masked():
			c.reject(path, client+" has host bits set", "use "+block.Masked().String())
		case block.Bits() == 0:
			c.reject(path, client+" "+everyClient[region.Network.PublicTasks()], "list the CIDR blocks of the clients")
		}
	}
	if !region.Discovery.Enabled && c.valid("discovery.enabled") && len(region.Discovery.Clients) > 0 {
		c.reject("discovery.clients", "requires discovery, which is disabled", "set discovery.enabled: true, or remove clients")
	}
}
