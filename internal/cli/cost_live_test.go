package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
	"github.com/cdtait/mcpfleet/internal/golden"
)

// billed is a Cost Explorer response with costs in one region and global costs.
const billed = `{"GroupDefinitions": [{"Type": "DIMENSION", "Key": "REGION"}], "ResultsByTime": [{
  "TimePeriod": {"Start": "2026-11-01", "End": "2026-11-29"}, "Total": {}, "Estimated": true, "Groups": [
    {"Keys": ["eu-west-1"], "Metrics": {"UnblendedCost": {"Amount": "101.2345678901", "Unit": "USD"}}},
    {"Keys": ["global"], "Metrics": {"UnblendedCost": {"Amount": "0.5", "Unit": "USD"}}}
  ]}], "DimensionValueAttributes": []}`

func TestCostLive(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	file := fleetFile(t, fleetText("live-a", "{enabled: true}", threeRegions))
	seed(t, url, file, "eu-west-1", "us-east-1")
	intercept(t, url, func(c call) bool {
		if c.operation == "GetCostAndUsage" {
			_, _ = io.WriteString(c.w, billed)
			return true
		}
		return false
	})
	// On Tuesday the fleet should be asleep, but two regions have two tasks each.
	got := run(t, tuesday, file, "cost", "--live")
	want(t, got, 0)
	golden.Compare(t, "testdata/cost-live.txt", []byte(got.out))
}

func TestCostLiveWithoutBill(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	file := fleetFile(t, fleetText("live-b", "{}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		return c.operation == "GetCostAndUsage" && c.fail(400, "AccessDeniedException", "User: arn:aws:iam::123456789012:user/a is not authorized")
	})
	want(t, run(t, saturday, file, "cost", "--live"), 0, "The billed amounts are unknown: GetCostAndUsage: not allowed: User: arn:aws:iam::123456789012:user/a")
}

func TestCostLiveWithInaccessibleRegion(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	file := fleetFile(t, fleetText("live-c", "{}", threeRegions))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		if c.operation == "GetCostAndUsage" {
			_, _ = io.WriteString(c.w, strings.Replace(billed, "USD", "CNY", 1))
			return true
		}
		return c.region == "us-east-1" && c.fail(400, "AccessDeniedException", "no")
	})
	got := run(t, saturday, file, "cost", "--live")
	want(t, got, 1,
		"us-east-1  unknown", "eu-west-1  2 of 2", "us-east-1: DescribeServices: not allowed: no", "the state of us-east-1 is unknown",
		`The billed amounts are unknown: the account is billed in "CNY", not USD`)
	for _, pattern := range []string{`us-east-1  unknown +- +- +[\d.]+ +- +[\d.]+ +-\n`, `Total +≥ 0\.\d{4} +≥ \d+\.\d\d +\d+\.\d\d +-\n`} {
		if !regexp.MustCompile(pattern).MatchString(got.out) {
			t.Errorf("%s is not in\n%s", pattern, got.out)
		}
	}
	want(t, run(t, saturday, file, "cost", "--live", "--json", "--region", "us-east-1"), 1, `"rate": null`)
}

// offer returns a product in the format of GetProducts.
func offer(usage, operation string, tiers string) string {
	return `{"product": {"productFamily": "x", "attributes": {"regionCode": "eu-west-1", "usagetype": "` + usage + `", "operation": "` + operation + `"}, "sku": "ABC"},
  "serviceCode": "x", "terms": {"OnDemand": {"ABC.JRTCKXETXF": {"priceDimensions": {` + tiers + `}, "sku": "ABC", "effectiveDate": "2026-11-01T00:00:00Z"}}}}`
}

func tier(begin, usd string) string {
	return `"ABC.` + begin + `": {"unit": "Hrs", "beginRange": "` + begin + `", "endRange": "Inf", "appliesTo": [], "pricePerUnit": {"USD": "` + usd + `"}}`
}

// priceList serves products by service code and product family.
func priceList(t *testing.T, products map[string][]string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, _ := io.ReadAll(r.Body)
		var listed []string
		for name, texts := range products {
			service, family, _ := strings.Cut(name, " ")
			hasFamily := strings.Contains(string(request), `"Field":"productFamily"`)
			if strings.Contains(string(request), `"ServiceCode":"`+service+`"`) && hasFamily == (family != "") && strings.Contains(string(request), family) {
				listed = append(listed, texts...)
			}
		}
		var quoted []string
		for _, text := range listed {
			quoted = append(quoted, mustJSON(t, text))
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = io.WriteString(w, `{"FormatVersion": "aws_v1", "PriceList": [`+strings.Join(quoted, ",")+`]}`)
	}))
	t.Cleanup(server.Close)
	useEndpoint(t, server.URL)
}

// TestPlannedRateIsThePlanOfARegionThatNeverSleeps compares the planned rate now with the plan.
func TestPlannedRateIsThePlanOfARegionThatNeverSleeps(t *testing.T) {
	for _, setting := range []string{"load_balancer: {internal: true}", "container: {architecture: arm64}", "service: {autoscaling: {enabled: true, targets: {cpu: 60}}}"} {
		fleet, _, err := config.Load(fleetFile(t, fleetText("live-d", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}, "+setting+"}\n")))
		if err != nil {
			t.Fatal(err)
		}
		rate := cost.Builtin().Rate(fleet.Regions[0], expectedAt(fleet.Regions[0], nil, saturday))
		if plan := cost.Builtin().Estimate(fleet).Total; rate.String() != plan.String() {
			t.Errorf("%s: got %s, want %s", setting, rate, plan)
		}
	}
}
