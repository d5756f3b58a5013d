package config

import (
	"strings"
	"testing"
)

// unencrypted is part of the warning about a fleet without HTTPS.
const unencrypted = "cross the internet unencrypted"

const (
	domain      = "dns: {enabled: true, zone: example.com, name: mcp}"
	certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef"
)

func TestHTTPS(t *testing.T) {
	for name, each := range map[string]struct {
		keys    string
		https   bool
		url     string
		domains string
	}{
		"no domain":                   {"", false, "http://lb", ""},
		"another port":                {"load_balancer: {port: 8080}", false, "http://lb:8080", ""},
		"a domain":                    {domain, true, "https://lb", "mcp.example.com"},
		"a domain, and another port":  {domain + ", load_balancer: {port: 8080}", true, "https://lb", "mcp.example.com"},
		"a domain for each region":    {"dns: {enabled: true, zone: example.com, name: mcp, regional: true}", true, "https://lb", "mcp.example.com eu-west-1.mcp.example.com"},
		"off":                         {domain + ", load_balancer: {https: false}", false, "http://lb", ""},
		"off, in full":                {domain + ", load_balancer: {https: {enabled: false}}", false, "http://lb", ""},
		"on":                          {domain + ", load_balancer: {https: true}", true, "https://lb", "mcp.example.com"},
		"a policy only":               {"load_balancer: {https: {policy: ELBSecurityPolicy-TLS13-1-3-2021-06}}", false, "http://lb", ""},
		"a certificate":               {"load_balancer: {https: {certificate_arn: " + certificate + "}}", true, "https://lb", ""},
		"a certificate and a domain":  {domain + ", load_balancer: {https: {certificate_arn: " + certificate + "}}", true, "https://lb", ""},
		"no value":                    {domain + ", load_balancer: {https: }", true, "https://lb", "mcp.example.com"},
		"a domain without a balancer": {domain + ", load_balancer: {enabled: false}", false, "http://lb", ""},
	} {
		t.Run(name, func(t *testing.T) {
			fleet, _ := mustParse(t, inRegion(each.keys))
			region := fleet.Regions[0]
			if region.HTTPS() != each.https || region.URL("lb") != each.url || strings.Join(region.CertificateDomains(), " ") != each.domains {
				t.Errorf("HTTPS is %t, the URL is %s, and the certificate's domains are %q", region.HTTPS(), region.URL("lb"), region.CertificateDomains())
			}
		})
	}
}

// TestRegionOverridesHTTPS in both notations.
func TestRegionOverridesHTTPS(t *testing.T) {
	for keys, want := range map[string]bool{"": false, "load_balancer: {https: true}": true, "load_balancer: {https: {enabled: true}}": true} {
		text := strings.Replace(inRegion(keys), "regions:\n", "  "+domain+"\n  load_balancer: {https: false}\nregions:\n", 1)
		fleet, _ := mustParse(t, text)
		if got := fleet.Regions[0].HTTPS(); got != want {
			t.Errorf("%q: HTTPS is %t", keys, got)
		}
	}
}

func TestWarnsOnceWithoutHTTPS(t *testing.T) {
	const second = "  us-east-1: {network: {cidr: 10.1.0.0/16}}\n"
	for name, each := range map[string]struct{ text, want string }{
		"all regions":     {minimal + second, "regions.yaml:5:1: regions: no region has HTTPS: API keys, requests and responses " + unencrypted},
		"one of two":      {inRegion(domain) + second, "regions: no HTTPS in us-east-1: "},
		"a domain":        {inRegion(domain), ""},
		"intended":        {inDefaults("  load_balancer: {https: false}") + second, ""},
		"internal":        {inRegion("load_balancer: {internal: true}"), ""},
		"no balancer":     {inRegion("load_balancer: {enabled: false}"), ""},
		"a policy only":   {inRegion("load_balancer: {https: {policy: ELBSecurityPolicy-TLS13-1-3-2021-06}}"), "no region has HTTPS"},
		"own certificate": {inRegion("load_balancer: {https: {certificate_arn: " + certificate + "}}"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, warnings, err := Parse("regions.yaml", []byte(withStateless(each.text)))
			if err != nil {
				t.Fatal(err)
			}
			if each.want == "" && len(warnings) > 0 || each.want != "" && (len(warnings) != 1 || !strings.Contains(warnings.Error(), each.want)) {
				t.Errorf("want %q, got\n%v", each.want, warnings)
			}
		})
	}
}

func TestForwards(t *testing.T) {
	for _, each := range []struct {
		patterns, path string
		want           bool
	}{
		{"", "/anything", true},
		{"/mcp", "/mcp", true},
		{"/mcp", "/mcp/", false},
		{"/mcp", "/MCP", false},
		{"/mcp", "/mcp/more", false},
		{"/mcp*", "/mcp/more", true},
		{"/.well-known/*", "/.well-known/oauth-protected-resource/mcp", true},
		{"/.well-known/*", "/xwell-known/oauth", false},
		{"/v?/mcp", "/v1/mcp", true},
		{"/v?/mcp", "/v10/mcp", false},
		{"/a+b", "/a+b", true},
		{"/a+b", "/aab", false},
		{"/health /mcp", "/mcp", true},
	} {
		access := Access{Paths: strings.Fields(each.patterns)}
		if got := access.Forwards(each.path); got != each.want {
			t.Errorf("%q forwards %s: %t", each.patterns, each.path, got)
		}
	}
}

func TestPathRules(t *testing.T) {
	access := Access{Paths: strings.Fields("/1 /2 /3 /4 /5 /6")}
	if rules := access.PathRules(); len(rules) != 2 || len(rules[0]) != 5 || rules[1][0] != "/6" {
		t.Errorf("got %q", rules)
	}
	if rules := (Access{}).PathRules(); len(rules) != 0 {
		t.Errorf("got %q without paths", rules)
	}
}
