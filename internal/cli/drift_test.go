package cli

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/ops"
)

// TestDrift has a region as in the fleet file, one that differs, and one that is not deployed. That the secrets were never
// set is not drift.
func TestDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("drift-a", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	want(t, run(t, saturday, file, "scale", "1", "--region", "eu-west-2", "--no-wait"), 0)
	got := run(t, saturday, file, "drift")
	want(t, got, 1)
	if got := withoutTempDir(got.out); got != `eu-west-1: no drift
eu-west-2:
  desired count is 1, not 2
      fix: mcpfleet scale 2 --region eu-west-2 --config FOLDER/regions.yaml
us-east-1:
  not deployed: no cluster drift-a-dev-us-east-1-cluster
      fix: MCPFLEET_CONFIG=FOLDER/regions.yaml npx cdktf deploy dev-us-east-1
` {
		t.Errorf("got\n%s", got)
	}
	want(t, run(t, saturday, file, "drift", "--region", "eu-west-1"), 0, "eu-west-1: no drift\n")
	want(t, run(t, saturday, file, "status", "--region", "eu-west-1"), 1, "placeholder")

	got = run(t, saturday, file, "drift", "--json")
	checkResult(t, "drift", got)
	var document report[verdict]
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	differs := document.Regions[1]
	if !document.Regions[0].OK || len(differs.Problems) != 1 || differs.Problems[0].Code != ops.Drift || differs.Problems[0].Fix.Command != "mcpfleet scale 2 --region eu-west-2 --config "+file {
		t.Errorf("got %s", got.out)
	}
}

// TestDriftOfRegionsThatCannotBeRead has a region of which only a part can be read, one that fails and one that hangs.
func TestDriftOfRegionsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	deployed := fleetText("drift-b", "{}", threeRegions)
	seed(t, url, fleetFile(t, deployed))
	file := fleetFile(t, strings.Replace(deployed, "PORT: \"8001\"", "PORT: \"8002\"", 1))
	intercept(t, url, func(c call) bool {
		switch c.region {
		case "eu-west-1":
			return c.service == "elasticloadbalancing" && c.fail(http.StatusForbidden, "AccessDenied", "no")
		case "eu-west-2":
			return c.service != "sts" && c.fail(http.StatusInternalServerError, "InternalFailure", "")
		}
		return c.hang(t)
	})
	got := run(t, saturday, file, "drift", "--timeout", "1s")
	want(t, got, 1, "eu-west-1:\n  DescribeLoadBalancers: not allowed: no\n      fix: grant", "  variable PORT differs\n",
		"eu-west-2:\n  AWS returned HTTP 500 after 2 attempts\n      fix: try again", "us-east-1:\n  no response in time\n      fix: try again, or raise --timeout\n")
	if strings.Contains(got.out, "load balancer is missing") || strings.Contains(got.out, "no drift") {
		t.Error(got)
	}
}

func TestSleepIsNotDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("drift-c", "{enabled: true}", oneRegion))
	seed(t, url, file)
	want(t, run(t, tuesday, file, "--yes", "weekend", "down"), 0)
	want(t, run(t, tuesday, file, "drift"), 0, "eu-west-1: no drift\n")
	want(t, run(t, saturday, file, "drift"), 1, "eu-west-1:\n  desired count is 0, not 2\n      fix: mcpfleet scale 2 ")
}

func TestDriftReportsRemovedRegion(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("drift-d", "{}", oneRegion))
	seed(t, url, file)
	chdirWithRemovedRegion(t, "drift-d")
	want(t, run(t, saturday, file, "drift"), 1, "eu-west-1: no drift\nus-east-1:\n  terraform.dev-us-east-1.tfstate still holds resources (1)\n      fix: add us-east-1 to ")
	want(t, run(t, saturday, file, "drift", "--region", "eu-west-1"), 0)
}
