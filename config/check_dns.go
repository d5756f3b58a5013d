package config

import (
	"fmt"
	"regexp"
	"strings"
)

// dnsLabel is one part of a domain name, as host names have it (RFC 1123).
var dnsLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func checkDNS(c checker, region *Region) {
	dns := region.DNS
	if c.sound("dns.zone") && dns.Zone != "" && (!isDomain(dns.Zone) || !strings.Contains(dns.Zone, ".")) {
		c.refuse("dns.zone", fmt.Sprintf("%q is not a domain name", clip(dns.Zone)), "write the hosted zone's name in lower case, without a dot at the end, such as example.com")
	}
	if c.sound("dns.name") && dns.Name != "" && !isDomain(dns.Name) {
		c.refuse("dns.name", fmt.Sprintf("%q is not a DNS label", clip(dns.Name)), "write lower-case letters, digits and hyphens, such as mcp")
	}
	if !c.sound("dns.enabled") || !dns.Enabled {
		return
	}
	for key, value := range map[string]string{"zone": dns.Zone, "name": dns.Name} {
		if value == "" && c.sound("dns."+key) {
			c.refuse("dns."+key, "is missing", "write "+key+", as dns.enabled is true")
		}
	}
	if len(dns.Name)+1+len(dns.Zone) > 253 {
		c.refuse("dns.name", "makes a domain name of more than 253 characters", "write a shorter one")
	}
	if !region.LoadBalancer.Enabled {
		c.warn("dns.enabled", "has no effect, as the region has no load balancer to point at", "enable load_balancer, or disable dns")
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
