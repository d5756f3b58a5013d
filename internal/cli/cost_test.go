package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/golden"
)

// priced is soon after the date of the price table, so there is no footnote about old prices.
var priced = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// withoutUserPrices hides the user's price file from the test.
func withoutUserPrices(t *testing.T) {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv(pricesVariable, "")
}

// costFleet returns a fleet whose regions have known, weak and missing prices, and declared usage.
func costFleet(t *testing.T) string {
	return fleetFile(t, fleetText("cost-a", "{}", `  eu-west-2:
    network: {cidr: 172.30.0.0/16}
    usage: {lcu: 0.25, log_gb: 3, egress_gb: 40}
    dns: {enabled: true, zone: example.com, name: mcp}
  eu-south-1:
    network: {cidr: 172.31.0.0/16}
  us-west-1:
    network: {cidr: 172.29.0.0/16}
    weekend: {enabled: true, destroy_albs: true}
    waf: {enabled: true}
`))
}

func TestCostTables(t *testing.T) {
	withoutUserPrices(t)
	file := costFleet(t)
	cases := map[string][]string{
		"cost.txt":           {"cost"},
		"cost.md":            {"cost", "--markdown"},
		"cost.json":          {"cost", "--json"},
		"cost-compare.txt":   {"cost", "--compare"},
		"cost-compare.md":    {"cost", "--compare", "--markdown"},
		"cost-recommend.txt": {"cost", "--recommend"},
	}
	for name, arguments := range cases {
		got := run(t, priced, file, arguments...)
		want(t, got, 0)
		golden.Compare(t, filepath.Join("testdata", name), []byte(withoutTempDir(got.out)))
	}
}

func TestCostDiff(t *testing.T) {
	withoutUserPrices(t)
	before := fleetFile(t, fleetText("cost-b", "{}", threeRegions))
	after := fleetFile(t, fleetText("cost-b", "{enabled: true}", oneRegion))
	got := run(t, priced, "regions.yaml", "cost", "diff", before, after)
	want(t, got, 0)
	golden.Compare(t, "testdata/cost-diff.txt", []byte(got.out))
	got = run(t, priced, "regions.yaml", "cost", "diff", before, after, "--markdown")
	golden.Compare(t, "testdata/cost-diff.md", []byte(got.out))
	want(t, run(t, priced, "regions.yaml", "cost", "diff", before, before), 0, "No change in cost.")
	want(t, run(t, priced, "regions.yaml", "cost", "diff", before), 2, "takes two fleet files")
	want(t, run(t, priced, "regions.yaml", "cost", "diff", before, "absent.yaml"), 2, "absent.yaml: no such file")
}

func TestUserPricesOverrideBuiltinPrices(t *testing.T) {
	withoutUserPrices(t)
	own := filepath.Join(t.TempDir(), "prices.csv")
	text := "item,region,usd,confidence,as_of,source\nalb-hour,eu-west-1,0.01,A,2026-11-20,contract\n"
	if err := os.WriteFile(own, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	file := fleetFile(t, fleetText("cost-c", "{}", oneRegion))
	want(t, run(t, priced, file, "cost", "--prices", own), 0, "Load balancer                    730  hours                0.01     7.30")
	t.Setenv(pricesVariable, own)
	want(t, run(t, priced, file, "cost"), 0, "0.01     7.30")
	want(t, run(t, priced, file, "cost", "--prices", own+"x"), 2, "prices.csvx: no such file")
	if err := os.WriteFile(own, []byte(text+"alb-hour,eu-west-9,0.01,A,2026-11-20,contract\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, priced, file, "cost"), 2, `prices.csv:3:10: "eu-west-9" is not an AWS region; write a region such as eu-west-1, or * for all`)
}

func TestCostMutuallyExclusiveFlags(t *testing.T) {
	withoutUserPrices(t)
	file := fleetFile(t, fleetText("cost-d", "{}", oneRegion))
	want(t, run(t, priced, file, "cost", "--json", "--markdown"), 2, "--json and --markdown are mutually exclusive")
	want(t, run(t, priced, file, "cost", "--compare", "--recommend"), 2, "--compare and --recommend are mutually exclusive")
	want(t, run(t, priced, file, "cost", "eu-west-1"), 2, "eu-west-1 is not a command of mcpfleet cost")
}

// TestGuideFiguresAreCurrent checks the costs that the guide states for the shipped fleets.
func TestGuideFiguresAreCurrent(t *testing.T) {
	withoutUserPrices(t)
	guide, err := os.ReadFile("../../help/cost.md")
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, priced, "../../examples/weekend.yaml", "cost", "--compare")
	_, fleet, _ := strings.Cut(got.out, "Fleet fmp-mcp dev (USD)\n")
	table, _, _ := strings.Cut(fleet, "\n\n")
	for row, scenario := range map[string]string{
		"| three regions, 24/7 | 284.77 | ":                              "24/7 ",
		"| one region awake at weekends, load balancers kept | 31.34 | ": "weekend, load balancers kept",
		"| the same, load balancers destroyed | 22.00 | ":                "weekend, load balancers destroyed",
	} {
		_, rest, _ := strings.Cut(table, scenario)
		if monthly := strings.Fields(rest)[0]; !strings.Contains(string(guide), row+monthly+" |") {
			t.Errorf("the guide lacks the row %s%s", row, monthly)
		}
	}
}
