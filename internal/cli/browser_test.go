//go:build browser

package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// TestReportInABrowser has a fleet with all that a report shows.
func TestReportInABrowser(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fleet.html")
	want(t, run(t, saturday, reportFleet(t, "report-with-a-rather-long-name"), "report", "--output", file), 1)
	for _, text := range browser.Look(t, file) {
		for _, part := range []string{
			"3 of 4 regions need attention", "account 123456789012 as user/moto", "rolled back because the circuit breaker threshold was exceeded",
			"image is ghcr.io/cdtait/fmp-mcp-server:1.2.0, not ghcr.io/cdtait/fmp-mcp-server:1.3.0", "target-errors has been firing for 12 min", "npx cdktf deploy dev-eu-west-2",
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

// TestReportOfWideFleetInABrowser has long words in all that AWS returns.
func TestReportOfWideFleetInABrowser(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	fleet := fleetFile(t, strings.Replace(wideFleet, "{desired_count: 40}", "{autoscaling: {enabled: true, min: 20, max: 400}}", 1))
	seed(t, url, fleet, "us-east-1")
	long := strings.Repeat("long", 40)
	intercept(t, url, func(c call) bool {
		switch {
		case c.region == "ap-southeast-2":
			return c.fail(500, "InternalFailure", "")
		case c.region == "eu-west-1":
			return c.fail(400, "AccessDeniedException", "User: arn:aws:iam::123456789012:user/"+long+" is not authorized")
		case c.operation == "ListServiceDeployments":
			return writes(c, `{"serviceDeployments": [`+serviceDeployment("ROLLBACK_IN_PROGRESS", long, time.Hour, 0, 1)+`]}`)
		case c.operation == "DescribeServiceRevisions":
			return writes(c, `{"serviceRevisions": [`+serviceRevision("quite-a-long-project-name", "example/"+long+":latest", 1)+`]}`)
		}
		return false
	})
	file := filepath.Join(t.TempDir(), "fleet.html")
	want(t, run(t, saturday, fleet, "report", "--output", file), 1)
	for _, text := range browser.Look(t, file) {
		for _, part := range []string{"1,298.01 to 20,582.85", "user/" + long, "rollback in progress", long + ":latest"} {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not visible", part)
			}
		}
	}
}

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
