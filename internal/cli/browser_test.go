//go:build browser

package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/browser"
)

func TestCostPageInABrowser(t *testing.T) {
	file := costPage(t, costFleet(t))
	for _, text := range browser.Look(t, file) {
		for _, part := range []string{
			"cost-a dev", "≥ $208.50 per month", "weekend, load balancers destroyed", "Fargate memory",
			"Sat, Sun 06:00 to 22:00 UTC", "no price for Fargate vCPU, x86 in eu-south-1",
		} {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not visible", part)
			}
		}
	}
}

// wideFleet is a fleet with long names and many zones, which leave the least room in a diagram.
const wideFleet = `project: quite-a-long-project-name
environment: preproduction1
defaults:
  container: {image: a/b, secrets: {A_VERY_LONG_SECRET: A_VERY_LONG_SECRET, ANOTHER_ONE: ANOTHER_ONE}}
  dns: {enabled: true, zone: a-zone-with-a-name.example.com, name: mcp, regional: true}
  waf: {enabled: true, rate_limit: 2000000000}
  access: {cidrs: [203.0.113.0/24], paths: [/.well-known/oauth-authorization-server/*, /.well-known/oauth-protected-resource/*, /.well-known/openid-configuration, /mcp]}
regions:
  ap-southeast-2: {network: {cidr: 10.1.0.0/16}, service: {desired_count: 40}}
  us-east-1:
    network: {cidr: 10.2.0.0/16, zones: [a, b, c, d, e, f]}
    service: {desired_count: 13}
    weekend: {enabled: true, destroy_albs: true, days: [mon, tue, wed, thu, fri, sat], start_hour: 20, end_hour: 2, timezone: America/Argentina/ComodRivadavia}
  eu-west-1: {network: {cidr: 10.3.0.0/16, zones: [a, b]}, dns: {enabled: false}, load_balancer: {enabled: false}}
`

func TestDiagramsInABrowser(t *testing.T) {
	t.Parallel()
	for name, fleet := range map[string]string{
		"shipped": "../../regions.yaml", "large": "../../examples/all-regions.yaml", "wide": fleetFile(t, wideFleet),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "fleet.html")
			want(t, run(t, saturday, fleet, "diagram", "--output", file), 0)
			for _, text := range browser.Look(t, file) {
				if !strings.Contains(text, "eu-west-1") {
					t.Errorf("eu-west-1 is not visible in\n%s", text)
				}
			}
		})
	}
}
