package cli

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/schedule"
)

func TestCheckReportsAllErrors(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, "project: x\nenvironment: dev\ndefaults: {container: {image: a, cpu: 3}}\nregions: {eu-west-1: {}}\n")
	want(t, run(t, saturday, file, "check"), 2, "regions.yaml:3:39: defaults.container.cpu: 3 is not allowed", "network.cidr")
	want(t, run(t, saturday, "absent.yaml", "check"), 2, "absent.yaml: no such file")
}

func TestCheckValidFile(t *testing.T) {
	t.Parallel()
	want(t, run(t, saturday, "../../regions.yaml", "check"), 0, "../../regions.yaml is valid: fmp-mcp dev, 3 regions")
	want(t, run(t, saturday, "../../regions.yaml", "check", "--region", "us-east-1"), 0, "1 region\n")
	want(t, run(t, saturday, "../../regions.yaml", "check", "--region", "us-west-1"), 2, "us-west-1 is not in ../../regions.yaml; its regions are eu-west-1, eu-west-2, us-east-1")
	got := run(t, saturday, "../../regions.yaml", "check", "--names", "--region", "eu-west-1")
	golden.Compare(t, "testdata/check-names.txt", []byte(got.out))
}

func TestCheckResolvedRoundTrips(t *testing.T) {
	t.Parallel()
	files, err := golden.Fleets("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			got := run(t, saturday, file, "check", "--resolved")
			want(t, got, 0)
			if strings.Contains(got.out, "{}") || strings.Contains(got.out, "[]") {
				t.Errorf("empty values are printed:\n%s", got.out)
			}
			original, warnings, err := config.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			resolved, again, err := config.Parse("resolved", []byte(got.out))
			if err != nil {
				t.Fatalf("%v\n%s", err, got.out)
			}
			for _, warning := range again {
				if !slices.ContainsFunc(warnings, func(known config.Problem) bool { return known.Message == warning.Message }) {
					t.Errorf("another warning: %s", warning)
				}
			}
			if difference := cmp.Diff(original, resolved, cmp.Comparer(func(a, b schedule.Schedule) bool { return cmp.Equal(a.Window(), b.Window(), cmpopts.EquateEmpty()) }),
				cmpopts.IgnoreFields(config.Network{}, "Zones", "Subnets", "PrivateSubnets"), cmpopts.IgnoreFields(config.Region{}, "Adoption"), cmpopts.EquateEmpty(), cmpopts.EquateComparable(original.Regions[0].Network.CIDR)); difference != "" {
				t.Error(difference)
			}
			want(t, run(t, saturday, file, "check", "--resolved", "--json"), 0, `"project": `)
		})
	}
}

func TestWeekendEnableAndDisableKeepCommentsAndLayout(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../examples/weekend-destroy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := fleetFile(t, string(text))
	want(t, run(t, saturday, file, "weekend", "disable", "--yes"), 0, "-    enabled: true\n+    enabled: false\n", "To deploy the change:", "npx cdktf deploy dev-eu-west-1 dev-eu-west-2 dev-us-east-1")
	want(t, run(t, saturday, file, "weekend", "disable", "--yes"), 0, "already has these settings")
	want(t, run(t, saturday, file, "weekend", "enable", "--destroy-albs", "--yes"), 0, "+    enabled: true\n")
	after, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(string(text), string(after)); difference != "" {
		t.Error(difference)
	}
}
