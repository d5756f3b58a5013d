package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// euWest1Prices returns the complete Price List of eu-west-1. Tests remove products from it.
func euWest1Prices() map[string][]string {
	return map[string][]string{
		"AmazonECS Compute": {
			offer("EU-Fargate-vCPU-Hours:perCPU", "", tier("0", "0.0500000000")),
			offer("EU-Fargate-GB-Hours", "", tier("0", "0.0044450000")),
			offer("EU-Fargate-ARM-vCPU-Hours:perCPU", "", tier("0", "0.0323800000")),
			offer("EU-Fargate-ARM-GB-Hours", "", tier("0", "0.0035600000")),
			offer("EU-Fargate-EphemeralStorage-GB-Hours", "", tier("0", "0.0001110000")),
		},
		"AWSELB Load Balancer-Application": {
			offer("EU-LoadBalancerUsage", "LoadBalancing:Application", tier("0", "0.0252000000")),
			offer("EU-LoadBalancerUsage", "LoadBalancing:Gateway", tier("0", "0.0135000000")),
			offer("TS-LoadBalancerUsage", "LoadBalancing:Application", tier("0", "0.0056000000")),
			offer("EU-LCUUsage", "LoadBalancing:Application", tier("0", "0.0080000000")),
		},
		"AmazonVPC":             {offer("EU-PublicIPv4:InUseAddress", "", tier("0", "0.0050000000")), offer("EU-PublicIPv4:IdleAddress", "", tier("0", "0.0050000000"))},
		"AmazonVPC VpcEndpoint": {offer("EU-VpcEndpoint-Hours", "", tier("0", "0.0110000000")), offer("EU-VpcEndpoint-Bytes", "", tier("0", "0.0100000000")+","+tier("1048576", "0.0060000000"))},
		"AmazonEC2 NAT Gateway": {offer("EU-NatGateway-Hours", "", tier("0", "0.0480000000")), offer("EU-NatGateway-Bytes", "", tier("0", "0.0480000000"))},
		"AmazonCloudWatch Data": {
			offer("EU-DataProcessing-Bytes", "PutLogEvents", tier("0", "0.0000000000")+","+tier("5", "0.5700000000")),
			offer("EU-VendedLog-Bytes", "", tier("0", "0.4000000000")), offer("EU-VendedLog-Bytes-WAFLogs", "", tier("0", "0.3000000000")),
		},
		"AmazonEFS Storage": {
			offer("EU-TimedStorage-ByteHrs", "", tier("0", "0.3300000000")),
			offer("EU-TimedStorage-Z-ByteHrs", "", tier("0", "0.1760000000")), offer("EU-IATimedStorage-ByteHrs", "", tier("0", "0.0180000000")),
		},
		"AWSSecretsManager Secret": {offer("EU-AWSSecretsManager-Secrets", "", tier("0", "0.4000000000"))},
		"awswaf Web Application": {
			offer("EU-WebACLV2", "", tier("0", "5.0000000000")), offer("EU-RuleV2", "", tier("0", "1.0000000000")),
			offer("EU-RequestV2-Tier0", "", tier("0", "0.0000006000")), offer("EU-RequestV2-Tier1", "", tier("0", "0.0000006000")),
		},
	}
}

func TestCostRefreshWritesUserPrices(t *testing.T) {
	withoutUserPrices(t)
	priceList(t, euWest1Prices())
	own := filepath.Join(t.TempDir(), "new", "prices.csv")
	file := fleetFile(t, fleetText("refresh-a", "{}", oneRegion))
	got := run(t, priced, file, "cost", "refresh", "--prices", own)
	want(t, got, 0, "eu-west-1  fargate-storage-gb-hour        -  0.000111\neu-west-1  fargate-x86-vcpu-hour    0.04048      0.05", "wrote 18 prices, 4 of them new or changed, to "+own, "eu-west-1: 18 of 18 prices")
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"\nfargate-x86-vcpu-hour,eu-west-1,0.05,B,2026-11-23,\"AWS Price List, AmazonECS Fargate-vCPU-Hours:perCPU\"\n",
		"\nlogs-gb,eu-west-1,0.57,B,", // the first tier that is not free
		"\nendpoint-gb,eu-west-1,0.01,B,",
		"\nefs-gb-month,eu-west-1,0.33,B,", // not of one zone
		"\nflow-logs-gb,eu-west-1,0.4,B,",  // not the logs of AWS WAF
		"\nalb-hour,eu-west-1,0.0252,B,",   // not the Gateway Load Balancer's
	} {
		if !strings.Contains(string(text), line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	want(t, run(t, priced, file, "cost", "--prices", own), 0, "0.05    73.00")
	want(t, run(t, priced, file, "cost", "refresh", "--prices", own), 0, "18 prices, 0 of them new or changed")
}

func TestCostRefreshReportsMissingPrices(t *testing.T) {
	withoutUserPrices(t)
	products := euWest1Prices()
	products["AmazonECS Compute"] = append(products["AmazonECS Compute"][1:], offer("EU-Fargate-GB-Hours", "", tier("0", "0.0100000000")))
	products["AWSELB Load Balancer-Application"] = nil
	products["AmazonVPC"] = []string{strings.Replace(offer("EU-PublicIPv4:InUseAddress", "", tier("0", "0.01")), "USD", "CNY", 1)}
	products["AWSSecretsManager Secret"] = []string{"[]"}
	products["AmazonCloudWatch Data"] = []string{offer("EU-DataProcessing-Bytes", "", tier("0", "0"))}
	products["AmazonEC2 NAT Gateway"][0] = offer("EU-NatGateway-Hours", "", tier("0", "cheap"))
	priceList(t, products)
	own := filepath.Join(t.TempDir(), "prices.csv")
	kept := "alb-hour,eu-west-1,0.02,A,2026-11-20,contract\n"
	if err := os.WriteFile(own, []byte("item,region,usd,confidence,as_of,source\n"+kept), 0o644); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, priced, fleetFile(t, fleetText("refresh-b", "{}", oneRegion)), "cost", "refresh", "--prices", own), 1,
		"not found: fargate-x86-vcpu-hour in eu-west-1: 0 products match Fargate-vCPU-Hours:perCPU, expected one",
		"not found: fargate-x86-gb-hour in eu-west-1: 2 products match Fargate-GB-Hours, expected one",
		"not found: alb-hour in eu-west-1: 0 products match LoadBalancerUsage, expected one",
		"not found: ipv4-hour in eu-west-1: it has no price in USD",
		"not found: AWSSecretsManager Secret in eu-west-1: the response is not a valid price list",
		"not found: logs-gb in eu-west-1: it has no nonzero price",
		`not found: nat-hour in eu-west-1: the price "cheap" of the tier from "0" is not valid`,
		"9 prices, 2 of them new or changed",
	)
	if text, _ := os.ReadFile(own); !strings.Contains(string(text), kept) {
		t.Errorf("a price that was not found was removed:\n%s", text)
	}
}

func TestCostRefreshWritesNothingIfUnreachable(t *testing.T) {
	withoutUserPrices(t)
	useEndpoint(t, "http://127.0.0.1:1")
	own := filepath.Join(t.TempDir(), "prices.csv")
	want(t, run(t, priced, fleetFile(t, fleetText("refresh-c", "{}", oneRegion)), "cost", "refresh", "--prices", own), 1,
		"no prices found; nothing written", "not found: AmazonECS Compute in eu-west-1: unreachable: connection refused")
	if _, err := os.Stat(own); err == nil {
		t.Error("a file was written")
	}
}
