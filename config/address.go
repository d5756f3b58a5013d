package config

import (
	"cmp"

	"github.com/cdtait/mcpfleet/naming"
)

// CustomDomain returns the fleet's custom domain name, or "" if the region has no record for it.
func (r Region) CustomDomain() string {
	if !r.DNS.Enabled || !r.LoadBalancer.Enabled {
		return ""
	}
	return r.DNS.Name + "." + r.DNS.Zone
}

// RegionalDomain returns the region's own domain name, or "" if the region has no record for it.
func (r Region) RegionalDomain() string {
	if !r.DNS.Regional || r.CustomDomain() == "" {
		return ""
	}
	return r.Name + "." + r.CustomDomain()
}

// HTTPSPort is the port of the HTTPS listener.
const HTTPSPort = 443

// HTTPS reports whether clients connect to the region over HTTPS.
func (r Region) HTTPS() bool { return r.LoadBalancer.Enabled && r.LoadBalancer.HTTPS.Enabled }

// Port returns the port of the listener that forwards requests to the tasks.
func (r Region) Port() int {
	if r.HTTPS() {
		return HTTPSPort
	}
	return r.LoadBalancer.Port
}

// ListenerPorts returns the ports of all listeners.
func (r Region) ListenerPorts() []int {
	if r.HTTPS() {
		return []int{r.LoadBalancer.Port, HTTPSPort}
	}
	return []int{r.LoadBalancer.Port}
}

// URL returns the URL of a host name that leads to the region's load balancer.
func (r Region) URL(host string) string {
	if r.HTTPS() {
		return naming.HTTPSURL(host)
	}
	return naming.HTTPURL(host, r.LoadBalancer.Port)
}

// ClientDomain returns the domain name by which clients reach this region: its own if it has one, or else the name
// that the certificate is for, which may lead to another region. It is "" if they use the load balancer's name.
func (r Region) ClientDomain() string {
	if r.RegionalDomain() == "" && r.HTTPS() {
		return r.CustomDomain()
	}
	return r.RegionalDomain()
}

// Address returns the URL by which clients reach this region, given the name of its load balancer.
func (r Region) Address(loadBalancer string) string {
	return r.URL(cmp.Or(r.ClientDomain(), loadBalancer))
}

// CertificateDomains returns the names of the certificate that the stack requests, or none if it requests no
// certificate.
func (r Region) CertificateDomains() []string {
	switch {
	case !r.HTTPS() || r.LoadBalancer.HTTPS.CertificateARN != "":
		return nil
	case r.RegionalDomain() != "":
		return []string{r.CustomDomain(), r.RegionalDomain()}
	}
	return []string{r.CustomDomain()}
}
