package view

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
)

func TestGrouped(t *testing.T) {
	for number, want := range map[string]string{
		"0.00": "0.00", "999.99": "999.99", "1000": "1,000", "1234567.89": "1,234,567.89", "0.00511": "0.00511", "0.123456": "0.123456",
		"-12.00": "-12.00", "-123.00": "-123.00", "-1234.00": "-1,234.00", "≥ 123.00": "≥ 123.00", "≥ 1234.00": "≥ 1,234.00",
	} {
		if got := grouped(number); got != want {
			t.Errorf("grouped(%q) = %q, want %q", number, got, want)
		}
	}
	if got := signed(decimal.RequireFromString("1234.5")); got != "+1,234.50" {
		t.Errorf("signed: %s", got)
	}
}

// TestCostTablesFitTerminal checks all example fleets, including the largest, at 80 columns.
func TestCostTablesFitTerminal(t *testing.T) {
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		fleet, _, err := config.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		prices := cost.Builtin()
		estimate := prices.Estimate(fleet)
		for name, page := range map[string]Page{
			"estimate": EstimatePage(estimate), "compare": ComparePage(fleet, prices.Compare(fleet)),
			"recommend": RecommendPage(estimate, prices.Recommend(fleet)), "diff": DiffPage(cost.Diff(cost.Fleet{}, estimate), nil),
		} {
			for _, block := range page {
				for line := range strings.Lines(Page{{Align: block.Align, Header: block.Header, Rows: block.Rows, Expendable: block.Expendable}}.Text(80)) {
					if width := ansi.StringWidth(strings.TrimSuffix(line, "\n")); width > 80 && !strings.HasPrefix(line, "not shown") {
						t.Errorf("%s, %s, %s: a line has %d cells: %s", file, name, block.Heading, width, line)
					}
				}
			}
		}
	}
}

// TestRangesSayWhatTheyDependOn has a fleet that scales, and one that requests wake.
func TestRangesSayWhatTheyDependOn(t *testing.T) {
	const tasks, hours = "minimum number of tasks", "usage.wake_hours"
	for example, want := range map[string]struct{ tasks, hours bool }{"autoscaling": {true, false}, "wake": {false, true}, "weekend": {false, false}} {
		fleet, _, err := config.Load("../../examples/" + example + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		prices := cost.Builtin()
		estimate := prices.Estimate(fleet)
		for name, text := range map[string]string{
			"estimate": EstimatePage(estimate).Text(0), "compare": ComparePage(fleet, prices.Compare(fleet)).Text(0),
			"recommend": RecommendPage(estimate, nil).Text(0), "report": ReportHTML(Report{Estimate: estimate}),
		} {
			if got := strings.Contains(text, tasks); got != want.tasks {
				t.Errorf("%s, %s: has tasks: %t", example, name, got)
			}
			if got := strings.Contains(text, hours); got != want.hours {
				t.Errorf("%s, %s: has hours: %t", example, name, got)
			}
		}
	}
}

func TestCompareSaysWhereTheFleetRuns(t *testing.T) {
	fleet, _, err := config.Load("../../examples/arm64.yaml")
	if err != nil {
		t.Fatal(err)
	}
	both := ComparePage(fleet, cost.Builtin().Compare(fleet)).Text(80)
	if want := "The fleet runs on ARM in eu-west-1, and on x86 in us-east-1."; !strings.Contains(strings.Join(strings.Fields(both), " "), want) {
		t.Errorf("%q is not in\n%s", want, both)
	}
	fleet.Regions = fleet.Regions[:1]
	one := ComparePage(fleet, cost.Builtin().Compare(fleet)).Text(80)
	if want := "The fleet runs on ARM."; !strings.Contains(strings.Join(strings.Fields(one), " "), want) {
		t.Errorf("%q is not in\n%s", want, one)
	}
}

// TestBarsCountBothProcessors has 59.10 for the vCPUs of the region on x86 and 47.27 for those of the one on ARM, and
// 19.47 and 15.59 for their memory.
func TestBarsCountBothProcessors(t *testing.T) {
	fleet, _, err := config.Load("../../examples/arm64.yaml")
	if err != nil {
		t.Fatal(err)
	}
	prices := cost.Builtin()
	page := CostHTML(fleet, prices.Estimate(fleet), prices.Compare(fleet))
	if want := "Fargate vCPU 106.37, Fargate memory 35.06,"; !strings.Contains(page, want) {
		t.Errorf("%q is not in\n%s", want, page)
	}
}

// TestBarsShowTheWayOut has 105.12 for three NAT gateways and 0.96 for their data. A fleet without them has no such part.
func TestBarsShowTheWayOut(t *testing.T) {
	for file, want := range map[string]string{"private": "NAT gateways, endpoints 106.08,", "endpoints": "NAT gateways, endpoints 96.36,", "arm64": ""} {
		fleet, _, err := config.Load("../../examples/" + file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		prices := cost.Builtin()
		page := CostHTML(fleet, prices.Estimate(fleet), prices.Compare(fleet))
		if !strings.Contains(page, want) || (want == "" && strings.Contains(page, "NAT gateways, endpoints")) {
			t.Errorf("%s: %q is not in\n%s", file, want, page)
		}
	}
}
