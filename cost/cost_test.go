package cost

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

var november = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func fleetOf(t testing.TB, defaults, regions string) *config.Fleet {
	t.Helper()
	content := fmt.Sprintf(`project: fmp-mcp
environment: dev
defaults:
  container: {image: example/server:1, secrets: {FMP_API_KEY: API_KEY}}
%s
regions:
%s
`, defaults, regions)
	fleet, _, err := config.Parse("regions.yaml", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return fleet
}

func fleetOfOne(t testing.TB, region, defaults string) *config.Fleet {
	return fleetOf(t, defaults, "  "+region+": {network: {cidr: 10.0.0.0/16, zones: ["+zones(region)+"]}}")
}

func zones(region string) string {
	if region == "us-west-1" {
		return "a, b, c"
	}
	return strings.Join(strings.Split(map[bool]string{true: "acd", false: "abc"}[region == "ap-northeast-1"], ""), ", ")
}

// TestRegions compares two tasks of 1 vCPU and 3 GB in three zones with sums calculated by hand. For
// eu-west-1, always on:
//
//	vCPU          2 x 730 h x .04048      59.10
//	memory        2 x 3 x 730 h x .004445 19.47
//	tasks' IPv4   2 x 730 h x .005         7.30
//	load balancer 730 h x .0252           18.40
//	its IPv4      3 x 730 h x .005        10.95
//	secret                                  .40
//	private zone                            .50
//
// In weekend mode, tasks run 139.0476 h, and a load balancer that is destroyed while asleep exists for
// 178.1548 h (41 h per week).
func TestRegions(t *testing.T) {
	cases := map[string]map[Scenario]string{
		"us-east-1": {
			AlwaysOn:       "59.10 19.47 7.30 16.43 10.95 0.40 0.50 = 114.15",
			WeekendKeep:    "11.26 3.71 1.39 16.43 10.95 0.40 0.50 = 44.64",
			WeekendDestroy: "11.26 3.71 1.39 4.01 2.67 0.40 0.50 = 23.94",
		},
		"eu-west-1": {
			AlwaysOn:       "59.10 19.47 7.30 18.40 10.95 0.40 0.50 = 116.12",
			WeekendKeep:    "11.26 3.71 1.39 18.40 10.95 0.40 0.50 = 46.61",
			WeekendDestroy: "11.26 3.71 1.39 4.49 2.67 0.40 0.50 = 24.42",
		},
		"eu-west-2": {
			AlwaysOn:       "67.98 22.38 7.30 19.32 10.95 0.40 0.50 = 128.83",
			WeekendKeep:    "12.95 4.26 1.39 19.32 10.95 0.40 0.50 = 49.77",
			WeekendDestroy: "12.95 4.26 1.39 4.71 2.67 0.40 0.50 = 26.88",
		},
		"ap-southeast-1": {
			AlwaysOn:       "73.82 24.22 7.30 18.40 10.95 0.40 0.50 = 135.59",
			WeekendKeep:    "14.06 4.61 1.39 18.40 10.95 0.40 0.50 = 50.31",
			WeekendDestroy: "14.06 4.61 1.39 4.49 2.67 0.40 0.50 = 28.12",
		},
		"eu-central-1": {
			AlwaysOn:       "67.98 22.38 7.30 19.71 10.95 0.40 0.50 = 129.22",
			WeekendKeep:    "12.95 4.26 1.39 19.71 10.95 0.40 0.50 = 50.16",
			WeekendDestroy: "12.95 4.26 1.39 4.81 2.67 0.40 0.50 = 26.98",
		},
	}
	for region, scenarios := range cases {
		for scenario, want := range scenarios {
			got := Builtin().In(fleetOfOne(t, region, ""), scenario)
			if lines := formatLines(got.Regions[0]); lines != want || got.Total.LowerBound() {
				t.Errorf("%s, %s\ngot  %s\nwant %s", region, scenario, lines, want)
			}
		}
	}
}

func formatLines(region Region) string {
	var amounts []string
	for _, line := range region.Lines {
		amounts = append(amounts, line.Monthly.StringFixed(2))
	}
	return strings.Join(amounts, " ") + " = " + region.Total.String()
}

func TestFleetOfThreeRegions(t *testing.T) {
	regions := "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  eu-west-2: {network: {cidr: 10.1.0.0/16}}\n  us-east-1: {network: {cidr: 10.2.0.0/16}}"
	fleet := fleetOf(t, "  dns: {enabled: true, zone: example.com, name: mcp}", regions)
	want := map[Scenario]string{AlwaysOn: "359.60", WeekendKeep: "141.52", WeekendDestroy: "75.74", OneRegion: "114.65"}
	for scenario, amount := range want {
		if got := Builtin().In(fleet, scenario).Total.String(); got != amount {
			t.Errorf("%s: %s, want %s: three regions and one hosted zone at 0.50", scenario, got, amount)
		}
	}
	comparison := Builtin().Compare(fleet)
	last := comparison.Fleet[3]
	if last.Remaining != "us-east-1" || last.Saving.String() != "244.95" || last.Percent.String() != "68.1" {
		t.Errorf("one region: %+v", last)
	}
}

func TestEstimateFollowsFleetFile(t *testing.T) {
	cases := map[string]struct{ defaults, want string }{
		"always on":                     {"", "116.12"},
		"weekend":                       {"  weekend: {enabled: true}", "46.61"},
		"weekend, destroying":           {"  weekend: {enabled: true, destroy_albs: true}", "24.42"},
		"not active, kept":              {"  weekend: {enabled: true, active: false}", "30.25"},
		"not active, destroyed":         {"  weekend: {enabled: true, active: false, destroy_albs: true}", "0.90"},
		"no load balancer":              {"  load_balancer: {enabled: false}", "86.77"},
		"no discovery":                  {"  discovery: {enabled: false}", "115.62"},
		"no tasks":                      {"  service: {desired_count: 0}", "30.25"},
		"usage":                         {"  usage: {lcu: 0.5, log_gb: 2.5, egress_gb: 10, dns_queries: 1.5, secret_reads: 20000}", "122.07"},
		"usage in a region never awake": {"  usage: {log_gb: 2.5, lcu: 1}\n  weekend: {enabled: true, active: false, destroy_albs: true}", "0.90"},
		"a window of seven whole days":  {"  weekend: {enabled: true, destroy_albs: true, days: [mon,tue,wed,thu,fri,sat,sun], start_hour: 0, end_hour: 24}", "116.12"},
		"web ACL":                       {"  waf: {enabled: true}", "124.12"},
		"web ACL and its requests":      {"  waf: {enabled: true}\n  usage: {waf_requests: 2.5}", "125.62"},
		"requests without a web ACL":    {"  usage: {waf_requests: 2.5}", "116.12"},
		"web ACL, no load balancer":     {"  waf: {enabled: true}\n  load_balancer: {enabled: false}", "86.77"},
		"web ACL, never awake":          {"  waf: {enabled: true}\n  weekend: {enabled: true, active: false, destroy_albs: true}", "8.90"},
		"flow logs":                     {"  network: {flow_logs: true}", "116.12"},
		"flow logs of an expected size": {"  network: {flow_logs: true}\n  usage: {flow_log_gb: 5}", "≥ 116.12"},
		"a size without flow logs":      {"  usage: {flow_log_gb: 5}", "116.12"},
		"volumes":                       {"  volumes: {data: {path: /data}}", "116.12"},
		"volumes of an expected size":   {"  volumes: {data: {path: /data}}\n  usage: {efs_gb: 20}", "≥ 116.12"},
		"a size of existing volumes":    {"  volumes: {data: {path: /data, existing: {file_system_id: fs-01234567, access_point_id: fsap-01234567}}}\n  usage: {efs_gb: 20}", "116.12"},
		"HTTPS with a certificate":      {"  load_balancer: {https: {certificate_arn: \"arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef\"}}", "116.12"},
		"adjacent days keep the LB":     {"  weekend: {enabled: true, destroy_albs: true, days: [mon,tue,wed,thu,fri,sat,sun]}", "87.50"},
	}
	for name, test := range cases {
		if got := Builtin().Estimate(fleetOfOne(t, "eu-west-1", test.defaults)).Total.String(); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// TestExistingVPC counts an address of the load balancer in each of its subnets.
func TestExistingVPC(t *testing.T) {
	for subnets, want := range map[string]string{
		"[subnet-00000001, subnet-00000002]":                  "112.47",
		"[subnet-00000001, subnet-00000002, subnet-00000003]": "116.12",
	} {
		fleet := fleetOf(t, "", "  eu-west-1: {network: {existing: {vpc_id: vpc-00000001, task_subnets: [subnet-00000004], public_subnets: "+subnets+"}}}")
		if got := Builtin().Estimate(fleet).Total.String(); got != want {
			t.Errorf("%s: %s, want %s", subnets, got, want)
		}
		region := fleet.Regions[0]
		running := Running{Tasks: 2, CPU: 1024, Memory: 3072, Zones: 3}
		if rate := Builtin().Rate(region, running); rate.String() != "116.12" {
			t.Errorf("%s: running in three zones, the region costs %s", subnets, rate)
		}
	}
}

// TestWebACLIsBilledWhileAsleep compares the lines that follow the secret and the private zone.
func TestWebACLIsBilledWhileAsleep(t *testing.T) {
	fleet := fleetOfOne(t, "eu-west-1", "  waf: {enabled: true}")
	for _, scenario := range Scenarios() {
		lines := Builtin().In(fleet, scenario).Regions[0].Lines
		var got []string
		for _, line := range lines[len(lines)-2:] {
			got = append(got, fmt.Sprintf("%s, %s %s: %s", line.Name, line.Quantity, line.Unit, line.Monthly.StringFixed(2)))
		}
		if want := "Web ACL, 1 web ACLs: 5.00; Web ACL rules, 3 rules: 3.00"; strings.Join(got, "; ") != want {
			t.Errorf("%s: got %s, want %s", scenario, strings.Join(got, "; "), want)
		}
	}
	// What runs while the load balancer is destroyed: no task, but secret, private zone and web ACL.
	if rate := Builtin().Rate(fleet.Regions[0], Running{}); rate.String() != "8.90" {
		t.Errorf("asleep, the region costs %s", rate)
	}
}

// TestFilesAreBilledWhileAsleep has a price that the built-in table lacks.
func TestFilesAreBilledWhileAsleep(t *testing.T) {
	table := Builtin().With(NewTable(map[PriceKey]Price{
		{EFSStorage, "eu-west-1"}: {USD: decimal.RequireFromString("0.5"), Confidence: OneSource, AsOf: november},
	}))
	fleet := fleetOfOne(t, "eu-west-1", "  volumes: {data: {path: /data}}\n  usage: {efs_gb: 20}\n  weekend: {enabled: true, active: false, destroy_albs: true}")
	if got := table.Estimate(fleet).Total.String(); got != "10.90" {
		t.Errorf("asleep, 20 GB, the secret and the private zone cost %s", got)
	}
	missing := Builtin().Estimate(fleet).Total.Missing
	if want := "no price for EFS storage in eu-west-1"; !slices.Contains(missing, want) {
		t.Errorf("without a price, missing: %q", missing)
	}
}

// TestStorageBeyondTheFreePartIsPriced has AWS's own example of a price, which the built-in table lacks.
func TestStorageBeyondTheFreePartIsPriced(t *testing.T) {
	table := Builtin().With(NewTable(map[PriceKey]Price{
		{TaskStorage, "eu-west-1"}: {USD: decimal.RequireFromString("0.000111"), Confidence: OneSource, AsOf: november},
	}))
	for size, want := range map[int]string{
		20: "", 21: "1460 GB-hours: 0.16", 200: "262800 GB-hours: 29.17", // 2 tasks x 730 h x (size - 20)
	} {
		fleet := fleetOfOne(t, "eu-west-1", "  service: {capacity: mixed}")
		fleet.Regions[0].Container.EphemeralStorage = size
		var got []string
		for _, line := range table.Estimate(fleet).Regions[0].Lines {
			if line.Item == TaskStorage {
				got = append(got, fmt.Sprintf("%s %s: %s", line.Quantity, line.Unit, line.Monthly.StringFixed(2)))
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%d GiB: got %q, want %q", size, got, want)
		}
		missing := Builtin().Estimate(fleet).Total.Missing
		if unknown := slices.Contains(missing, "no price for Fargate storage in eu-west-1"); unknown != (want != "") {
			t.Errorf("%d GiB: without a price, missing: %q", size, missing)
		}
	}
	fleet := fleetOfOne(t, "eu-west-1", "")
	running := Running{Tasks: 1, CPU: 1024, Memory: 2048, Storage: 20}
	free := table.Rate(fleet.Regions[0], running)
	running.Storage = 120
	if more := table.Rate(fleet.Regions[0], running).Monthly.Sub(free.Monthly); more.String() != "8.1" { // 730 h x 100 GB
		t.Errorf("running, 100 GiB more cost %s", more)
	}
}

func TestMissingPriceMakesLowerBound(t *testing.T) {
	fleet := fleetOfOne(t, "eu-south-1", "")
	estimate := Builtin().Estimate(fleet)
	want := "no price for Fargate vCPU, x86 in eu-south-1; no price for Fargate memory, x86 in eu-south-1"
	if got := strings.Join(estimate.Total.Missing, "; "); got != want {
		t.Errorf("missing: %q", got)
	}
	if got := estimate.Total.String(); got != "≥ 38.47" {
		t.Errorf("total: %s", got)
	}
	comparison := Builtin().Compare(fleet)
	if comparison.Fleet[1].Percent != nil {
		t.Error("got a percentage of a lower bound")
	}
	if window := comparison.Windows[0]; window.Saving.String() != "≥ 22.89" {
		t.Errorf("destroying saves %s", window.Saving)
	}
	for _, advice := range Builtin().Recommend(fleet) {
		if strings.Contains(advice.Title, "ARM") {
			t.Errorf("%s saves %s although neither price is known", advice.Title, advice.Saving)
		}
	}
	// A quantity of zero costs nothing, even without a price.
	asleep := Builtin().Estimate(fleetOfOne(t, "eu-south-1", "  service: {desired_count: 0}")).Total
	if asleep.LowerBound() {
		t.Errorf("without tasks, missing: %v", asleep.Missing)
	}
}

// TestAutoscalingGivesARange prices four regions of the same size: with 2 tasks, with 6, and scaled in between.
func TestAutoscalingGivesARange(t *testing.T) {
	estimate := func(service string) Fleet {
		return Builtin().Estimate(fleetOfOne(t, "eu-west-1", "  service: {"+service+"}"))
	}
	few, many, scaled := estimate("desired_count: 2"), estimate("desired_count: 6"), estimate("desired_count: 4, autoscaling: {enabled: true, min: 2, max: 6}")
	if scaled.Total.String() != few.Total.String() || scaled.Maximum == nil || scaled.Maximum.String() != many.Total.String() {
		t.Errorf("got %s to %v, want %s to %s", scaled.Total, scaled.Maximum, few.Total, many.Total)
	}
	if region := scaled.Regions[0]; region.Maximum == nil || region.Maximum.String() != many.Regions[0].Total.String() || !strings.HasPrefix(region.Summary, "2 to 6 tasks of ") {
		t.Errorf("the region costs %s to %v: %s", region.Total, region.Maximum, region.Summary)
	}
	if fixed := estimate("autoscaling: {enabled: true, min: 2, max: 2}"); fixed.Maximum != nil || few.Maximum != nil {
		t.Error("there is a maximum without a range")
	}
	asleep := Builtin().Estimate(fleetOfOne(t, "eu-west-1", "  service: {autoscaling: {enabled: true}}\n  weekend: {enabled: true, active: false}"))
	if asleep.Maximum == nil || asleep.Maximum.String() != asleep.Total.String() {
		t.Errorf("a region that never wakes costs %s to %v", asleep.Total, asleep.Maximum)
	}
}

func TestFootnotes(t *testing.T) {
	cases := []struct {
		region string
		now    time.Time
		want   string
	}{
		{"us-east-1", november, ""},
		{"us-west-1", november, "weak price (C)"},
		{"eu-west-3", november, "unverified price"},
		{"us-east-1", november.AddDate(0, 0, 159), "price older than 180 days"},
		{"us-east-1", november.AddDate(0, 0, 158), ""},
	}
	for _, test := range cases {
		estimate := Builtin().Estimate(fleetOfOne(t, test.region, ""))
		estimate.Annotate(test.now)
		notes := strings.Join(estimate.Notes, "\n")
		if (test.want == "") != (notes == "") || !strings.Contains(notes, test.want) {
			t.Errorf("%s on %s: %q, want %q", test.region, test.now.Format(time.DateOnly), notes, test.want)
		}
	}
}

func TestMachines(t *testing.T) {
	// 1460 x .03238 + 4380 x .00356 = 47.27 + 15.59, against 59.10 + 19.47: 15.71 less.
	// Spot: 1460 x .04048 x .34 + 4380 x .004445 x .34 = 20.09 + 6.62.
	var got []string
	for _, machine := range Builtin().machines(fleetOfOne(t, "eu-west-1", "").Regions[0]) {
		got = append(got, machine.Machine+" "+machine.Total.String())
	}
	want := "x86 116.12, ARM 100.41, x86 Spot (estimate) 64.26, ARM Spot (estimate) 58.92"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestBreakEvenOfDestroying(t *testing.T) {
	window := Builtin().Compare(fleetOfOne(t, "eu-west-1", "")).Windows[0]
	// 40 h without lead, created once a week: 128 h of lead would fill the week. An hour of lead is 4.3452 h
	// per month at .0252 (0.11), and three times that at .005 (0.07).
	if window.BreakEven.String() != "128" || window.LeadHour.String() != "0.18" || window.Saving.String() != "22.19" {
		t.Errorf("%+v", window)
	}
	twice := Builtin().Compare(fleetOfOne(t, "eu-west-1", "  weekend: {days: [tue, thu], start_hour: 9, end_hour: 12, lead_minutes: 60}")).Windows[0]
	if twice.BreakEven.String() != "81" || twice.LoadBalancerHours != 8 {
		t.Errorf("%+v", twice)
	}
	never := Builtin().Compare(fleetOfOne(t, "eu-west-1", "  weekend: {active: false}")).Windows[0]
	if never.BreakEven != nil {
		t.Errorf("%+v", never)
	}
}

func TestRecommendRanksBySaving(t *testing.T) {
	fleet := fleetOf(t, "  logs: {retention_days: 0}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-west-1: {network: {cidr: 10.1.0.0/16}}")
	var got []string
	for _, advice := range Builtin().Recommend(fleet) {
		saving := "?"
		if advice.Saving != nil {
			saving = advice.Saving.StringFixed(2)
		}
		got = append(got, saving+" "+advice.Title)
	}
	want := `190.19 enable weekend mode, destroying the load balancers
148.57 enable weekend mode, keeping the load balancers
124.26 remove region us-west-1
111.50 use Fargate Spot instead of on-demand capacity
15.71 run on ARM instead of x86 (no price for us-west-1)
13.95 reduce memory, 3072 to 2048 MiB
? keep logs for 30 days or less in eu-west-1, us-west-1`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// onARM has tasks on ARM in both regions; the sums of eu-west-1 are those of TestMachines.
func onARM(t *testing.T, other string) *config.Fleet {
	t.Helper()
	const region = "  %s: {container: {architecture: arm64}, network: {cidr: 10.%d.0.0/16}}\n"
	return fleetOf(t, "", fmt.Sprintf(region, "eu-west-1", 0)+fmt.Sprintf(region, other, 1))
}

func TestARMIsPricedInEveryScenario(t *testing.T) {
	fleet := onARM(t, "us-east-1")
	want := map[Scenario]string{AlwaysOn: "47.27 15.59 7.30 18.40 10.95 0.40 0.50 = 100.41", WeekendDestroy: "9.00 2.97 1.39 4.49 2.67 0.40 0.50 = 21.42"}
	for scenario, lines := range want {
		if got := formatLines(Builtin().In(fleet, scenario).Regions[0]); got != lines {
			t.Errorf("%s\ngot  %s\nwant %s", scenario, got, lines)
		}
	}
	comparison := Builtin().Compare(fleet)
	if got := comparison.Regions[0].Total.String(); got != "100.41" {
		t.Errorf("compared: %s", got)
	}
	if got := fmt.Sprint(comparison.RunsOn); got != "map[eu-west-1:ARM us-east-1:ARM]" {
		t.Errorf("the fleet runs on %s", got)
	}
	x86 := Builtin().Estimate(fleetOfOne(t, "eu-west-1", ""))
	var changes []string
	for _, change := range Diff(x86, Builtin().Estimate(fleet)).Changes {
		if change.Region == "eu-west-1" {
			changes = append(changes, fmt.Sprintf("%s %s %s", change.Name, amountOrDash(change.Before), amountOrDash(change.After)))
		}
	}
	if got := strings.Join(changes, ", "); got != "Fargate vCPU, x86 59.10 -, Fargate memory, x86 19.47 -, Fargate vCPU, ARM - 47.27, Fargate memory, ARM - 15.59" {
		t.Errorf("changes: %s", got)
	}
}

func TestMissingARMPriceMakesLowerBound(t *testing.T) {
	estimate := Builtin().Estimate(onARM(t, "us-west-1"))
	want := "no price for Fargate vCPU, ARM in us-west-1; no price for Fargate memory, ARM in us-west-1"
	if got := strings.Join(estimate.Total.Missing, "; "); got != want {
		t.Errorf("missing: %q", got)
	}
}

func TestRecommendNamesTheKeyOfARM(t *testing.T) {
	const build = "build the image for linux/arm64, too (docker buildx build --platform linux/amd64,linux/arm64), then "
	x86 := fleetOf(t, "", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}}")
	mixed := onARM(t, "us-east-1")
	mixed.Regions[1].Container.Architecture = "x86_64"
	unpriced := fleetOf(t, "", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-west-1: {network: {cidr: 10.1.0.0/16}}")
	for name, each := range map[string]struct {
		fleet     *config.Fleet
		arm, spot string
	}{
		"x86":                         {x86, "31.42 " + build + "under defaults, set container: {architecture: arm64}", "103.72"},
		"ARM":                         {onARM(t, "us-east-1"), "", "82.98"},
		"one region on x86":           {mixed, "15.71 " + build + "under regions, set us-east-1: {container: {architecture: arm64}}", "93.35"},
		"one region without a price":  {unpriced, "15.71 " + build + "under regions, set eu-west-1: {container: {architecture: arm64}}", "111.50"},
		"no region with a price":      {fleetOfOne(t, "us-west-1", ""), "", "59.64"},
		"no price for what runs, too": {fleetOfOne(t, "eu-south-1", ""), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var arm, spot string
			for _, advice := range Builtin().Recommend(each.fleet) {
				if strings.HasPrefix(advice.Title, "run on ARM") {
					arm = advice.Saving.StringFixed(2) + " " + advice.How
				}
				if strings.HasPrefix(advice.Title, "use Fargate Spot") {
					spot = advice.Saving.StringFixed(2)
				}
			}
			if arm != each.arm || spot != each.spot {
				t.Errorf("ARM: %s\nSpot: %s", arm, spot)
			}
		})
	}
}

func TestRecommendKeepsTheOnlyRegionAwake(t *testing.T) {
	fleet := fleetOf(t, "  weekend: {enabled: true, destroy_albs: true, active: false}", `  eu-west-1: {network: {cidr: 10.0.0.0/16}, weekend: {active: true}}
  us-east-1: {network: {cidr: 10.1.0.0/16}}`)
	var removed []string
	for _, advice := range Builtin().Recommend(fleet) {
		if strings.HasPrefix(advice.Title, "remove region") {
			removed = append(removed, advice.Title)
		}
	}
	if len(removed) != 1 || removed[0] != "remove region us-east-1" {
		t.Errorf("advised %v", removed)
	}
}

func TestDiff(t *testing.T) {
	before := Builtin().Estimate(fleetOf(t, "", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}}"))
	after := Builtin().Estimate(fleetOf(t, "", "  eu-west-1: {network: {cidr: 10.0.0.0/16}, container: {memory: 4096}}\n  eu-south-1: {network: {cidr: 10.1.0.0/16}}"))
	difference := Diff(before, after)
	var got []string
	for _, change := range difference.Changes {
		got = append(got, fmt.Sprintf("%s %s %v %v %v", change.Region, change.Name, amountOrDash(change.Before), amountOrDash(change.After), change.Missing))
	}
	if len(got) != 15 || got[0] != "eu-west-1 Fargate memory, x86 19.47 25.96 false" || got[8] != "eu-south-1 Fargate vCPU, x86 - - true" {
		t.Errorf("%d changes\n%s", len(got), strings.Join(got, "\n"))
	}
	if same := Diff(before, before); len(same.Changes) != 0 || !same.Change.IsZero() {
		t.Errorf("%+v", same)
	}
}

func amountOrDash(amount *decimal.Decimal) string {
	if amount == nil {
		return "-"
	}
	return amount.StringFixed(2)
}

// TestProperties checks random fleets for properties that hold for every fleet.
func TestProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 32))
	names := config.RegionNames()
	table := Builtin().With(NewTable(map[PriceKey]Price{{TaskStorage, everywhere}: {USD: decimal.RequireFromString("0.000111"), Confidence: OneSource, AsOf: november}}))
	for range 300 {
		cpu := config.CPUSizes()[random.IntN(len(config.CPUSizes()))]
		memory := config.MemorySizes(cpu)[random.IntN(len(config.MemorySizes(cpu)))]
		start, days := random.IntN(24), random.Perm(7)[:1+random.IntN(7)]
		var dayNames []string
		for _, day := range days {
			dayNames = append(dayNames, []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}[day])
		}
		week := strings.Join(dayNames, ", ")
		least := 1 + random.IntN(5)
		defaults := fmt.Sprintf("  service: {desired_count: %d, autoscaling: {enabled: %v, min: %d, max: %d}, capacity: {type: %s}}\n  load_balancer: {enabled: %v}\n  waf: {enabled: %v}\n  usage: {lcu: %d.25, log_gb: %d}\n  weekend: {enabled: %v, destroy_albs: %v, active: %v, days: [%s], start_hour: %d, end_hour: %d, lead_minutes: %d}",
			random.IntN(9), random.IntN(2) > 0, least, least+random.IntN(5), []string{"fargate", "spot", "mixed, base: 2, spot_weight: 3"}[random.IntN(3)], random.IntN(4) > 0, random.IntN(2) > 0, random.IntN(4), random.IntN(50), random.IntN(2) > 0, random.IntN(2) > 0, random.IntN(4) > 0, week, start, (start+1+random.IntN(23))%24, random.IntN(721))
		var regions []string
		for i, at := range random.Perm(len(names))[:1+random.IntN(4)] {
			regions = append(regions, fmt.Sprintf("  %s: {network: {cidr: 10.%d.0.0/16, mode: %s, nat: %s}, container: {cpu: %d, memory: %d, architecture: %s, ephemeral_storage: %d}}", names[at], i, []string{"public", "private"}[random.IntN(2)], []string{"single", "per_zone"}[random.IntN(2)], cpu, memory, []string{"x86_64", "arm64"}[random.IntN(2)], 20+random.IntN(150)))
		}
		fleet := fleetOf(t, defaults, strings.Join(regions, "\n"))
		always, keep, destroy := table.In(fleet, AlwaysOn), table.In(fleet, WeekendKeep), table.In(fleet, WeekendDestroy)
		checkNotMore(t, "weekend mode costs more than 24/7", keep.Total, always.Total, defaults)
		checkNotMore(t, "destroying costs more than keeping", destroy.Total, keep.Total, defaults)
		checkNotMore(t, "one region costs more than all", table.In(fleet, OneRegion).Total, always.Total, defaults)
		checkNotMore(t, "the plan costs more than 24/7", table.Estimate(fleet).Total, always.Total, defaults)
		for _, estimate := range []Fleet{always, keep, destroy, table.Estimate(fleet)} {
			checkSums(t, estimate)
		}
		checkCapacity(t, table, fleet, defaults)
		region := fleet.Regions[0]
		previous := Total{}
		for week := hours(0); week <= allWeek; week += 7 {
			now := table.region(region, placementOf, uptime{tasks: week, loadBalancer: week, egress: week}).Total
			checkNotMore(t, "more hours cost less", previous, now, defaults)
			previous = now
		}
	}
}

// checkCapacity adds tasks, CPU, memory and disk to every region, one after the other.
func checkCapacity(t *testing.T, table *Table, fleet *config.Fleet, defaults string) {
	t.Helper()
	plan := table.Estimate(fleet)
	if plan.Maximum != nil {
		checkNotMore(t, "the maximum costs less than the minimum", plan.Total, *plan.Maximum, defaults)
	}
	for name, grow := range map[string]func(*config.Region){
		"tasks": func(region *config.Region) {
			region.Service.DesiredCount++
			region.Service.Autoscaling.Min++
			region.Service.Autoscaling.Max++
		},
		"CPU":    func(region *config.Region) { region.Container.CPU *= 2 },
		"memory": func(region *config.Region) { region.Container.Memory += 1024 },
		"disk":   func(region *config.Region) { region.Container.EphemeralStorage += 30 },
	} {
		larger := *fleet
		larger.Regions = slices.Clone(fleet.Regions)
		for i := range larger.Regions {
			grow(&larger.Regions[i])
		}
		checkNotMore(t, "more "+name+" costs less", plan.Total, table.Estimate(&larger).Total, defaults)
	}
}

func TestSpotIsPricedByTask(t *testing.T) {
	const spot = "Fargate vCPU, x86 Spot (estimate)"
	for capacity, want := range map[string]string{
		"fargate": "118.20 38.94 14.60 18.40 10.95 0.40 0.50 = 201.99", // 4 tasks of TestRegions
		"spot":    "40.19 13.24 14.60 18.40 10.95 0.40 0.50 = 98.28",   // .34 of the first two
		// 2 of 4 tasks: the base, and one of the three beyond it.
		"{base: 1, spot_weight: 3}": "59.10 19.47 20.09 6.62 14.60 18.40 10.95 0.40 0.50 = 150.13",
	} {
		region := Builtin().Estimate(fleetOfOne(t, "eu-west-1", "  service: {desired_count: 4, capacity: "+capacity+"}")).Regions[0]
		if got := formatLines(region); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", capacity, got, want)
		}
		named := slices.ContainsFunc(region.Lines, func(line Line) bool { return line.Name == spot })
		if named != (capacity != "fargate") {
			t.Errorf("%s: a line %s: %t", capacity, spot, named)
		}
	}
}

// TestCostGrowsWithCapacity compares every fleet of up to twelve tasks with a slightly larger one.
func TestCostGrowsWithCapacity(t *testing.T) {
	region := fleetOfOne(t, "eu-west-1", "").Regions[0]
	total := func(kind string, tasks, base, weight int) Total {
		region.Service.DesiredCount = tasks
		region.Service.Capacity = config.Capacity{Type: kind, Base: base, SpotWeight: weight}
		return Builtin().region(region, placementOf, alwaysOn).Total
	}
	for tasks := range 12 {
		for base := range 14 {
			for weight := 1; weight < 6; weight++ {
				here, what := total("mixed", tasks, base, weight), fmt.Sprintf("%d tasks, base %d, Spot weight %d", tasks, base, weight)
				checkNotMore(t, "more tasks cost less", here, total("mixed", tasks+1, base, weight), what)
				checkNotMore(t, "a larger base costs less", here, total("mixed", tasks, base+1, weight), what)
				checkNotMore(t, "more Spot costs more", total("mixed", tasks, base, weight+1), here, what)
				checkNotMore(t, "all on Spot costs more than some", total("spot", tasks, 0, 1), here, what)
				checkNotMore(t, "some on Spot costs more than none", here, total("fargate", tasks, 0, 1), what)
			}
		}
	}
}

func TestMixedCapacityIsDescribed(t *testing.T) {
	fleet := fleetOf(t, "  service: {desired_count: 4, capacity: {base: 1}}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}, service: {capacity: spot}}")
	if got := fmt.Sprint(Builtin().Compare(fleet).RunsOn); got != "map[eu-west-1:x86 and x86 Spot (estimate) us-east-1:x86 Spot (estimate)]" {
		t.Errorf("got %s", got)
	}
	for _, advice := range Builtin().Recommend(fleet) {
		if strings.HasPrefix(advice.Title, "use Fargate Spot") && !strings.HasSuffix(advice.How, "under regions, set eu-west-1: {service: {capacity: spot}}, and run mcpfleet capacity") {
			t.Errorf("got %+v", advice)
		}
	}
}

func checkNotMore(t *testing.T, message string, less, more Total, fleet string) {
	t.Helper()
	if less.Monthly.GreaterThan(more.Monthly) {
		t.Errorf("%s: %s compared with %s for\n%s", message, less, more, fleet)
	}
}

func checkSums(t *testing.T, fleet Fleet) {
	t.Helper()
	whole := decimal.Zero
	for _, line := range fleet.Shared {
		whole = whole.Add(*line.Monthly)
	}
	for _, region := range fleet.Regions {
		part := decimal.Zero
		for _, line := range region.Lines {
			if line.Monthly != nil {
				part = part.Add(*line.Monthly)
			}
			if line.Monthly != nil && line.Monthly.Exponent() < -2 {
				t.Errorf("%s costs %s, which is not rounded to the cent", line.Name, line.Monthly)
			}
		}
		if !part.Equal(region.Total.Monthly) {
			t.Errorf("%s: the lines add up to %s, the total is %s", region.Region, part, region.Total)
		}
		whole = whole.Add(part)
	}
	if !whole.Equal(fleet.Total.Monthly) {
		t.Errorf("the regions add up to %s, the total is %s", whole, fleet.Total)
	}
}

func TestBuiltinPrices(t *testing.T) {
	table := Builtin()
	if len(table.prices) < 150 {
		t.Errorf("only %d prices", len(table.prices))
	}
	for place, price := range table.prices {
		if !strings.HasPrefix(price.Source, "https://aws.amazon.com/") {
			t.Errorf("%v: source %q", place, price.Source)
		}
	}
	if price, _ := table.Price(X86VCPU, "eu-west-1"); price.USD.String() != "0.04048" || price.Confidence != TwoSources {
		t.Errorf("%+v", price)
	}
	if _, known := table.Price(X86VCPU, "eu-south-1"); known {
		t.Error("got a price that is not in the table")
	}
	again, err := Parse("again", table.Format("A comment\nof two lines."))
	if err != nil || !bytes.Equal(again.Format("x"), table.Format("x")) {
		t.Errorf("the table differs after Format and Parse: %v", err)
	}
}

func TestWithOverridesPrices(t *testing.T) {
	mine, err := Parse("mine.csv", []byte("item,region,usd,confidence,as_of,source\nalb-hour,eu-west-1,0.03,B,2026-11-20,contract\n"))
	if err != nil {
		t.Fatal(err)
	}
	merged := Builtin().With(mine)
	price, _ := merged.Price(LoadBalancer, "eu-west-1")
	other, _ := merged.Price(LoadBalancer, "us-east-1")
	if price.USD.String() != "0.03" || other.USD.String() != "0.0225" {
		t.Errorf("%s and %s", price.USD, other.USD)
	}
	if untouched, _ := Builtin().Price(LoadBalancer, "eu-west-1"); untouched.USD.String() != "0.0252" {
		t.Error("With changed the built-in table")
	}
}

func TestParseErrors(t *testing.T) {
	header := strings.Join(columns, ",") + "\n"
	cases := map[string]struct{ content, want string }{
		"no header":     {"", "prices.csv:1:1: missing header; write item,region,usd,confidence,as_of,source in the first line"},
		"unknown item":  {header + "alb,eu-west-1,1,A,2026-11-01,x", `prices.csv:2:1: "alb" is not an item; write one of fargate-x86-vcpu-hour, `},
		"region":        {header + "alb-hour,eu-wset-1,1,A,2026-11-01,x", `prices.csv:2:10: "eu-wset-1" is not an AWS region; write a region such as eu-west-1, or * for all`},
		"no number":     {header + "alb-hour,eu-west-1,free,A,2026-11-01,x", `prices.csv:2:20: "free" is not a price; write US dollars between 0 and 100`},
		"zero":          {header + "alb-hour,eu-west-1,0.00,A,2026-11-01,x", "is not a price"},
		"negative":      {header + "alb-hour,eu-west-1,-1,A,2026-11-01,x", "is not a price"},
		"huge":          {header + "alb-hour,eu-west-1,1e9,A,2026-11-01,x", "is not a price"},
		"tiny":          {header + "alb-hour,eu-west-1,1e-900000000,A,2026-11-01,x", "is not a price"},
		"confidence":    {header + "alb-hour,eu-west-1,1,D,2026-11-01,x", `prices.csv:2:22: "D" is not a confidence; write one of A, B, C, unverified`},
		"date":          {header + "alb-hour,eu-west-1,1,A,November,x", `prices.csv:2:24: "November" is not a date; write a date such as 2026-11-01`},
		"twice":         {header + "alb-hour,eu-west-1,1,A,2026-11-01,x\nalb-hour,eu-west-1,2,A,2026-11-01,x", "prices.csv:3:1: duplicate price of alb-hour in eu-west-1; keep one"},
		"a short row":   {header + "alb-hour,eu-west-1\n", "prices.csv:2:1: wrong number of fields; write item,region,"},
		"a stray quote": {header + "alb-hour,eu-west-1,1,A,2026-11-01,\"x", "prices.csv:2:37: extraneous or missing"},
	}
	for name, test := range cases {
		_, err := Parse("prices.csv", []byte(test.content))
		if message := fmt.Sprint(cmp.Or(err, errors.New("no error"))); !strings.Contains(message, test.want) {
			t.Errorf("%s: %s, want %s", name, message, test.want)
		}
	}
}

// FuzzParse checks that Parse never panics and that a parsed table stays the same after Format and Parse.
func FuzzParse(f *testing.F) {
	f.Add(builtin)
	f.Add([]byte(strings.Join(columns, ",") + "\nalb-hour,*,1.5,unverified,2026-11-01,\"a, b\"\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := Parse("prices.csv", content)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "prices.csv:") {
				t.Errorf("the error %q does not start with the file name", err)
			}
			return
		}
		again, err := Parse("prices.csv", table.Format("again"))
		if err != nil || !bytes.Equal(again.Format(""), table.Format("")) {
			t.Errorf("the table differs after Format and Parse: %v", err)
		}
	})
}
