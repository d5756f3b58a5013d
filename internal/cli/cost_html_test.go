package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func costPage(t *testing.T, fleet string) string {
	t.Helper()
	withoutOwnPrices(t)
	file := filepath.Join(t.TempDir(), "cost.html")
	want(t, run(t, priced, fleet, "cost", "--html", file), 0, "the page is in "+file)
	return file
}

// TestACostPageIsOfItsFleetAlone holds that a text of the fleet file stays a text.
func TestACostPageIsOfItsFleetAlone(t *testing.T) {
	text, err := os.ReadFile(costPage(t, costFleet(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{"<script", "http://", "https://", "url("} {
		if strings.Contains(string(text), forbidden) {
			t.Errorf("%s is in the page", forbidden)
		}
	}
}

// TestTheLegendsNameWhatIsDrawn holds it for a fleet of which little is.
func TestTheLegendsNameWhatIsDrawn(t *testing.T) {
	little := fleetFile(t, fleetText("cost-l", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}, load_balancer: {enabled: false}}\n"))
	for fleet, balancers := range map[string]bool{little: false, costFleet(t): true} {
		text, err := os.ReadFile(costPage(t, fleet))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{`<li><i class="alb"></i>Load balancer</li>`, `<li><i class="alb"></i>load balancer is there</li>`} {
			if strings.Contains(string(text), line) != balancers {
				t.Errorf("%s is a line of the legend: %t", line, !balancers)
			}
		}
		for _, line := range []string{`<li><i class="cpu"></i>Fargate vCPU</li>`, `<li><i class="cpu"></i>tasks run</li>`} {
			if !strings.Contains(string(text), line) {
				t.Errorf("%s is no line of the legend", line)
			}
		}
	}
}

func TestACostPageThatCannotBeWritten(t *testing.T) {
	withoutOwnPrices(t)
	file := filepath.Join(t.TempDir(), "nowhere", "cost.html")
	want(t, run(t, priced, costFleet(t), "cost", "--html", file), 1, "mcpfleet: write "+file+": no such file or directory\n")
	want(t, run(t, priced, costFleet(t), "cost", "--html", t.TempDir()), 1, "is a directory; name a file in it")
	want(t, run(t, priced, costFleet(t), "cost", "--html", ""), 2, "--html wants the name of a file, such as cost.html")
}
