package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// serviceDeployment is a deployment that ECS lists, of the revision of that number.
func serviceDeployment(status, reason string, started, took time.Duration, revision int) string {
	at := saturday.Add(-started)
	finished := ""
	if took > 0 {
		finished = fmt.Sprintf(`"finishedAt": %d,`, seconds(at.Add(took)))
	}
	return fmt.Sprintf(`{"serviceDeploymentArn": "arn:%d", "createdAt": %d, "startedAt": %[2]d, %[3]s "status": %[4]q, "statusReason": %[5]q, "targetServiceRevisionArn": "arn:revision/%[6]d"}`,
		int(started.Minutes()), seconds(at), finished, status, reason, revision)
}

// serviceRevision is what ECS says of a revision.
func serviceRevision(container, image string, revision int) string {
	return fmt.Sprintf(`{"serviceRevisionArn": "arn:revision/%d", "taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/x:%[1]d", "containerImages": [
		{"containerName": "sidecar", "image": "example/sidecar:1"}, {"containerName": %[2]q, "image": %[3]q}]}`, revision, container, image)
}

// alarm is an alarm that CloudWatch describes.
func alarm(project, region, name, state, reason string) cbor.Map {
	return cbor.Map{
		"AlarmName": cbor.String(project + "-dev-" + region + "-alarm-" + name), "StateValue": cbor.String(state), "StateReason": cbor.String(reason),
		"StateUpdatedTimestamp": &cbor.Tag{ID: 1, Value: cbor.Uint(saturday.Add(-12 * time.Minute).Unix())},
	}
}

// reportFleet returns a fleet with much to report: eu-west-1 drifts, has a firing alarm and a rollback; eu-west-2 is
// not deployed; us-east-1 has a long name and cannot be read in part; us-west-2 is as it should be.
func reportFleet(t *testing.T, project string) string {
	t.Helper()
	withoutUserPrices(t)
	url := awsURL(t)
	const alarmed = "{enabled: true}\n  alarms: {email: oncall@example.com}"
	regions := strings.Replace(threeRegions, "  eu-west-2: {network: {cidr: 172.30.0.0/16}}\n", "", 1) + "  us-west-2: {network: {cidr: 172.28.0.0/16}}\n"
	deployed := fleetFile(t, fleetText(project, alarmed, regions))
	seed(t, url, deployed)
	setSecret(t, deployed)
	intercept(t, url, func(c call) bool {
		switch c.operation {
		case "DescribeAlarms":
			if c.region == "us-east-1" {
				return c.fail(http.StatusBadRequest, "AccessDeniedException", "User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_ReadOnlyAccess_0123456789abcdef/alice@example.com is not authorized to perform: cloudwatch:DescribeAlarms")
			}
			var alarms cbor.List
			for _, name := range []string{"tasks", "unhealthy-targets", "target-errors", "load-balancer-errors", "response-time"} {
				state := "OK"
				if c.region == "eu-west-1" && name == "target-errors" {
					state = "ALARM"
				}
				alarms = append(alarms, alarm(project, c.region, name, state, "2 datapoints were greater than the threshold (5.0)"))
			}
			return c.answerCBOR(http.StatusOK, cbor.Map{"MetricAlarms": alarms})
		case "ListServiceDeployments":
			if c.region != "eu-west-1" {
				return false
			}
			// Not in the order of time.
			return writes(c, `{"serviceDeployments": [`+strings.Join([]string{
				serviceDeployment("SUCCESSFUL", "", 26*time.Hour, 4*time.Minute, 6),
				serviceDeployment("ROLLBACK_SUCCESSFUL", "Service deployment rolled back because the circuit breaker threshold was exceeded.", 20*time.Minute, 9*time.Minute, 7),
				serviceDeployment("SUCCESSFUL", "", 50*time.Hour, 4*time.Minute, 5),
				serviceDeployment("STOPPED", "Stopped by a newer deployment", 51*time.Hour, time.Minute, 5),
				serviceDeployment("SUCCESSFUL", "", 72*time.Hour, 4*time.Minute, 4),
				serviceDeployment("SUCCESSFUL", "the sixth is not shown", 73*time.Hour, 4*time.Minute, 3),
			}, ",")+`]}`)
		case "DescribeServiceRevisions":
			const image = "ghcr.io/cdtait/fmp-mcp-server"
			return writes(c, `{"serviceRevisions": [`+strings.Join([]string{
				serviceRevision(project, image+":1.1.0", 4), serviceRevision(project, image+":1.2.0-rc.1", 5), serviceRevision(project, image+":1.2.0", 6),
				serviceRevision(project, image+"@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 7),
			}, ",")+`]}`)
		}
		return false
	})
	return fleetFile(t, fleetText(project, alarmed, `  eu-west-1: {network: {cidr: 172.31.0.0/16}, container: {image: "ghcr.io/cdtait/fmp-mcp-server:1.3.0", cpu: 512, memory: 2048}}
  eu-west-2: {network: {cidr: 172.30.0.0/16}}
  us-east-1: {network: {cidr: 172.29.0.0/16}}
  us-west-2: {network: {cidr: 172.28.0.0/16}}
`))
}

func TestReport(t *testing.T) {
	got := run(t, saturday, reportFleet(t, "report-a"), "report")
	want(t, got, 1, "\n3 of 4 regions need attention\n")
	golden.Compare(t, "testdata/report.html", []byte(withoutTempDir(got.out)))
}

func TestReportJSON(t *testing.T) {
	file := reportFleet(t, "report-i")
	got := run(t, saturday, file, "report", "--json")
	want(t, got, 1, "\n3 of 4 regions need attention\n")
	checkResult(t, "report", got)
	var document reportDocument
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	drifting := document.Regions[0]
	if drifting.OK || len(drifting.Drift) == 0 || len(drifting.Deployments) != 5 || len(drifting.Alarms) != 5 || drifting.Cost == nil || drifting.verdict.Problems[1].Code != ops.AlarmFiring {
		t.Errorf("eu-west-1: %+v", drifting)
	}
	if missing := document.Regions[1]; missing.OK || missing.verdict.Problems[0].Code != ops.NotDeployed || missing.Alarms == nil || missing.Deployments == nil {
		t.Errorf("eu-west-2: %+v", missing)
	}
	if !document.Regions[3].OK || document.Total.Monthly == nil {
		t.Errorf("got %s", got.out)
	}
	output := filepath.Join(t.TempDir(), "fleet.json")
	want(t, run(t, saturday, file, "report", "--json", "--output", output), 1, "wrote "+output)
	if text, err := os.ReadFile(output); err != nil || string(text) != got.out {
		t.Errorf("%v: the file differs:\n%s", err, text)
	}
}

// TestReportOfFailingRegions has a region for each way in which AWS fails, and one that serves.
func TestReportOfFailingRegions(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	file := fleetFile(t, fleetText("report-b", "{}\n  alarms: {email: oncall@example.com}\n  load_balancer: {enabled: false}", threeRegions+"  us-west-2: {network: {cidr: 172.28.0.0/16}}\n"))
	seed(t, url, file)
	setSecret(t, file)
	intercept(t, url, func(c call) bool {
		switch {
		case c.service == "sts":
			return false
		case c.region == "eu-west-1":
			return c.fail(http.StatusInternalServerError, "InternalFailure", "")
		case c.region == "eu-west-2":
			return c.fail(http.StatusBadRequest, "AccessDeniedException", "User: arn:aws:iam::123456789012:user/a is not authorized")
		case c.region == "us-east-1":
			return c.hang(t)
		case c.operation == "DescribeAlarms":
			return c.answerCBOR(http.StatusOK, cbor.Map{"MetricAlarms": cbor.List{alarm("report-b", c.region, "tasks", "OK", "")}})
		}
		return false
	})
	got := run(t, saturday, file, "report", "--timeout", "3s")
	want(t, got, 1, "3 of 4 regions need attention\n", "</html>\n")
	for region, parts := range map[string][]string{
		"eu-west-1": {"aws error</span>", "AWS returned HTTP 500 after 2 attempts", "try again in a few minutes"},
		"eu-west-2": {"not allowed</span>", "DescribeServices: not allowed: User: arn:aws:iam::123456789012:user/a is not authorized", "DescribeAlarms: not allowed", "grant the credentials permission"},
		"us-east-1": {"timed out</span>", "no response in time", "try again, or raise --timeout"},
		"us-west-2": {"OK</span>", "2 of 2 running", "none of 1 alarm is firing", "none in the last 90 days"},
	} {
		section := between(t, got.out, `<h2 id="`+region+`">`, "</section>")
		for _, part := range append(parts, "always on", "per month") {
			if !strings.Contains(section, part) {
				t.Errorf("%s: %q is not in\n%s", region, part, section)
			}
		}
		if region == "us-west-2" {
			continue
		}
		for _, name := range []string{"Drift", "Alarms", "Deployments"} {
			if !strings.Contains(section, "<dt>"+name+"</dt><dd>unknown, because") {
				t.Errorf("%s: %s is not unknown in\n%s", region, name, section)
			}
		}
	}
	// A region that does not respond says so once.
	if section := between(t, got.out, `<h2 id="us-east-1">`, "</section>"); strings.Count(section, "no response in time") != 1 {
		t.Error(section)
	}
	want(t, run(t, saturday, file, "report", "--region", "us-west-2"), 0, "us-west-2 is OK\n")
}

// TestReportEscapesWhatAWSReturns has markup, and characters that control a terminal or the direction of text, in
// all that comes from AWS.
func TestReportEscapesWhatAWSReturns(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	file := fleetFile(t, fleetText("report-c", "{}\n  alarms: {email: oncall@example.com}", oneRegion))
	seed(t, url, file)
	const hostile = `"'></style></title><script>alert(1)</script><img src=x onerror=alert(1)> {{.}} \u202e\u001b[2J`
	unquoted := strings.NewReplacer(`\u202e`, "\u202e", `\u001b`, "\x1b").Replace(hostile)
	quoted := strings.ReplaceAll(hostile, `"`, `\"`)
	intercept(t, url, func(c call) bool {
		switch c.operation {
		case "DescribeAlarms":
			return c.answerCBOR(http.StatusOK, cbor.Map{"MetricAlarms": cbor.List{alarm("report-c", c.region, "tasks", "ALARM", "alarm "+unquoted)}})
		case "DescribeTaskDefinition":
			return writes(c, `{"taskDefinition": {"containerDefinitions": [{"name": "report-c", "image": "running `+quoted+`"}]}}`)
		case "ListServiceDeployments":
			return writes(c, `{"serviceDeployments": [{"createdAt": 1, "status": "ROLLBACK `+quoted+`", "statusReason": "reason `+quoted+`", "targetServiceRevisionArn": "arn:1"}]}`)
		case "DescribeServiceRevisions":
			return writes(c, `{"serviceRevisions": [{"serviceRevisionArn": "arn:1", "containerImages": [{"containerName": "report-c", "image": "deployed `+quoted+`"}]}]}`)
		case "DescribeLoadBalancers":
			return c.fail(http.StatusBadRequest, "AccessDenied", "denied &lt;script&gt;alert(1)&lt;/script&gt;")
		case "GetCallerIdentity":
			return writes(c, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/&lt;script&gt;</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		}
		return false
	})
	page := filepath.Join(t.TempDir(), "fleet.html")
	want(t, run(t, saturday, file, "report", "--output", page), 1)
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	got := result{string(text), "", 1}
	want(t, got, 1, "alarm &#34;&#39;&gt;&lt;/style&gt;", "running &#34;", "reason &#34;", "rollback &#34;", `data-head="IMAGE">script&gt;`, "denied &lt;script&gt;alert(1)", "user/&lt;script&gt;", "{{.}} \ufffd\ufffd[2J")
	for _, forbidden := range []string{"<script", "<img", "\u202e", "\x1b"} {
		if strings.Contains(got.out, forbidden) {
			t.Errorf("the page contains %q", forbidden)
		}
	}
	if strings.Count(got.out, "</style>") != 1 || strings.Count(got.out, "</title>") != 1 {
		t.Error(got.out)
	}
}

// loads matches what makes a browser request something, or run a script.
var loads = regexp.MustCompile(`(?i)<(script|link|img|iframe|object|embed|base|form)|src\s*=|href="[^#]|url\(|@import|\son[a-z]+=`)

func TestReportIsSelfContained(t *testing.T) {
	text, err := os.ReadFile("testdata/report.html")
	if err != nil {
		t.Fatal(err)
	}
	if found := loads.FindString(string(text)); found != "" {
		t.Errorf("the page contains %s", found)
	}
}

// TestReportHeadingsAreInOrder checks that no level of headings is left out.
func TestReportHeadingsAreInOrder(t *testing.T) {
	text, err := os.ReadFile("testdata/report.html")
	if err != nil {
		t.Fatal(err)
	}
	level := "0"
	for _, heading := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(string(text), -1) {
		if heading[1][0] > level[0]+1 {
			t.Errorf("a heading of level %s follows one of level %s", heading[1], level)
		}
		level = heading[1]
	}
	if level == "0" {
		t.Error("no headings")
	}
	if strings.Contains(string(text), "<th>") {
		t.Error("a table header has no scope")
	}
}

func TestReportWritesAFile(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	file := fleetFile(t, fleetText("report-d", "{}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	page := filepath.Join(t.TempDir(), "fleet.html")
	got := run(t, saturday, file, "report", "--output", page)
	want(t, got, 0, "wrote "+page+": eu-west-1 is OK\n")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if printed := run(t, saturday, file, "report"); got.out != "" || printed.out != string(text) {
		t.Errorf("standard output has %q, and without --output %q", got.out, printed.out)
	}
	missing := filepath.Join(t.TempDir(), "missing", "fleet.html")
	want(t, run(t, saturday, file, "report", "--output", missing), 1, "mcpfleet: write "+missing+": no such file or directory\n")
	want(t, run(t, saturday, file, "report", "--output", t.TempDir()), 1, "is a directory; pass a file name")
	want(t, run(t, saturday, file, "report", "--output", ""), 2, "--output needs a file name, such as fleet.html")
	want(t, run(t, saturday, file, "report", "--timeout", "0s"), 2, "--timeout: 0s is not greater than zero")
}

// TestInterruptedReportKeepsTheFile interrupts the report while a region does not respond.
func TestInterruptedReportKeepsTheFile(t *testing.T) {
	withoutUserPrices(t)
	ctx, stop := context.WithCancel(t.Context())
	intercept(t, awsURL(t), func(c call) bool {
		if c.service != "ecs" {
			return false
		}
		stop()
		return c.hang(t)
	})
	page := filepath.Join(t.TempDir(), "fleet.html")
	if err := os.WriteFile(page, []byte("earlier"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: &out, Err: &errs, Now: nowAt(saturday), Open: opener(t)}
	file := fleetFile(t, fleetText("report-e", "{}", oneRegion))
	if status := Run(ctx, app, []string{"--config", file, "report", "--output", page, "--timeout", "1m"}); status != 1 || !strings.Contains(errs.String(), "interrupted; nothing is written") {
		t.Errorf("status %d\n%s", status, errs.String())
	}
	if text, err := os.ReadFile(page); err != nil || string(text) != "earlier" {
		t.Errorf("the file has %q: %v", text, err)
	}
}

func TestReportWithoutCredentials(t *testing.T) {
	withoutCredentials(t)
	got := run(t, saturday, fleetFile(t, fleetText("report-f", "{}", threeRegions)), "report")
	want(t, got, 3, "mcpfleet: no AWS credentials")
	if got.out != "" {
		t.Error(got.out)
	}
}

func TestReportOfRemovedRegion(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	file := fleetFile(t, fleetText("report-g", "{}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	chdirWithRemovedRegion(t, "report-g")
	want(t, run(t, saturday, file, "report"), 1, "1 of 2 regions needs attention\n", `<h2 id="us-east-1">us-east-1 <span class="state bad">leftover</span></h2>`,
		"terraform.dev-us-east-1.tfstate still holds resources (1)", "npx cdktf destroy dev-us-east-1, then remove it")
	want(t, run(t, saturday, file, "report", "--region", "eu-west-1"), 0)
	unreadable := fleetFile(t, "state: {backend: s3, bucket: no-such-bucket, region: eu-west-1}\n"+fleetText("report-g", "{}", oneRegion))
	want(t, run(t, saturday, unreadable, "report"), 0, "<li>cannot determine whether regions removed from "+unreadable+" still have resources: ListObjectsV2: NoSuchBucket")
}

func TestReportShowsCostsAsCostDoes(t *testing.T) {
	withoutUserPrices(t)
	url := awsURL(t)
	file := fleetFile(t, fleetText("report-h", "{}", oneRegion+"  eu-south-1: {network: {cidr: 172.28.0.0/16}, service: {autoscaling: {enabled: true, min: 2, max: 4}}}\n"))
	intercept(t, url, func(c call) bool {
		return c.region == "eu-south-1" && c.fail(http.StatusBadRequest, "AccessDenied", "no")
	})
	seed(t, url, file, "eu-west-1")
	estimate := run(t, saturday, file, "cost")
	total := regexp.MustCompile(`(?m)^Total +(≥ [\d.]+) to (≥ [\d.]+)$`).FindAllStringSubmatch(estimate.out, -1)
	if len(total) == 0 {
		t.Fatal(estimate)
	}
	fleet := total[len(total)-1]
	want(t, run(t, saturday, file, "report"), 1, "MONTHLY (USD)\">"+fleet[1]+" to "+fleet[2]+"</td>", "Estimated cost: ≥ $"+strings.TrimPrefix(fleet[1], "≥ ")+" to $"+strings.TrimPrefix(fleet[2], "≥ ")+" per month.", "≥ marks a lower bound")
}

func TestReportSummary(t *testing.T) {
	good, bad := ops.Report{Status: ops.Status{Region: "eu-west-1"}}, ops.Report{Status: ops.Status{Region: "eu-west-2", Problems: []ops.Problem{{}}}}
	for want, regions := range map[string][]ops.Report{
		"eu-west-1 is OK":                {good},
		"eu-west-2 needs attention":      {bad},
		"All 2 regions are OK":           {good, good},
		"1 of 2 regions needs attention": {good, bad},
		"2 of 3 regions need attention":  {bad, good, bad},
	} {
		if got := (&fleetReport{reports: regions}).summary(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
