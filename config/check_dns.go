package config

import (
	"fmt"
	"regexp"
	"strings"
)

// dnsLabel matches one label of a host name (RFC 1123).
var dnsLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func checkDNS(c checker, region *Region) {
	dns := region.DNS
	if c.valid("dns.zone") && dns.Zone != "" && (!isDomain(dns.Zone) || !strings.Contains(dns.Zone, ".")) {
		c.reject("dns.zone", fmt.Sprintf("%q is not a domain name", truncate(dns.Zone)), "use the hosted zone's name in lower case without the trailing dot, such as example.com")
	}
	if c.valid("dns.name") && dns.Name != "" && !isDomain(dns.Name) {
		c.reject("dns.name", fmt.Sprintf("%q is not a DNS label", truncate(dns.Name)), "use lower-case letters, digits and hyphens, such as mcp")
	}
	if !c.valid("dns.enabled") || !dns.Enabled {
		return
	}
	for key, value := range map[string]string{"zone": dns.Zone, "name": dns.Name} {
		if value == "" && c.valid("dns."+key) {
			c.reject("dns."+key, "is required when dns.enabled is true", "add "+key+", or set dns.enabled: false")
		}
	}
	domain := dns.Name + "." + dns.Zone
	if dns.Regional {
		domain = region.Name + "." + domain
	}
	if len(domain) > 253 {
		c.reject("dns.name", "makes the domain name longer than 253 characters", "use a shorter name")
	}
	if !region.LoadBalancer.Enabled {
		c.warn("dns.enabled", "has no effect, because the region has no load balancer to point to", "enable load_balancer, or disable dns")
	}
}

func isDomain(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		if !dnsLabel.MatchString(part) {
			return false
		}
	}
	return true
}
