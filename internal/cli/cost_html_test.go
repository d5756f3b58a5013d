package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func costPage(t *testing.T, fleet string) string {
	t.Helper()
	withoutUserPrices(t)
	file := filepath.Join(t.TempDir(), "cost.html")
	want(t, run(t, priced, fleet, "cost", "--html", file), 0, "wrote "+file)
	return file
}

// TestCostPageIsSelfContained checks that the page contains no scripts and loads no resources.
func TestCostPageIsSelfContained(t *testing.T) {
	text, err := os.ReadFile(costPage(t, costFleet(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{"<script", "http://", "https://", "url("} {
		if strings.Contains(string(text), forbidden) {
			t.Errorf("the page contains %s", forbidden)
		}
	}
}

// TestCostPageLegends checks that the legends list only what the charts show.
func TestCostPageLegends(t *testing.T) {
	small := fleetFile(t, fleetText("cost-l", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}, load_balancer: {enabled: false}}\n"))
	for fleet, hasLoadBalancer := range map[string]bool{small: false, costFleet(t): true} {
		text, err := os.ReadFile(costPage(t, fleet))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{`<li><i class="alb"></i>Load balancer</li>`, `<li><i class="alb"></i>load balancer exists</li>`} {
			if strings.Contains(string(text), line) != hasLoadBalancer {
				t.Errorf("the legend has the line %s: got %t, want %t", line, !hasLoadBalancer, hasLoadBalancer)
			}
		}
		for _, line := range []string{`<li><i class="cpu"></i>Fargate vCPU</li>`, `<li><i class="cpu"></i>tasks running</li>`} {
			if !strings.Contains(string(text), line) {
				t.Errorf("the legend lacks the line %s", line)
			}
		}
	}
}

func TestCostPageWriteErrors(t *testing.T) {
	withoutUserPrices(t)
	file := filepath.Join(t.TempDir(), "missing", "cost.html")
	want(t, run(t, priced, costFleet(t), "cost", "--html", file), 1, "mcpfleet: write "+file+": no such file or directory\n")
	want(t, run(t, priced, costFleet(t), "cost", "--html", t.TempDir()), 1, "is a directory; pass a file name")
	want(t, run(t, priced, costFleet(t), "cost", "--html", ""), 2, "--html needs a file name, such as cost.html")
}
