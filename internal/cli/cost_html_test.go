package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/internal/browser"
)

func costPage(t *testing.T, fleet string) string {
	t.Helper()
	withoutOwnPrices(t)
	file := filepath.Join(t.TempDir(), "cost.html")
	want(t, run(t, priced, fleet, "cost", "--html", file), 0, "the page is in "+file)
	return file
}

func TestTheCostPageInABrowser(t *testing.T) {
	file := costPage(t, costFleet(t))
	for _, text := range browser.Look(t, file) {
		for _, part := range []string{
			"cost-a dev", "≥ $200.50 a month", "weekend, load balancers destroyed", "Fargate memory",
			"Sat, Sun 06:00 to 22:00 UTC", "no price is known for Fargate vCPU, x86 in eu-south-1",
		} {
			if !strings.Contains(text, part) {
				t.Errorf("%q cannot be read", part)
			}
		}
	}
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

func TestACostPageThatCannotBeWritten(t *testing.T) {
	withoutOwnPrices(t)
	file := filepath.Join(t.TempDir(), "nowhere", "cost.html")
	want(t, run(t, priced, costFleet(t), "cost", "--html", file), 1, "mcpfleet: write "+file+": no such file or directory\n")
	want(t, run(t, priced, costFleet(t), "cost", "--html", t.TempDir()), 1, "is a directory; name a file in it")
	want(t, run(t, priced, costFleet(t), "cost", "--html", ""), 2, "--html wants the name of a file, such as cost.html")
}
