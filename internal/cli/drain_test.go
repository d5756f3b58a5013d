package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/cdtait/mcpfleet/internal/ops"
)

// domainFleetFile is a fleet of three regions with a domain in a zone of its own, of which the named ones are deployed, or all.
func domainFleetFile(t *testing.T, url, project string, deployed ...string) string {
	t.Helper()
	file := fleetFile(t, fleetText(project, "{}\n  load_balancer: {https: false}\n  dns: {enabled: true, zone: "+project+".example.com, name: mcp, regional: true}", threeRegions))
	seed(t, url, file, deployed...)
	return file
}

// runWhileTimePasses runs a command with a clock that goes on by 20 seconds whenever it is read.
func runWhileTimePasses(t *testing.T, file string, arguments ...string) result {
	t.Helper()
	var passed atomic.Int64
	var out, errs bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: &out, Err: &errs, Interval: time.Millisecond, Open: opener(t), Now: func() time.Time {
		return saturday.Add(time.Duration(passed.Add(1)) * 20 * time.Second)
	}}
	status := Run(t.Context(), app, append([]string{"--config", file}, arguments...))
	return result{out.String(), errs.String(), status}
}

// withConnections makes CloudWatch, which moto does not implement in this protocol, count these connections in some minutes.
func withConnections(t *testing.T, url string, counts ...float64) {
	t.Helper()
	times, values := cbor.List{}, cbor.List{}
	for i, count := range counts {
		times = append(times, &cbor.Tag{ID: 1, Value: cbor.Uint(saturday.Add(time.Duration(i) * time.Minute).Unix())})
		values = append(values, cbor.Float64(count))
	}
	intercept(t, url, func(c call) bool {
		return c.operation == "GetMetricData" && c.answerCBOR(http.StatusOK, cbor.Map{"MetricDataResults": cbor.List{cbor.Map{
			"Id": cbor.String("connections"), "StatusCode": cbor.String("Complete"), "Timestamps": times, "Values": values,
		}}})
	})
}

func TestDrainAndUndrain(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := domainFleetFile(t, url, "drain-a")
	setSecret(t, file)
	want(t, run(t, saturday, file, "drift"), 0)
	withConnections(t, url)

	got := runWhileTimePasses(t, file, "drain", "eu-west-1", "--yes")
	want(t, got, 0, "eu-west-1: resolvers keep the address until ", "eu-west-1: CloudWatch counts the connections until ")
	if got := withoutTempDir(got.out); got != `REGION     RESULT
eu-west-1  out of mcp.drain-a.example.com, without connections; until the next apply or mcpfleet undrain eu-west-1 --config FOLDER/regions.yaml; eu-west-1.mcp.drain-a.example.com still leads to it
` {
		t.Errorf("got\n%s", got)
	}
	const drift = "mcp.drain-a.example.com has no record for this region"
	want(t, run(t, saturday, file, "status"), 0, "eu-west-1: drift: "+drift+"\n")
	want(t, run(t, saturday, file, "drift"), 1, "eu-west-1:\n  "+drift+"\n      fix: mcpfleet undrain eu-west-1 --config "+file, "eu-west-2: no drift")
	want(t, run(t, saturday, file, "doctor", "--region", "eu-west-1"), 1, "domain: "+drift)
	want(t, run(t, saturday, file, "report"), 0, drift)
	want(t, runWhileTimePasses(t, file, "drain", "eu-west-1", "--yes"), 0, "not in mcp.drain-a.example.com, without connections")

	want(t, run(t, saturday, file, "undrain", "--yes"), 0, "eu-west-1  back in mcp.drain-a.example.com", "eu-west-2  was not drained", "us-east-1  was not drained")
	want(t, run(t, saturday, file, "drift"), 0)
	want(t, run(t, saturday, file, "undrain", "eu-west-1", "--yes"), 0, "eu-west-1  was not drained")
}

// TestDrainRefuses what would leave a domain without a region, and changes no record.
func TestDrainRefuses(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := domainFleetFile(t, url, "drain-b", "eu-west-1", "eu-west-2")
	noDomain := fleetFile(t, fleetText("drain-c", "{}", oneRegion))
	for name, each := range map[string]struct {
		file      string
		arguments []string
		status    int
		text      string
	}{
		"no region":        {file, []string{"drain", "--yes"}, 2, "pass the regions to drain, such as mcpfleet drain eu-west-1"},
		"another region":   {file, []string{"drain", "eu-north-1", "--yes"}, 2, "eu-north-1 is not in " + file + "; its regions are eu-west-1, eu-west-2, us-east-1"},
		"no confirmation":  {file, []string{"drain", "eu-west-1"}, 2, "Take eu-west-1 out of mcp.drain-b.example.com? This is not a terminal; pass --yes"},
		"all that serve":   {file, []string{"drain", "eu-west-1", "eu-west-2", "--yes"}, 1, "eu-west-1  no other region of mcp.drain-b.example.com has a healthy target"},
		"a region by flag": {file, []string{"drain", "eu-west-1", "--region", "eu-west-2", "--yes"}, 1, "no other region"},
		"no domain":        {noDomain, []string{"drain", "eu-west-1", "--yes"}, 1, "there is no domain to drain the region from, because dns.enabled is off"},
		"no patience":      {file, []string{"drain", "eu-west-1", "--timeout", "0s", "--yes"}, 2, "--timeout: 0s is not greater than zero"},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, run(t, saturday, each.file, each.arguments...), each.status, each.text)
		})
	}
	got := run(t, saturday, file, "drain", "eu-west-1", "eu-west-2", "--yes", "--json")
	checkResult(t, "drain", got)
	want(t, got, 1, `"code": "no_other_region"`)
	want(t, run(t, saturday, file, "undrain", "--yes"), 1, "eu-west-1  was not drained", "eu-west-2  was not drained", "us-east-1  there is no load balancer that the record could lead to")
}

// TestDrainDoesNotWaitForARegionThatHangs if another one serves.
func TestDrainDoesNotWaitForARegionThatHangs(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := domainFleetFile(t, url, "drain-f")
	intercept(t, url, func(c call) bool { return c.region == "eu-west-2" && c.service == "ecs" && c.hang(t) })
	want(t, run(t, saturday, file, "drain", "eu-west-1", "--yes", "--no-wait"), 0, "eu-west-1  out of mcp.drain-f.example.com")
	want(t, run(t, saturday, file, "drain", "us-east-1", "--yes", "--no-wait", "--timeout", "2s"), 1, "us-east-1  no other region of mcp.drain-f.example.com is known to have a healthy target: no response in time")
}

func TestDrainReportsConnectionsThatStay(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := domainFleetFile(t, url, "drain-d")
	withConnections(t, url, 12)
	got := runWhileTimePasses(t, file, "drain", "us-east-1", "--yes", "--timeout", "2s", "--json")
	checkResult(t, "drain", got)
	want(t, got, 1, "us-east-1: 12 connections until ")
	var document report[outcomeReport]
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	region := document.Regions[0]
	if len(document.Regions) != 1 || len(region.Problems) != 1 || region.Problems[0].Code != ops.ConnectionsOpen || region.Problems[0].Message != "there are still 12 connections" || region.Done[0] != "out of mcp.drain-d.example.com" {
		t.Errorf("got %s", got.out)
	}
	got = run(t, saturday, file, "undrain", "--yes", "--json")
	checkResult(t, "undrain", got)
	want(t, got, 0)
}

// TestStatusWithoutPermissionForRecords says what it does not know, and is as before otherwise.
func TestStatusWithoutPermissionForRecords(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := domainFleetFile(t, url, "drain-e")
	setSecret(t, file)
	intercept(t, url, func(c call) bool { return c.service == "route53" && c.fail(http.StatusForbidden, "AccessDenied", "no") })
	const warning = "cannot determine whether regions are drained: ListHostedZonesByName: not allowed: no"
	want(t, run(t, saturday, file, "status"), 0, warning)
	want(t, run(t, saturday, file, "report"), 0, warning)
	want(t, run(t, saturday, file, "drift"), 1, warning, "eu-west-1: no drift")
	want(t, run(t, saturday, file, "drain", "eu-west-1", "--yes"), 1, "eu-west-1  ListHostedZonesByName: not allowed: no")
}
