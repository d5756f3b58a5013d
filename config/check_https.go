package config

import (
	"fmt"

	"github.com/cdtait/mcpfleet/internal/text"
)

// maxCertificateDomain is the length limit of a certificate's first domain name.
//
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const maxCertificateDomain = 64

// checkHTTPS validates the HTTPS listener and its certificate, and sets the default: on if there is a
// certificate, or a domain to request one for.
func checkHTTPS(c checker, region *Region) {
	if !c.valid("load_balancer.enabled", "load_balancer.port", "load_balancer.https.enabled", "load_balancer.https.certificate_arn", "dns.enabled", "dns.zone", "dns.name") {
		return
	}
	https := &region.LoadBalancer.HTTPS
	if https.CertificateARN != "" {
		checkCertificateRegion(c, region)
	}
	certifiable := https.CertificateARN != "" || region.CustomDomain() != ""
	if !c.isSet("load_balancer.https.enabled") {
		https.Enabled = certifiable
	} else {
		c.plainHTTP[region.Name] = !https.Enabled
	}
	switch {
	case !region.LoadBalancer.Enabled:
		https.Enabled = false
	case !https.Enabled && https.CertificateARN != "":
		c.warn("load_balancer.https.certificate_arn", "has no effect, because HTTPS is off", "set load_balancer.https.enabled: true, or remove certificate_arn")
	case !https.Enabled:
	case !certifiable:
		c.reject("load_balancer.https", "HTTPS needs a certificate, and the region has no domain to request one for", "set dns.enabled: true, set load_balancer.https.certificate_arn, or set load_balancer.https: false")
	case region.LoadBalancer.Port == HTTPSPort:
		c.reject("load_balancer.port", "443 is the port of the HTTPS listener", "use 80, which redirects to it, or set load_balancer.https: false")
	case len(region.CertificateDomains()) > 0 && len(region.CustomDomain()) > maxCertificateDomain:
		c.reject("dns.name", fmt.Sprintf("makes the domain name %d characters long, but a certificate's can have %d", len(region.CustomDomain()), maxCertificateDomain),
			"use a shorter name, set load_balancer.https.certificate_arn, or set load_balancer.https: false")
	}
}

// checkCertificateRegion checks that the certificate is in the load balancer's region.
//
// Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html
func checkCertificateRegion(c checker, region *Region) {
	if in := regionOf(region.LoadBalancer.HTTPS.CertificateARN); in != region.Name {
		c.reject("load_balancer.https.certificate_arn",
			fmt.Sprintf("the certificate is in %s, but a load balancer in %s needs one in its own region", in, region.Name),
			"set regions."+region.Name+".load_balancer.https.certificate_arn to a certificate in "+region.Name)
	}
}

// checkUnencrypted warns once about all regions whose clients connect over the internet without HTTPS, unless
// the fleet file says that this is intended.
func checkUnencrypted(s *source, fleet *Fleet) {
	var names []string
	for _, region := range fleet.Regions {
		lb := region.LoadBalancer
		if lb.Enabled && !lb.Internal && !lb.HTTPS.Enabled && !s.plainHTTP[region.Name] {
			names = append(names, region.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	who := "no region has HTTPS"
	if len(names) < len(fleet.Regions) {
		who = "no HTTPS in " + text.JoinMost(names, 5, ", ")
	}
	key, _ := Entry(s.root, "regions")
	s.warning(key, "regions",
		who+": API keys, requests and responses cross the internet unencrypted",
		"enable dns to get a domain with a certificate; load_balancer.https: false accepts it")
}
